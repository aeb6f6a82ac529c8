"""What of a training's inputs is not as the manifest has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from nb2prod.artifact.manifest import Manifest
from nb2prod.artifact.run_key import RunInputs, run_key, trained_code
from nb2prod.errors import EnvironmentFault
from nb2prod.prove.remaking.interpreter import Interpreter, package_differences
from nb2prod.prove.remaking.outcome import Cause
from nb2prod.prove.remaking.workplace import Workplace
from nb2prod.runtime.digests import digest_file, digest_listing
from nb2prod.service.templates import template_root
from nb2prod.version import __version__

TRAIN_LOCK = "requirements-train.lock"


def changed_inputs(
    workplace: Workplace, manifest: Manifest, interpreter: Interpreter
) -> list[Cause]:
    """Return every input that is another one here, with what shows it.

    Args:
        workplace: The copy of the service.
        manifest: What the version was made from.
        interpreter: What it is made again with.

    Raises:
        EnvironmentFault: The settings of the version cannot be read.
    """
    lock = (workplace.version / TRAIN_LOCK).read_text(encoding="utf-8")
    return [
        *_data(workplace, manifest),
        *_settings(workplace, manifest),
        *(Cause("packages", said) for said in package_differences(lock, interpreter)),
        *_python(manifest, interpreter),
        *_script(workplace, manifest, lock),
    ]


def _data(workplace: Workplace, manifest: Manifest) -> Iterator[Cause]:
    for expected, found in zip(manifest.data, workplace.data, strict=True):
        if expected.sha256 != found.sha256:
            yield Cause(
                "data",
                f"{expected.path} is another file: {found.sha256[:19]}… of {found.bytes} bytes, "
                f"and the version was trained on {expected.sha256[:19]}… of {expected.bytes}",
            )


def read_settings(path: Path) -> dict[str, Any]:
    """Read the resolved settings of a version.

    Raises:
        EnvironmentFault: They are no YAML mapping.
    """
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise _unreadable(path, str(error)) from error
    if not isinstance(found, dict):
        raise _unreadable(path, "it is no mapping")
    return found


def _unreadable(path: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault(
        f"configs/{path.name} cannot be read",
        why=" ".join(why.split()),
        hint=f"it is never edited; restore it: git checkout -- configs/{path.name}",
    )


def _settings(workplace: Workplace, manifest: Manifest) -> Iterator[Cause]:
    """Compare ``configs/vN.yaml``, which lies outside the immutable version, with the manifest."""
    found = read_settings(workplace.config)
    for key, value in _expected(manifest).items():
        if found.get(key) != value:
            yield Cause(
                "settings",
                f"configs/{workplace.config.name} has {key}: {found.get(key)!r}, and the manifest {value!r}",
            )


def _expected(manifest: Manifest) -> Mapping[str, Any]:
    return {
        "version": manifest.version,
        "run_key": manifest.run_key,
        "package": manifest.package,
        "parameters": dict(manifest.parameters),
        "seed": manifest.seed,
        "hash_seed": manifest.hash_seed,
        "threads": manifest.threads,
        "target": list(manifest.target),
        "data": [
            {"path": one.path, "sha256": one.sha256, "bytes": one.bytes} for one in manifest.data
        ],
    }


def _python(manifest: Manifest, interpreter: Interpreter) -> Iterator[Cause]:
    if interpreter.minor != manifest.tool.python:
        yield Cause(
            "python",
            f"Python {interpreter.minor} trains here, and {manifest.tool.python} trained the version",
        )


def _script(workplace: Workplace, manifest: Manifest, lock: str) -> Iterator[Cause]:
    """Say whether script and runtime are those of the build, as far as this release can know."""
    if manifest.tool.nb2prod != __version__:
        yield Cause(
            "script",
            f"nb2prod {manifest.tool.nb2prod} built the version; whether train.py and runtime/ are still as it "
            f"wrote them, {__version__} cannot tell",
        )
        return
    if digest_file(workplace.service / "train.py") != digest_file(
        template_root() / "service" / "train.py"
    ):
        yield Cause("script", "train.py was edited: it is not the one that this release writes")
    if _run_key(workplace, manifest, lock) != manifest.run_key:
        yield Cause(
            "script",
            "runtime/ is another than the one of the build: with it the manifest's inputs give another run key",
        )


def _run_key(workplace: Workplace, manifest: Manifest, lock: str) -> str:
    """Return the run key of the manifest's own inputs with the runtime that is here."""
    modules = sorted((workplace.service / "runtime").glob("*.py"))
    return run_key(
        RunInputs(
            code={name: manifest.files[name] for name in trained_code(workplace.version)},
            data=manifest.data,
            parameters=manifest.parameters,
            seed=manifest.seed,
            threads=manifest.threads,
            hash_seed=manifest.hash_seed,
            lock=lock,
            tool=manifest.tool.nb2prod,
            python=manifest.tool.python,
            runtime=digest_listing({path.name: digest_file(path) for path in modules}),
        )
    )
