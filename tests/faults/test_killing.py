"""Killed, crowded, or without room: no version is half there or lost, and the next command works."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.bench import Bench

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("NB2PROD_KILLS", "200"))


def _report(what: str, bench: Bench, folder: Path, **job: Any) -> dict[str, Any]:
    """Run a module in a process of its own, which may fork: pytest's has threads."""
    places = {
        "template": str(bench.template),
        "build": str(bench.build_saved),
        "retrain": str(bench.retrain_saved),
        "folder": str(folder / "tried"),
        "log": str(folder / "log"),
        "report": str(folder / "report.json"),
    }
    (folder / "job.json").write_text(json.dumps(places | job))
    variables = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", f"tests.faults.{what}", str(folder / "job.json")],
        cwd=ROOT,
        env={**os.environ, **variables, "MLFLOW_DISABLE_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + _log(folder)
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


def _log(folder: Path) -> str:
    path = folder / "log"
    return path.read_text()[-3000:] if path.exists() else ""


def _count(report: dict[str, Any], word: str) -> int:
    return sum(count for kind, count in report["outcomes"].items() if kind.endswith(word))


@pytest.mark.parametrize("kills", [6, pytest.param(KILLS, marks=pytest.mark.slow)])
def test_kills_at_random_moments_leave_nothing_half_there(
    kills: int, bench: Bench, tmp_path: Path
) -> None:
    report = _report("killing", bench, tmp_path, seed=1, kills=kills)
    sys.stdout.write(f"{report['outcomes']} {report['seconds']}\n")
    assert report["faults"] == [], _log(tmp_path)
    assert _count(report, "killed") >= kills // 2


@pytest.mark.parametrize("crowd", [2, pytest.param(8, marks=pytest.mark.slow)])
def test_no_version_is_lost_or_doubled_in_a_crowd(crowd: int, bench: Bench, tmp_path: Path) -> None:
    job = {"builds": crowd, "retrainings": crowd, "promotions": crowd}
    report = _report("crowding", bench, tmp_path, **job)
    assert report["codes"] == [0] * 3 * crowd, _log(tmp_path)
    assert report["check"] == 0, _log(tmp_path)
    made = 1 + crowd + crowd // 2
    assert sorted(report["versions"]) == sorted(f"v{number}" for number in range(1, made + 1))


@pytest.mark.parametrize(
    "limits",
    [
        # Between the smallest file of a version and the registry's database; what the command says needs room too.
        pytest.param([4000, 400_000], id="two"),
        pytest.param(
            [4000, 10_000, 30_000, 100_000, 200_000, 300_000, 400_000, 500_000],
            id="many",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_full_disk_is_said_and_the_next_try_works(
    limits: list[int], bench: Bench, tmp_path: Path
) -> None:
    report = _report("filling", bench, tmp_path, limits=limits)
    for limit, code, checked, again, has_traceback in report["tried"]:
        assert code in {0, 2}, (limit, _log(tmp_path))
        assert (checked, again, has_traceback) == (0, 0, False), (limit, _log(tmp_path))
    assert report["tried"][0][1] == 2
