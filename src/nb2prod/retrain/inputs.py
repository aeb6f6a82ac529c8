"""What goes into a retraining: the version's code, its settings, the new data, and the packages that are here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nb2prod.artifact.lock import imported_modules, lock_for, serve_lock
from nb2prod.artifact.manifest import DataFile
from nb2prod.artifact.run_key import RunInputs, run_key, runtime_digest, trained_code
from nb2prod.build.inputs import ONLY_SHOW, PYTHON, TRAINING_MODULES, Inputs
from nb2prod.retrain.predecessor import Predecessor
from nb2prod.runtime.digests import digest_file, digest_tree
from nb2prod.service.ownership import read_record
from nb2prod.version import __version__

SCRIPT = "train.py"


def gather_inputs(predecessor: Predecessor, data: tuple[DataFile, ...], service: Path) -> Inputs:
    """Digest what goes into a retraining, as a build of the same code and data would.

    Args:
        predecessor: The version that is trained again.
        data: The new data.
        service: The service's folder.

    Raises:
        EnvironmentFault: A package that the version needs is not installed.
    """
    manifest = predecessor.manifest
    modules = {
        module
        for name in trained_code(predecessor.folder)
        for module in imported_modules((predecessor.folder / name).read_text(encoding="utf-8"))
    }
    train = lock_for(modules | TRAINING_MODULES)
    digests = digest_tree(predecessor.folder, trained_code(predecessor.folder))
    script = own_script(service)
    if script is not None:
        digests |= {SCRIPT: digest_file(script)}
    key = run_key(
        RunInputs(
            code=digests,
            data=data,
            parameters=manifest.parameters,
            seed=manifest.seed,
            threads=manifest.threads,
            hash_seed=manifest.hash_seed,
            lock=train,
            tool=__version__,
            python=PYTHON,
            runtime=runtime_digest(),
        )
    )
    return Inputs(key, data, train, serve_lock(modules - ONLY_SHOW))


def own_script(service: Path) -> Path | None:
    """Return the service's ``train.py`` where somebody changed it: then it is what trains, and part of the run key."""
    path = service / SCRIPT
    recorded = read_record(service).get(SCRIPT)
    return path if path.is_file() and digest_file(path) != recorded else None


def differing_packages(predecessor: Predecessor, inputs: Inputs) -> Iterator[str]:
    """Yield each package that is another one than the version was trained with."""
    name = "requirements-train.lock"
    before = _pins((predecessor.folder / name).read_text(encoding="utf-8"))
    now = _pins(inputs.train_lock)
    for package in sorted(before.keys() | now.keys()):
        old, new = before.get(package, "nothing"), now.get(package, "nothing")
        if old != new:
            yield f"{package} {new} instead of {old}"


def _pins(lock: str) -> dict[str, str]:
    pinned = (line.partition("==") for line in lock.splitlines() if "==" in line)
    return {name.strip(): version.strip() for name, _, version in pinned}
