"""A second training gives the same bits, or the gate says which file is another."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from nb2prod.config import Gates
from nb2prod.gates.gate import Question
from nb2prod.gates.reproducibility import reproducibility
from nb2prod.gates.verdict import Verdict
from nb2prod.gates.version import VersionAtHand
from nb2prod.train import Training

TODAY = date(2026, 1, 1)


@pytest.mark.parametrize(("is_same", "verdict"), [(True, Verdict.PASS), (False, Verdict.FAIL)])
def test_the_files_of_a_second_training_are_compared(
    is_same: bool, verdict: Verdict, versions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train_again(
        service: Path, config: Path, version: Path, output: Path, *, timeout: float
    ) -> Training:
        assert (service, config.name) == (versions.parent, "v1.yaml")
        output.mkdir()
        source = version if is_same else versions / "v2"
        shutil.copyfile(source / "pipeline.joblib", output / "pipeline.joblib")
        return Training({}, None, None, output)

    monkeypatch.setattr("nb2prod.gates.reproducibility.train", train_again)
    version = VersionAtHand(versions / "v1")
    assert list(reproducibility(Question(version, None, Gates(), TODAY))) == []
    (found,) = reproducibility(Question(version, None, Gates(reproducible=True), TODAY))
    assert found.verdict is verdict
