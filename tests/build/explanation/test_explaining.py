from pathlib import Path

import pytest

from nb2prod.build import BuildOptions
from nb2prod.build.explanation import CodePlace, Explanation, Fate, explain
from nb2prod.build.explanation.view import view_of
from nb2prod.compile.context import Note
from nb2prod.compile.plan import Refused
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.report.page import page
from nb2prod.service.templates import template_root
from tests.build.conftest import QuickBuild
from tests.execute.conftest import write_cells


@pytest.fixture
def notebook(quick_build: QuickBuild, tmp_path: Path) -> Path:
    """Return a notebook whose runs are taken from the real build."""
    return tmp_path / "project" / "plants.ipynb"


@pytest.fixture
def explanation(notebook: Path) -> Explanation:
    return explain(notebook)


def _emitted(explanation: Explanation, place: CodePlace) -> str:
    return explanation.code[place.file].split("\n")[place.line - 1].strip()


def test_each_expression_is_told_in_its_cell(explanation: Explanation) -> None:
    assert (explanation.status, explanation.exit_code) == ("explained", 0)
    features = {each.text: each for each in explanation.expressions[5]}
    frozen = features["df['height'].mean()"]
    assert (frozen.kind, frozen.line, frozen.column) == ("frozen", 1, 36)
    assert (frozen.end_line, frozen.end_column) == (1, 55)
    assert frozen.detail.startswith("fitted.height_mean = ")
    assert features["(df['height'] > 20).astype(int)"].kind == "row-wise"


@pytest.mark.parametrize(
    ("cell", "line", "fate"),
    [
        (1, 1, Fate.IMPORT),
        (3, 1, Fate.PARAMETER),
        (4, 1, Fate.LOAD),
        (5, 1, Fate.SERVED),
        (6, 2, Fate.TRAINING),
        (7, 2, Fate.TRAINING),
        (8, 2, Fate.METRICS),
    ],
)
def test_each_statement_has_its_fate(
    explanation: Explanation, cell: int, line: int, fate: Fate
) -> None:
    assert {one.line: one.fate for one in explanation.statements[cell]}[line] is fate


def test_statements_lead_to_the_emitted_lines(explanation: Explanation) -> None:
    (statement, *_) = explanation.statements[5]
    assert [_emitted(explanation, place) for place in statement.places] == [
        'df["height"] = df["height"].fillna(fitted.height_mean)',
        'fitted.height_mean = df["height"].mean()',
        'df["height"] = df["height"].fillna(fitted.height_mean)',
    ]
    assert [place.file for place in statement.places] == ["features.py", "train.py", "train.py"]


def test_a_frozen_value_says_where_it_comes_from_and_goes_to(explanation: Explanation) -> None:
    (frozen,) = explanation.frozen
    assert (frozen.name, frozen.expression) == ("height_mean", "df['height'].mean()")
    assert (frozen.cell, frozen.line) == (5, 1)
    assert float(frozen.value) > 0
    assert [_emitted(explanation, place) for place in frozen.filled] == [
        'fitted.height_mean = df["height"].mean()'
    ]
    assert "fillna(fitted.height_mean)" in _emitted(explanation, frozen.used[0])


def test_a_statistic_from_before_the_split_is_a_leak(explanation: Explanation) -> None:
    (frozen,) = explanation.frozen
    assert 0 < frozen.held_out_rows < frozen.rows
    assert f"{frozen.held_out_rows} of the {frozen.rows} rows" in frozen.leak


def test_the_json_has_every_code_cell_with_its_roles(explanation: Explanation) -> None:
    content = explanation.as_json()
    assert [cell["roles"] for cell in content["cells"]] == [
        ["imports"],
        ["imports"],
        ["parameters"],
        ["load"],
        ["features"],
        ["split"],
        ["train"],
        ["evaluate"],
    ]
    assert [one["name"] for one in content["frozen"]] == ["height_mean"]
    assert "features.py" in content["code"]


def test_the_page_has_the_notebook_with_the_code_beside_it(explanation: Explanation) -> None:
    text = page(template_root(), "explain.html.j2", view_of(explanation))
    assert '<span class="mark frozen">df[&#34;height&#34;].mean()</span>' in text
    assert '<span class="chip frozen">frozen</span>' in text
    assert "fillna(fitted.height_mean)" in text
    assert 'href="#c5-1"' in text
    for address in ("http:", "https:", "<script", "src="):
        assert address not in text


def test_every_link_of_the_page_leads_somewhere(explanation: Explanation) -> None:
    import re

    text = page(template_root(), "explain.html.j2", view_of(explanation))
    targets = set(re.findall(r'id="([^"]+)"', text))
    links = re.findall(r'href="#([^"]+)"', text)
    assert len(links) > 10
    assert set(links) <= targets


def test_nothing_is_written(notebook: Path, tmp_path: Path) -> None:
    explain(notebook, BuildOptions(output=tmp_path / "services"))
    assert not (tmp_path / "services").exists()


def test_a_refused_notebook_is_explained_as_far_as_it_goes(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = Diagnostic("NBC101", "no-way", Severity.ERROR, "it <cannot> be", cell=5, line=1)
    notes = [Note(5, 1, 1, "df['height']", "refused", "no")] * 2
    monkeypatch.setattr("nb2prod.build.drafting.specialise", lambda *_: Refused([why], notes))
    explanation = explain(notebook)
    assert (explanation.status, explanation.exit_code) == ("refused", 1)
    assert explanation.diagnostics == [why]
    assert [len(each) for each in explanation.expressions.values()] == [1]
    text = page(template_root(), "explain.html.j2", view_of(explanation))
    assert "it &lt;cannot&gt; be" in text
    assert '<a href="#c5-1">cell 5, line 1</a>' in text
    assert "beside" not in text


def test_what_lint_refuses_is_not_run(tmp_path: Path) -> None:
    explanation = explain(write_cells(tmp_path / "n.ipynb", ("df = nothing()", "load")))
    assert explanation.status == "refused"
    assert explanation.expressions == {}
