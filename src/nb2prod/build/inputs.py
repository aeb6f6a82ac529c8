"""What goes into a training, and its digest: the run key."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nb2prod.artifact.lock import lock_for, serve_lock
from nb2prod.artifact.manifest import DataFile, describe_file
from nb2prod.artifact.run_key import RunInputs, run_key, runtime_digest, trained_code
from nb2prod.build.draft import Draft
from nb2prod.build.order import Order
from nb2prod.errors import EnvironmentFault, Place
from nb2prod.runtime.digests import digest_tree
from nb2prod.version import __version__

TRAINING_MODULES = frozenset({"joblib", "numpy", "pandas", "sklearn", "threadpoolctl", "yaml"})
"""What ``train.py`` imports by itself, whatever the notebook used."""

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
"""Minor version of Python that a version is trained with."""

ONLY_SHOW = frozenset({"matplotlib", "plotly", "seaborn"})
"""What training may import and no pickled model refers to."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that decides what a training gives.

    Attributes:
        run_key: Its digest.
        data: The data files that the run read.
        train_lock: Text of ``requirements-train.lock``.
        serve_lock: Text of ``requirements-serve.lock``.
    """

    run_key: str
    data: tuple[DataFile, ...]
    train_lock: str
    serve_lock: str


def gather_inputs(draft: Draft, version: Path) -> Inputs:
    """Digest what goes into a training.

    Args:
        draft: The compiled notebook.
        version: The folder that holds its ``code/``.

    Raises:
        EnvironmentFault: If a package of the notebook cannot be named, or a data file cannot move with the service.
    """
    order, emitted = draft.order, draft.emitted
    data = data_files(order, draft.runs.files_read)
    train = lock_for(emitted.modules | TRAINING_MODULES, local=local_modules(order))
    names = trained_code(version)
    key = run_key(
        RunInputs(
            code=digest_tree(version, names),
            data=data,
            parameters=order.parameters,
            seed=order.config.seed,
            threads=order.config.threads,
            hash_seed=order.config.seed,
            lock=train,
            tool=__version__,
            python=PYTHON,
            runtime=runtime_digest(),
        )
    )
    return Inputs(key, data, train, serve_lock(emitted.serving_modules | _model_modules(draft)))


def _model_modules(draft: Draft) -> frozenset[str]:
    """Return what unpickling the model may import."""
    return draft.emitted.modules - ONLY_SHOW


def local_modules(order: Order) -> frozenset[str]:
    """Return the names of the modules that are files beside the notebook."""
    return frozenset(path.stem for path in order.folder.glob("*.py"))


def data_files(order: Order, paths: Sequence[Path]) -> tuple[DataFile, ...]:
    """Describe the data files by their paths from the notebook.

    Raises:
        EnvironmentFault: If a file lies where the service cannot keep it by the same relative path.
    """
    return tuple(_data_file(order, path) for path in paths)


def _data_file(order: Order, path: Path) -> DataFile:
    relative = Path(os.path.relpath(path, order.folder))
    ups = relative.parts.count("..")
    if ups > 1 or (ups == 1 and len(relative.parts) < 3):
        raise EnvironmentFault(
            f"{path} lies too far from the notebook to go with the service",
            place=Place(order.notebook.path),
            why="the service trains again from its own folder, by the same relative path",
            hint="put the data into a folder beside the notebook, such as data/",
        )
    return describe_file(relative.as_posix(), path)
