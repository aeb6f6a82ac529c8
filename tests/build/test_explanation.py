from pathlib import Path

import pytest

from nb2prod.build import BuildOptions
from nb2prod.build.explanation import explain
from nb2prod.compile.context import Note
from nb2prod.compile.plan import Refused
from nb2prod.diagnostic import Diagnostic, Severity
from tests.build.conftest import QuickBuild
from tests.execute.conftest import write_cells


@pytest.fixture
def notebook(quick_build: QuickBuild, tmp_path: Path) -> Path:
    """Return a notebook whose runs are taken from the real build."""
    return tmp_path / "project" / "plants.ipynb"


def test_each_expression_is_told_in_its_cell(notebook: Path) -> None:
    explanation = explain(notebook)
    assert (explanation.status, explanation.exit_code) == ("explained", 0)
    features = {each.text: each for each in explanation.expressions[5]}
    frozen = features["df['height'].mean()"]
    assert (frozen.kind, frozen.line, frozen.column) == ("frozen", 1, 36)
    assert frozen.detail.startswith("fitted.height_mean = ")
    assert features["(df['height'] > 20).astype(int)"].kind == "row-wise"


def test_the_json_has_every_code_cell_with_its_roles(notebook: Path) -> None:
    cells = explain(notebook).as_json()["cells"]
    assert [cell["roles"] for cell in cells] == [
        ["imports"],
        ["imports"],
        ["parameters"],
        ["load"],
        ["features"],
        ["split"],
        ["train"],
        ["evaluate"],
    ]


def test_nothing_is_written(notebook: Path, tmp_path: Path) -> None:
    explain(notebook, BuildOptions(output=tmp_path / "services"))
    assert not (tmp_path / "services").exists()


def test_a_refused_notebook_is_explained_as_far_as_it_goes(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = Diagnostic("NBC101", "no-way", Severity.ERROR, "it cannot be", cell=5)
    notes = [Note(5, 1, 1, "df", "refused", "no")] * 2
    monkeypatch.setattr("nb2prod.build.drafting.specialise", lambda *_: Refused([why], notes))
    explanation = explain(notebook)
    assert (explanation.status, explanation.exit_code) == ("refused", 1)
    assert explanation.diagnostics == [why]
    assert [len(each) for each in explanation.expressions.values()] == [1]


def test_what_lint_refuses_is_not_run(tmp_path: Path) -> None:
    explanation = explain(write_cells(tmp_path / "n.ipynb", ("df = nothing()", "load")))
    assert explanation.status == "refused"
    assert explanation.expressions == {}
