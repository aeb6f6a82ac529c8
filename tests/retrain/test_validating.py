"""What is new in a table."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nb2prod.artifact.opening import load
from nb2prod.artifact.reference import read_reference
from nb2prod.retrain.predecessor import Predecessor
from nb2prod.retrain.validating import validate
from nb2prod.retrain.validation import Weight
from tests.conftest import raw_frame


@pytest.fixture(scope="module")
def predecessor(built_service: Path) -> Predecessor:
    folder = built_service / "versions" / "v1"
    loaded = load(folder)
    return Predecessor(
        folder,
        loaded.manifest,
        loaded.schema,
        read_reference(folder),
        states=(),
        parity={},
        leaks={},
        has_fitted_target=True,
    )


def _with(column: str, row: int, value: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[row, column] = value
        return table

    return change


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(lambda t: t, [], id="the same"),
        pytest.param(lambda t: t[sorted(t.columns)], [], id="other order"),
        pytest.param(lambda t: t.drop(columns="eggs"), [("error", "gone", "eggs")], id="gone"),
        pytest.param(
            lambda t: t.drop(columns="species"), [("error", "gone", "species")], id="target gone"
        ),
        pytest.param(lambda t: t.assign(more=1), [("warning", "new", "more")], id="new"),
        pytest.param(
            lambda t: t.assign(mass=t["mass"].astype(str)),
            [("error", "retyped", "mass")],
            id="numbers as texts",
        ),
        pytest.param(
            lambda t: t.assign(eggs=t["eggs"].astype(float)),
            [("warning", "retyped", "eggs")],
            id="whole numbers as numbers",
        ),
        pytest.param(
            _with("sex", 3, None), [("warning", "nulls", "sex")], id="nulls where none were"
        ),
        pytest.param(
            _with("species", 3, None), [("error", "nulls", "species")], id="nulls in the target"
        ),
        pytest.param(
            _with("island", 3, "Elsewhere"),
            [("warning", "categories", "island")],
            id="unseen category",
        ),
        pytest.param(
            lambda t: t.assign(sex="f"), [("info", "categories", "sex")], id="category gone"
        ),
        pytest.param(
            lambda t: t.assign(species=t["species"].iloc[0]),
            [("warning", "categories", "species")],
            id="class gone",
        ),
        pytest.param(_with("mass", 3, 9999.0), [("info", "range", "mass")], id="beyond the range"),
        pytest.param(
            _with("seen", 3, pd.Timestamp("2031-01-01")),
            [("info", "range", "seen")],
            id="later than before",
        ),
        pytest.param(
            lambda t: t.assign(extra=[{} for _ in range(len(t))]),
            [("error", "retyped", None)],
            id="what no request can carry",
        ),
        pytest.param(lambda t: t.head(0), [("error", "rows", None)], id="no rows"),
    ],
)
def test_what_is_new_is_found(
    change: Callable[[pd.DataFrame], pd.DataFrame],
    expected: list[tuple[str, str, str | None]],
    predecessor: Predecessor,
) -> None:
    found = validate(change(raw_frame()), predecessor)
    assert [(f.weight.value, f.what, f.column) for f in found.findings] == expected
    assert found.is_fit is not any(weight == "error" for weight, _, _ in expected)


def test_far_fewer_rows_are_said(predecessor: Predecessor) -> None:
    found = validate(raw_frame().head(20), predecessor)
    assert ("rows", Weight.WARNING) in {(f.what, f.weight) for f in found.findings}
    assert found.said().startswith("20 rows (v1 had 60); ")


def test_the_heaviest_come_first(predecessor: Predecessor) -> None:
    table = raw_frame().drop(columns="eggs").assign(sex="f", more=1)
    weights = [finding.weight for finding in validate(table, predecessor).findings]
    assert weights == [Weight.ERROR, Weight.WARNING, Weight.INFO]
