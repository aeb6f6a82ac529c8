"""One real retraining of the small notebook's service, and quick ones that take training and proof from it."""

import pickle
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pytest

from nb2prod.artifact.disk import copy_tree
from nb2prod.build import candidate as build_candidate
from nb2prod.prove.captured import Captured
from nb2prod.prove.proof import Proof, prove
from nb2prod.retrain import candidate
from nb2prod.train import Training, train


@dataclass(frozen=True, slots=True)
class FirstService:
    """A service with v1 that a real build made, and what a real retraining of it and the build left."""

    folder: Path
    saved: Path
    built: Path


def save_steps(patch: pytest.MonkeyPatch, saved: Path) -> None:
    """Have the next retraining keep what its training and its proof give."""

    def train_and_save(*arguments: Any, captures: Path, **options: Any) -> Training:
        training = train(*arguments, captures=captures, **options)
        shutil.copytree(training.output, saved / "trained")
        shutil.copytree(captures, saved / "captures")
        _dump(saved / "training.pickle", training)
        return training

    def prove_and_save(*arguments: Any) -> Proof:
        proof = prove(*arguments)
        _dump(saved / "proof.pickle", proof)
        return proof

    patch.setattr(candidate, "train", train_and_save)
    patch.setattr(build_candidate, "prove", prove_and_save)


def use_saved_steps(patch: pytest.MonkeyPatch, saved: Path) -> None:
    """Have retrainings take training and proof from the one that was saved; the data are read."""

    def read(service: Path, config: Path, version: Path, target: Path) -> Path:
        joblib.dump(pd.read_csv(service / "notebook" / "data" / "plants.csv"), target)
        return target

    def take_training(
        service: Path,
        config: Path,
        version: Path,
        output: Path,
        *,
        timeout: float | None,
        captures: Path,
    ) -> Training:
        copy_tree(saved / "trained", output)
        copy_tree(saved / "captures", captures)
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

    patch.setattr(candidate, "extract", read)
    patch.setattr(candidate, "train", take_training)
    patch.setattr(build_candidate, "prove", take_proof)


def _dump(path: Path, value: object) -> None:
    path.write_bytes(pickle.dumps(value))


def _load(path: Path) -> Any:
    return pickle.loads(path.read_bytes())  # noqa: TID251 - what this very test run wrote
