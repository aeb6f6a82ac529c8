"""Train a version again: ``python train.py --config configs/v1.yaml``.

Reads the data that the configuration names, fits the model as the notebook did, computes the metrics and writes the
model files. Needs the packages of the version's requirements-train.lock and nothing else.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

SERVICE = Path(__file__).resolve().parent
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


STOPPED = 3
"""Exit code where the data do not fit; 1 is a difference that ``--check`` found, or a fault of the code."""


class TrainingStopped(Exception):
    """Training cannot go on, for a reason that the user can mend."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Train as the command line says; return the exit code."""
    options = _options(arguments)
    import yaml

    config = yaml.safe_load(options.config.read_text(encoding="utf-8"))
    if options.params is not None:
        config = with_params(config, yaml.safe_load(options.params.read_text(encoding="utf-8")))
    _settle(config)
    code = options.version_folder or SERVICE / "versions" / config["version"]
    output = options.output or SERVICE / "build" / config["version"]
    try:
        if options.extract is not None:
            return extract(config, code.resolve(), options.extract.resolve())
        metrics = train(
            config,
            code.resolve(),
            output.resolve(),
            new_data=options.new_data,
            captures=None if options.captures is None else options.captures.resolve(),
        )
        for name, value in metrics.items():
            print(f"{name} = {value!r}")
        print(f"model files in {output}")
        return check(code, output) if options.check else 0
    except TrainingStopped as error:
        print(f"error: {error}", file=sys.stderr)
        return STOPPED


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train a version again.")
    parser.add_argument("--config", type=Path, required=True, help="configs/vN.yaml")
    parser.add_argument("--output", type=Path, help="where to write (default: build/vN)")
    parser.add_argument("--version-folder", type=Path, help="default: versions/vN")
    parser.add_argument("--new-data", action="store_true", help="train although the data changed")
    parser.add_argument(
        "--check", action="store_true", help="compare with the version: exit 1 where it differs"
    )
    parser.add_argument("--params", type=Path, help="other parameters and seed, as in params.yaml")
    parser.add_argument(
        "--captures", type=Path, help="also keep there what the model received and answered"
    )
    parser.add_argument("--extract", type=Path, help="only read the raw table, and keep it there")
    return parser.parse_args(arguments)


def _settle(config: Mapping[str, Any]) -> None:
    """Fix the hash seed and the thread counts; both must be set before Python starts, so start again once."""
    wanted = {"PYTHONHASHSEED": str(config["hash_seed"])}
    wanted |= dict.fromkeys(THREAD_VARIABLES, str(config["threads"]))
    if all(os.environ.get(name) == value for name, value in wanted.items()):
        return
    os.environ.update(wanted)
    os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 (this very script again)


def with_params(config: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration with other parameters and another seed.

    Args:
        config: The resolved configuration.
        params: ``parameters`` and ``seed``; what is missing stays as it is.

    Raises:
        SystemExit: If it names a parameter that the notebook has not: it would be without effect.
    """
    given = params.get("parameters") or {}
    unknown = sorted(given.keys() - config["parameters"].keys())
    if unknown:
        sys.exit(f"error: there is no parameter {', '.join(unknown)}")
    seed = params.get("seed", config["seed"])
    parameters = {**config["parameters"], **given}
    return {**config, "parameters": parameters, "seed": seed, "hash_seed": seed}


def extract(config: Mapping[str, Any], version: Path, target: Path) -> int:
    """Read the raw table as the version does, and keep it as a file; return the exit code.

    Args:
        config: The resolved configuration.
        version: The folder that holds ``code/``.
        target: The file.
    """
    _prepare(config, version)
    import joblib

    raw = importlib.import_module(f"{config['package']}.load").load(config["parameters"])
    joblib.dump(raw, target)
    return 0


def train(
    config: Mapping[str, Any],
    version: Path,
    output: Path,
    *,
    new_data: bool = False,
    captures: Path | None = None,
) -> dict[str, Any]:
    """Train a version and write its model files.

    Args:
        config: The resolved configuration.
        version: The folder that holds ``code/``.
        output: Where ``pipeline.joblib``, ``fitted.json`` and ``metrics.json`` go.
        new_data: Whether other data than the version's are meant.
        captures: Where the raw table goes, and what the model received and answered for the evaluated rows; None
            where nobody compares anything with them.

    Returns:
        The metrics by name.

    Raises:
        TrainingStopped: If the data changed, or a step does something else on them.
    """
    _prepare(config, version, new_data=new_data)
    import joblib

    pipeline_module, load, fit, evaluate = (
        importlib.import_module(f"{config['package']}.{name}")
        for name in ("pipeline", "load", "train", "evaluate")
    )
    parameters = config["parameters"]
    raw = load.load(parameters)
    fitted = pipeline_module.Fitted()
    try:
        trained = fit.train(raw.copy(), fitted, parameters)
    except pipeline_module.BehaviourChanged as error:
        raise TrainingStopped(str(error)) from error
    pipeline = pipeline_module.assemble(raw, fitted, trained, config["target"])
    checked = pipeline_module.check_features(pipeline, raw, trained)
    metrics: dict[str, Any] = evaluate.evaluate(trained.names, parameters)
    metrics = {name: _number(value) for name, value in metrics.items()}
    output.mkdir(parents=True, exist_ok=True)
    forget_addresses(pipeline)
    joblib.dump(pipeline, output / "pipeline.joblib")
    _write(output / "fitted.json", pipeline_module.describe(fitted, config["states"]))
    report = {"metrics": metrics, "features_checked": checked, "classes": _classes(pipeline)}
    _write(output / "metrics.json", {**report, "machine": _machine()})
    if captures is not None:
        _capture(captures, raw, trained, pipeline, is_traced=checked is not None)
    return metrics


def _prepare(config: Mapping[str, Any], version: Path, *, new_data: bool = False) -> None:
    """Check the data, make the version's code importable, seed, and go where its relative paths start."""
    sys.path.insert(0, str(SERVICE))
    from runtime.digests import digest_tree
    from runtime.packages import register

    folder = SERVICE / config["data_folder"]
    if not new_data:
        _check_data(folder, config["data"])
    files = digest_tree(version, [f"code/{path.name}" for path in (version / "code").glob("*.py")])
    register(config["package"], version, files)
    _seed(config["seed"], config["seeds"])
    os.chdir(folder)


def _capture(folder: Path, raw: Any, trained: Any, pipeline: Any, *, is_traced: bool) -> None:
    """Keep what this process computed, for a comparison with what the stored pipeline computes in another.

    Rows whose labels were lost on the way are not traced to the raw table, and nothing is kept of them.
    """
    import joblib

    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(raw, folder / "raw.joblib")
    if not is_traced:
        return
    model, features = pipeline[-1], trained.evaluated
    scored = {
        "features": features,
        "positions": raw.index.get_indexer(trained.labels),
        "predictions": model.predict(features),
        "probabilities": _probabilities(model, features),
    }
    if trained.answered_by is not None:
        scored["own"] = model.model.predict(features)
    joblib.dump(scored, folder / "scored.joblib")


def _probabilities(model: Any, features: Any) -> Any:
    return model.predict_proba(features) if hasattr(model, "predict_proba") else None


def _check_data(folder: Path, entries: Sequence[Mapping[str, Any]]) -> None:
    from runtime.digests import digest_file

    for entry in entries:
        path = folder / entry["path"]
        if not path.is_file():
            raise TrainingStopped(
                f"{entry['path']} is missing in {folder.name}/; fetch it (with DVC: dvc pull)"
            )
        if digest_file(path) != entry["sha256"]:
            raise TrainingStopped(
                f"{entry['path']} is not the file that this version was trained on; "
                "restore it, or say --new-data to train on it all the same"
            )


def _seed(seed: int, libraries: Sequence[str]) -> None:
    """Seed every generator as the notebook's run did."""
    import numpy as np

    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (the generator that notebooks draw from)
    if "torch" in libraries:
        importlib.import_module("torch").manual_seed(seed)
    if "tensorflow" in libraries:
        importlib.import_module("tensorflow").random.set_seed(seed)


def _classes(pipeline: Any) -> list[Any] | None:
    """Return the classes of the answers, in the order of the probabilities; None for several targets."""
    classes = getattr(pipeline, "classes_", None)
    return None if classes is None or isinstance(classes, list) else [_number(c) for c in classes]


def forget_addresses(trained: Any) -> None:
    """Take away what an object keeps of where another one lay in memory, so that two trainings give the same bits.

    scikit-learn's text vectorizers do so in order to warn of their stop words only once; without it they look again.
    """
    waiting, seen = [trained], set()
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Mapping):
            waiting.extend(value.values())
        elif isinstance(value, list | tuple | set | frozenset):
            waiting.extend(value)
        elif hasattr(value, "__dict__") and not (isinstance(value, ModuleType) or callable(value)):
            vars(value).pop("_stop_words_id", None)
            waiting.extend(vars(value).values())


def _machine() -> dict[str, str]:
    """Return what decides the last bits of a model beside the packages: system, processor and kernels of BLAS."""
    import platform

    from threadpoolctl import threadpool_info

    kernels = {
        f"{one['internal_api']} {one.get('architecture') or ''}".strip()
        for one in threadpool_info()
        if one["user_api"] == "blas"
    }
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "libc": " ".join(part for part in platform.libc_ver() if part),
        "blas": ", ".join(sorted(kernels)),
    }


def _number(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _write(path: Path, content: Any) -> None:
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def check(version: Path, output: Path) -> int:
    """Compare a training with the version that is stored; return the exit code."""
    from runtime.digests import digest_file

    manifest = json.loads((version / "manifest.json").read_text(encoding="utf-8"))
    metrics = json.loads((output / "metrics.json").read_text(encoding="utf-8"))["metrics"]
    differing = [
        f"{name}: {metrics.get(name)!r} instead of {value!r}"
        for name, value in manifest["metrics"].items()
        if metrics.get(name) != value
    ]
    for line in differing:
        print(f"metric differs: {line}", file=sys.stderr)
    made = digest_file(output / "pipeline.joblib")
    same = made == manifest["files"]["pipeline.joblib"]
    print(f"pipeline.joblib is {'the same to the bit' if same else 'another file'}: {made}")
    if not same and not differing:
        print("the metrics agree; bits may differ on another processor family or library version")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
