from dataclasses import replace
from typing import Any

import pytest

from nb2prod.report.change import Area
from nb2prod.report.comparison import compare_snapshots
from nb2prod.report.comparison_text import comparison_text
from nb2prod.report.comparison_view import view_of
from nb2prod.report.page import page
from nb2prod.report.snapshot import KEPT_ENTRIES, Entry, ModelFacts
from nb2prod.runtime.manifest import DataFile, NotebookFile, Tool
from nb2prod.runtime.schema import Column, Schema
from nb2prod.service.templates import template_root
from tests.report.conftest import DIGEST, snapshot

_OTHER = "sha256:" + "2" * 64
_AGE = Column("age", "float64", "number", nullable=True, minimum=1.0, maximum=9.0)
_CITY = Column("city", "str", "category", nullable=False, categories=("Oslo", "Rome"))


def _schema(*columns: Column) -> Schema:
    return Schema(columns, ())


@pytest.mark.parametrize(
    ("change", "area", "subject", "said"),
    [
        ({"metrics": {"mae": 1.5}}, Area.METRICS, "mae", "2 became 1.5 (-0.5, -25 %)"),
        ({"parameters": {"test_size": 0.3}}, Area.PARAMETERS, "test_size", "0.25 became 0.3"),
        ({"parameters": {}}, Area.PARAMETERS, "test_size", "gone; it was 0.25"),
        (
            {"fitted": (Entry("age_mean", 47.1, 4, 2, "df['age'].mean()"),)},
            Area.STATISTICS,
            "age_mean",
            "43.9 became 47.1 (+3.2, +7.3 %)",
        ),
        ({"schema": _schema(_AGE, _CITY)}, Area.SCHEMA, "city", "new column of str"),
        ({"schema": _schema()}, Area.SCHEMA, "age", "gone"),
        (
            {"schema": _schema(replace(_AGE, dtype="int64"))},
            Area.SCHEMA,
            "age: dtype",
            "'float64' became 'int64'",
        ),
        (
            {"schema": _schema(replace(_AGE, nullable=False))},
            Area.SCHEMA,
            "age: nullable",
            "True became False",
        ),
        (
            {"schema": _schema(replace(_AGE, maximum=12.0))},
            Area.SCHEMA,
            "age: maximum",
            "9 became 12",
        ),
        ({"seed": 7}, Area.SETTINGS, "seed", "42 became 7"),
        ({"tool": Tool("0.2.0", "3.11")}, Area.SETTINGS, "nb2prod", "'0.1.0' became '0.2.0'"),
        ({"target": ("weight",)}, Area.SETTINGS, "target", "+ 'weight', - 'mass'"),
        (
            {"data": (DataFile("data/a.csv", DIGEST, 10),)},
            Area.DATA,
            "data/a.csv",
            "new",
        ),
        (
            {"model": ModelFacts("sklearn.tree.DecisionTreeRegressor", {"max_depth": 4})},
            Area.MODEL,
            "max_depth",
            "3 became 4",
        ),
        (
            {"model": ModelFacts("sklearn.svm.SVR", {"max_depth": 3})},
            Area.MODEL,
            "class",
            "'sklearn.tree.DecisionTreeRegressor' became 'sklearn.svm.SVR'",
        ),
        (
            {"locks": {"requirements-train.lock": {"pandas": "3.1.0"}}},
            Area.LIBRARIES,
            "pandas",
            "3.0.0 became 3.1.0 (training)",
        ),
        (
            {"locks": {"requirements-train.lock": {}}},
            Area.LIBRARIES,
            "pandas",
            "gone; it was 3.0.0 (training)",
        ),
    ],
)
def test_each_change_is_told_once_in_its_area(
    change: dict[str, Any], area: Area, subject: str, said: str
) -> None:
    comparison = compare_snapshots(snapshot(), snapshot("v2", **change))
    (found,) = comparison.differences
    assert (found.area, found.subject) == (area, subject)
    assert found.said.startswith(said)
    assert comparison.code == ()


def test_a_package_of_both_locks_is_told_once() -> None:
    locks = {name: {"pandas": "3.0.0"} for name in snapshot().locks}
    newer = {name: {"pandas": "3.1.0"} for name in locks}
    (found,) = compare_snapshots(snapshot(locks=locks), snapshot("v2", locks=newer)).differences
    assert found.said == "3.0.0 became 3.1.0 (training and serving)"


def test_changed_data_are_told_by_their_digest() -> None:
    before, after = DataFile("a.csv", DIGEST, 10), DataFile("a.csv", _OTHER, 12)
    (found,) = compare_snapshots(
        snapshot(data=(before,)), snapshot("v2", data=(after,))
    ).differences
    assert (found.before, found.after) == (DIGEST, _OTHER)
    assert found.said == "other content, 10 bytes became 12"


def test_columns_in_another_order_are_a_difference() -> None:
    before, after = _schema(_AGE, _CITY), _schema(_CITY, _AGE)
    (found,) = compare_snapshots(snapshot(schema=before), snapshot("v2", schema=after)).differences
    assert found.said == "the same columns in another order"


def test_new_categories_are_named() -> None:
    wider = replace(_CITY, categories=("Bern", "Oslo", "Rome"))
    (found,) = compare_snapshots(
        snapshot(schema=_schema(_CITY)), snapshot("v2", schema=_schema(wider))
    ).differences
    assert (found.subject, found.said) == ("city: categories", "+ 'Bern'")


def test_code_is_compared() -> None:
    comparison = compare_snapshots(
        snapshot(), snapshot("v2", code={"features.py": "# cell 4\nx = 2\n"})
    )
    assert not comparison.is_same
    assert [one.file for one in comparison.code] == ["features.py"]


def test_examples_and_the_notebooks_digest_are_no_differences() -> None:
    examples = _schema(replace(_AGE, examples=(1.0, 2.0)))
    notebook = NotebookFile("notebook/birds.ipynb", _OTHER)
    comparison = compare_snapshots(snapshot(), snapshot("v2", schema=examples, notebook=notebook))
    assert comparison.is_same


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"artifact_digest": DIGEST}, "The model files are the same, byte for byte."),
        ({}, "only their digests say so"),
        ({"model": None, "unopened": "xgboost is missing"}, "not compared: xgboost is missing"),
        (
            {"fitted": (Entry("ids", [0.0] * KEPT_ENTRIES),)},
            f"Of ids only the first {KEPT_ENTRIES} entries",
        ),
    ],
)
def test_what_limits_a_comparison_is_noted(change: dict[str, Any], note: str) -> None:
    comparison = compare_snapshots(snapshot(), snapshot("v2", **change))
    assert any(note in one for one in comparison.notes)


def test_the_text_begins_with_what_matters_most() -> None:
    after = snapshot(
        "v2",
        metrics={"mae": 1.5},
        parameters={"test_size": 0.3},
        fitted=(Entry("age_mean", 47.1, 4, 2, "df['age'].mean()"),),
        code={"features.py": "# cell 4\nx = 2\n"},
    )
    text = list(comparison_text(compare_snapshots(snapshot(), after), is_coloured=False))
    assert text == [
        "birds v1 → v2: 4 differences",
        "",
        "metrics",
        "  mae  2 became 1.5 (-0.5, -25 %)",
        "",
        "frozen statistics",
        "  age_mean  43.9 became 47.1 (+3.2, +7.3 %)",
        "      cell 4, line 2: df['age'].mean()",
        "",
        "parameters",
        "  test_size  0.25 became 0.3",
        "",
        "code",
        "  features.py  +1 -1",
        "    @@ -1,2 +1,2 @@",
        "     # cell 4",
        "    -x = 1",
        "    +x = 2",
    ]


def test_no_difference_is_said() -> None:
    same = compare_snapshots(snapshot(), snapshot())
    assert next(iter(comparison_text(same, is_coloured=False))) == "birds v1 → v1: no difference"


def test_the_page_escapes_and_needs_nothing_from_outside() -> None:
    after = snapshot(
        "v2",
        parameters={"test_size": "<b>"},
        code={"features.py": "# cell 4\nx = '</td>'\n"},
        fitted=(Entry("table", {f"k{n}": float(n) for n in range(30)}, 3, 1, "x < 2"),),
    )
    before = snapshot(fitted=(Entry("table", {f"k{n}": n + 0.5 for n in range(30)}),))
    text = page(template_root(), "compare.html.j2", view_of(compare_snapshots(before, after)))
    assert "<b>" not in text
    assert "x = &#39;&lt;/td&gt;&#39;" in text
    assert text.count("<li><code>k") == 30
    assert "cell 3, line 1" in text
    for address in ("http:", "https:", "<script", "src="):
        assert address not in text


def test_the_json_is_complete() -> None:
    after = snapshot("v2", metrics={"mae": 1.5}, code={})
    content = compare_snapshots(snapshot(), after).as_json()
    assert (content["before"], content["after"], content["same"]) == ("v1", "v2", False)
    assert [one["subject"] for one in content["differences"]] == ["mae"]
    assert [one["removed"] for one in content["code"]] == [2]
