"""What saw held-out rows is named at its place, and the metrics without it are those of the mended notebook."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import joblib
import pytest

from nb2prod.compile.leaking.finding import find_leaks
from nb2prod.compile.leaking.leak import Kind, Leak
from nb2prod.compile.leaking.telling import WORDS, told
from nb2prod.compile.plan import Plan
from nb2prod.compile.specialise import specialise
from nb2prod.diagnostic import Severity
from nb2prod.execute.recorder.refitting_session import REFITTED, RefittingSession
from nb2prod.execute.recorder.session import SCORED
from nb2prod.execute.recorder.settings import recorder_settings
from nb2prod.notebook import Notebook, read
from nb2prod.notebook.recording import Recording
from tests.corpus.harness import place_tables, record, run_plainly
from tests.corpus.shell import fresh_shell, quietly, run_cell, seed_everything
from tests.leaks.cases import Case, read_cases

_HERE = Path(__file__).parent
LEAKY, CLEAN = read_cases(_HERE / "leaky.txt"), read_cases(_HERE / "clean.txt")
_MENDED = [case for case in LEAKY if case.mended]
_WITHOUT_FIGURE = [case for case in LEAKY if not case.mended]


def _leaks(case: Case, folder: Path) -> tuple[Notebook, Recording, list[Leak]]:
    place_tables(case.source, folder)
    notebook = read(case.source.write(folder))
    recording = record(notebook, folder)
    plan = specialise(notebook, recording)
    assert isinstance(plan, Plan), plan.diagnostics
    return notebook, recording, find_leaks(notebook, recording, plan)


def _places(leaks: Sequence[Leak]) -> list[tuple[str, int, int, int]]:
    return [(WORDS[leak.kind].code, leak.cell, leak.line, leak.column) for leak in leaks]


def _refitted(notebook: Notebook, leaks: Sequence[Leak], folder: Path) -> dict[str, Any]:
    """Run the tagged cells once more, as the build does in a kernel."""
    own = folder / "refitting"
    own.mkdir()
    keys = [leak.key for leak in leaks if leak.is_refitted]
    settings = {**recorder_settings(notebook, own), "leaks": keys}
    with fresh_shell() as shell, quietly(folder):
        seed_everything()
        session = RefittingSession(shell, settings, folder)
        session.install()
        for cell in notebook.executed_cells:
            if cell.roles:
                run_cell(shell, cell.source)
        session.finish()
    found: dict[str, Any] = json.loads((own / REFITTED).read_text(encoding="utf-8"))
    return found


def _ids(cases: Sequence[Case]) -> list[str]:
    return [case.name for case in cases]


@pytest.mark.parametrize("case", [*LEAKY, *CLEAN], ids=_ids([*LEAKY, *CLEAN]))
def test_each_leak_is_named_at_its_place_and_nothing_else(case: Case, tmp_path: Path) -> None:
    notebook, _, leaks = _leaks(case, tmp_path)
    assert _places(leaks) == sorted(case.places, key=lambda place: place[1:])
    for leak in leaks:
        finding = told(notebook, leak, 1)
        assert finding.hint
        assert finding.severity is (Severity.INFO if leak.is_mild else Severity.WARNING)
        counts = leak.kind not in {Kind.RESAMPLED, Kind.ANSWER}
        assert (f"{leak.held_out_rows}" in finding.message) or not counts


@pytest.mark.parametrize("case", CLEAN, ids=_ids(CLEAN))
def test_a_clean_notebook_has_nothing_to_learn_again(case: Case, tmp_path: Path) -> None:
    _, _, leaks = _leaks(case, tmp_path)
    assert all(leak.is_mild for leak in leaks)


@pytest.mark.parametrize("case", _MENDED, ids=_ids(_MENDED))
def test_the_metric_without_leaks_is_that_of_the_mended_notebook(
    case: Case, tmp_path: Path
) -> None:
    notebook, recording, leaks = _leaks(case, tmp_path)
    found = _refitted(notebook, leaks, tmp_path)
    scored = joblib.load(tmp_path / SCORED)  # noqa: TID251 (what this very test wrote)
    held_out = [int(row) for row in scored["held_out"]]
    expected = run_plainly(case.mended_with(held_out), tmp_path)["mae"]
    assert found["is_scored_on_same_rows"]
    assert found["unrecorded"] == []
    assert [told for told in found["places"].values() if told["failure"]] == []
    assert found["metrics"]["mae"] == pytest.approx(expected, rel=1e-12)
    assert (found["metrics"]["mae"] == recording.metrics["mae"]) == case.stays


@pytest.mark.parametrize("case", _WITHOUT_FIGURE, ids=_ids(_WITHOUT_FIGURE))
def test_no_figure_is_given_where_none_can_be_computed(case: Case, tmp_path: Path) -> None:
    notebook, _, leaks = _leaks(case, tmp_path)
    assert leaks
    if any(leak.is_refitted for leak in leaks):
        assert not _refitted(notebook, leaks, tmp_path)["is_scored_on_same_rows"]


def test_the_refitted_run_leaves_the_recorded_files_alone(tmp_path: Path) -> None:
    notebook, _, leaks = _leaks(LEAKY[0], tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    _refitted(notebook, leaks, tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == before
