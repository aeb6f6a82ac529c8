"""A notebook that runs in about a second, and a build of it that leaves out what takes long.

``save_steps`` keeps what the steps of one real build gave; ``use_saved_steps`` gives it again, so that a test of
faults spends its time on the fault.
"""

import pickle
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nb2prod.artifact.disk import copy_tree
from nb2prod.build import candidate, leaking, running
from nb2prod.build.draft import Draft
from nb2prod.build.kerneling import add_kernel
from nb2prod.build.leaking import Leaks, refitted
from nb2prod.build.options import Step
from nb2prod.build.order import Order
from nb2prod.build.running import Runs
from nb2prod.prove.captured import Captured
from nb2prod.prove.proof import Proof, prove
from nb2prod.runtime.manifest import KERNEL_NAME
from nb2prod.train import Training, train
from tests.execute.conftest import write_cells

ROWS = 80
_IMPORTS = """\
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split"""
_FEATURES = """\
df["height"] = df["height"].fillna(df["height"].mean())
df["is_tall"] = (df["height"] > 20).astype(int)"""
_SPLIT = """\
X = df[["height", "leaves", "is_tall"]]
y = df["flowers"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=seed)"""
_EVALUATE = """\
predictions = model.predict(X_test)
accuracy = (predictions == y_test).mean()"""
CELLS: tuple[tuple[str, ...], ...] = (
    ("import numpy as np\nimport pandas as pd", "imports"),
    (_IMPORTS, "imports"),
    ("regularisation = 1.0\nseed = 7", "parameters"),
    ('df = pd.read_csv("data/plants.csv")', "load"),
    (_FEATURES, "features"),
    (_SPLIT, "split"),
    ("model = LogisticRegression(C=regularisation)\nmodel.fit(X_train, y_train)", "train"),
    (_EVALUATE, "evaluate"),
)


NO_REGISTRY = "[tool.nb2prod.registry]\nenabled = false\n"
"""MLflow takes seconds to import, which only tests of what is registered wait for."""


def write_project(
    folder: Path, cells: tuple[tuple[str, ...], ...] = CELLS, settings: str = NO_REGISTRY
) -> Path:
    """Write a notebook, its data and its settings, and return the notebook's path."""
    lines = ["height,leaves,flowers"]
    for row in range(ROWS):
        height = "" if row % 9 == 0 else f"{5 + (row * 7) % 31}.5"
        lines.append(f"{height},{row % 6},{int((row * 7) % 31 + row % 6 > 17)}")
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "plants.csv").write_text("\n".join(lines) + "\n")
    (folder / "pyproject.toml").write_text(settings)
    return write_cells(folder / "plants.ipynb", *cells)


def save_steps(patch: pytest.MonkeyPatch, saved: Path) -> None:
    """Have the next build keep what its runs, its leaks, its training and its proof give."""
    run = running.run

    def run_and_save(order: Order, folder: Path, step: Step | None = None) -> Runs:
        runs = run(order, folder, step)
        shutil.copytree(folder, saved / "runs")
        _dump(saved / "runs.pickle", runs)
        return runs

    def train_and_save(*arguments: Any, **options: Any) -> Training:
        training = train(*arguments, **options)
        shutil.copytree(training.output, saved / "trained")
        _dump(saved / "training.pickle", training)
        return training

    def prove_and_save(*arguments: Any) -> Proof:
        proof = prove(*arguments)
        _dump(saved / "proof.pickle", proof)
        return proof

    def refit_and_save(draft: Draft, leaks: Leaks, folder: Path) -> Leaks:
        found = refitted(draft, leaks, folder)
        _dump(saved / "leaks.pickle", found)
        return found

    def add_and_save(version: Path, captured: Captured, folder: Path) -> Mapping[str, Any]:
        found = add_kernel(version, captured, folder)
        if (version / KERNEL_NAME).exists():
            shutil.copyfile(version / KERNEL_NAME, saved / "kernel.py")
        _dump(saved / "kernel.pickle", found)
        return found

    patch.setattr(running, "run", run_and_save)
    patch.setattr(candidate, "add_kernel", add_and_save)
    patch.setattr(leaking, "refitted", refit_and_save)
    patch.setattr(candidate, "train", train_and_save)
    patch.setattr(candidate, "prove", prove_and_save)


def use_saved_steps(patch: pytest.MonkeyPatch, saved: Path) -> None:
    """Have builds take what an earlier one gave instead of running, training and proving."""

    def run(order: Order, folder: Path, step: Step | None = None) -> Runs:
        copy_tree(saved / "runs", folder)
        runs: Runs = _load(saved / "runs.pickle")
        return replace(
            runs,
            raw=folder / "raw.joblib",
            scored=folder / "scored.joblib",
            executed=folder / "executed.ipynb",
            files_read=(order.folder / "data" / "plants.csv",),
        )

    def take_training(
        service: Path, config: Path, version: Path, output: Path, *, timeout: float
    ) -> Training:
        copy_tree(saved / "trained", output)
        training: Training = _load(saved / "training.pickle")
        return replace(training, output=output)

    def take_proof(
        service: Path,
        version: str,
        captured: Captured,
        golden: Mapping[str, Any],
        metrics: Mapping[str, float],
    ) -> Proof:
        proof: Proof = _load(saved / "proof.pickle")
        return replace(proof, captured=captured)

    def take_leaks(draft: Draft, leaks: Leaks, folder: Path) -> Leaks:
        found: Leaks = _load(saved / "leaks.pickle")
        return found

    def take_kernel(version: Path, captured: Captured, folder: Path) -> Mapping[str, Any]:
        found: Mapping[str, Any] = _load(saved / "kernel.pickle")
        if (saved / "kernel.py").exists():
            shutil.copyfile(saved / "kernel.py", version / KERNEL_NAME)
        return found

    patch.setattr(running, "run", run)
    patch.setattr(candidate, "add_kernel", take_kernel)
    patch.setattr(leaking, "refitted", take_leaks)
    patch.setattr(candidate, "train", take_training)
    patch.setattr(candidate, "prove", take_proof)


def _dump(path: Path, value: object) -> None:
    path.write_bytes(pickle.dumps(value))


def _load(path: Path) -> Any:
    return pickle.loads(path.read_bytes())  # noqa: TID251 - what this very test run wrote
