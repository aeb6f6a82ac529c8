import os
import sys
from pathlib import Path

import pytest

from nb2prod.errors import ExecutionFailed
from nb2prod.train import train
from nb2prod.train.process import last_lines, tethered
from nb2prod.train.run import TrainingStopped

_SCRIPT = """
import json, os, sys
from pathlib import Path
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
output = Path(arguments["--output"])
output.mkdir()
assert "PYTHONPATH" not in os.environ
{body}
(output / "metrics.json").write_text(json.dumps({{"metrics": {{"r2": 0.5}}, "features_checked": 7}}))
"""


def _service(folder: Path, body: str) -> Path:
    (folder / "train.py").write_text(_SCRIPT.format(body=body))
    return folder


def _train(service: Path, timeout: float | None = 60.0) -> float:
    found = train(
        service, service / "v1.yaml", service / "v1", service / "trained", timeout=timeout
    )
    assert found.features_checked == 7
    return found.metrics["r2"]


def test_a_training_leaves_its_metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "somewhere")
    assert _train(_service(tmp_path, "print('done')")) == 0.5


@pytest.mark.parametrize(
    ("body", "words"),
    [("raise ValueError('too few rows')", "too few rows"), ("os.kill(os.getpid(), 9)", "")],
    ids=["raises", "killed"],
)
def test_a_training_that_fails_shows_the_end_of_what_it_said(
    body: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(ExecutionFailed, match="failed") as raised:
        _train(_service(tmp_path, body))
    assert words in str(raised.value.why)


def test_a_training_that_does_not_end_is_ended(tmp_path: Path) -> None:
    service = _service(tmp_path, "import time; time.sleep(600)")
    with pytest.raises(ExecutionFailed, match="did not end within 2 seconds"):
        _train(service, timeout=2.0)


def test_a_guard_that_stops_a_training_is_told_from_a_failure(tmp_path: Path) -> None:
    body = "print('error: cell 5 drops rows', file=sys.stderr); sys.exit(3)"
    with pytest.raises(TrainingStopped, match="cell 5 drops rows") as raised:
        _train(_service(tmp_path, body))
    assert raised.value.exit_code == 1


@pytest.mark.parametrize(
    ("script", "code"),
    [("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 15)", 143), ("", 0)],
    ids=["status", "signal", "well"],
)
def test_a_tethered_process_gives_its_exit_code(script: str, code: int, tmp_path: Path) -> None:
    command = [sys.executable, "-c", script]
    with tethered(
        command, folder=tmp_path, environment=dict(os.environ), log=tmp_path / "log"
    ) as process:
        assert process.wait(60) == code


def test_only_the_last_lines_are_evidence(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {n}\n" for n in range(100)) + "\n")
    assert last_lines(log).splitlines() == [f"line {n}" for n in range(88, 100)]
