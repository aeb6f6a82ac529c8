import decimal
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nb2prod.artifact.schema import SchemaRefused, describe


def described(values: Any, dtype: Any = None) -> dict[str, object]:
    frame = pd.DataFrame({"x": pd.Series(values, dtype=dtype)})
    content = json.loads(json.dumps(describe(frame, []), allow_nan=False))
    (column,) = content["columns"]
    assert isinstance(column, dict)
    return column


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        (
            ["b", "a", None],
            "str",
            {"dtype": "str", "kind": "category", "nullable": True, "categories": ["a", "b"]},
        ),
        (["a", "b"], "object", {"dtype": "object", "kind": "category", "nullable": False}),
        (
            [1, 2, 3],
            None,
            {"dtype": "int64", "kind": "integer", "minimum": 1, "maximum": 3, "categories": None},
        ),
        ([2**53 + 1], None, {"minimum": 2**53 + 1, "examples": [2**53 + 1]}),
        ([2**80, 1], "object", {"kind": "integer", "maximum": 2**80}),
        (
            [1, None, 3],
            None,
            {"dtype": "float64", "kind": "number", "nullable": True, "minimum": 1.0},
        ),
        ([1, None], "Int64", {"dtype": "Int64", "kind": "integer", "nullable": True}),
        (
            [0.5, np.inf, -np.inf],
            None,
            {"kind": "number", "minimum": 0.5, "maximum": 0.5, "examples": [0.5]},
        ),
        ([True, False], None, {"dtype": "bool", "kind": "boolean", "categories": [False, True]}),
        (
            [True, None],
            "object",
            {"dtype": "object", "kind": "boolean", "nullable": True, "null": "none"},
        ),
        ([True, np.nan], "object", {"kind": "boolean", "categories": [True]}),
        (["a", 1, 2.5, None], "object", {"kind": "mixed", "nullable": True, "categories": None}),
        ([1, 2.5], "object", {"kind": "mixed"}),
        (
            [np.nan, np.nan],
            None,
            {
                "dtype": "float64",
                "kind": "number",
                "nullable": True,
                "minimum": None,
                "examples": [],
            },
        ),
        (
            [None, None],
            "str",
            {"dtype": "str", "kind": "text", "nullable": True, "categories": None},
        ),
        ([None, None], "object", {"dtype": "object", "kind": "mixed"}),
        ([7, 7], None, {"kind": "integer", "minimum": 7, "maximum": 7, "examples": [7]}),
        (
            pd.to_datetime(pd.Series(["2026-01-31T09:30", None, "2025-01-01"]), format="ISO8601"),
            None,
            {
                "kind": "datetime",
                "nullable": True,
                "minimum": "2025-01-01T00:00:00",
                "maximum": "2026-01-31T09:30:00",
            },
        ),
        (
            pd.to_datetime(["2026-01-31T09:30Z"]).tz_convert("Europe/Berlin"),
            None,
            {"kind": "datetime", "minimum": "2026-01-31T10:30:00+01:00"},
        ),
        (
            pd.Categorical(["b", None], categories=["b", "a"], ordered=True),
            None,
            {"dtype": "category", "kind": "category", "categories": ["b", "a"], "ordered": True},
        ),
        (pd.Categorical([2, 1]), None, {"kind": "category", "categories": [1, 2]}),
        ([f"id {i}" for i in range(101)], "str", {"kind": "text", "categories": None}),
        ([f"id {i}" for i in range(30)], "str", {"kind": "text"}),
        ([f"id {i}" for i in range(100)] * 2, "str", {"kind": "category"}),
        (["x" * 5000, "short"], "str", {"examples": ["short"]}),
        (["x" * 5000], "str", {"examples": ["x" * 200]}),
    ],
)
def test_a_column(values: object, dtype: object, expected: dict[str, object]) -> None:
    column = described(values, dtype)
    assert {key: column[key] for key in expected} == expected


def test_the_target_is_apart_and_the_columns_keep_their_order() -> None:
    frame = pd.DataFrame({"b": [1], "y": ["no"], "a": [2]})
    content = describe(frame, ["y"])
    assert [column["name"] for column in content["columns"]] == ["b", "a"]  # type: ignore[attr-defined]
    assert [column["name"] for column in content["target"]] == ["y"]  # type: ignore[attr-defined]


def test_examples_are_distinct_and_in_the_table_s_order() -> None:
    assert described([5, 5, 3, 4, 9])["examples"] == [5, 3, 4]


@pytest.mark.parametrize(
    ("frame", "target", "said"),
    [
        (pd.DataFrame({0: [1]}), [], "named 0, which is no text"),
        (pd.DataFrame({"": [1]}), [], "which is no text"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), [], "more than one column named 'a'"),
        (pd.DataFrame({("a", "b"): [1]}), [], "which is no text"),
        (pd.DataFrame({"a": [1]}), ["b"], "no target column 'b'"),
        (pd.DataFrame({"a": [[1], [2]]}), [], "holds list objects"),
        (pd.DataFrame({"a": [decimal.Decimal(1)]}), [], "holds Decimal objects"),
        (pd.DataFrame({"a": [1j]}), [], "holds complex128"),
        (pd.DataFrame({"a": pd.to_timedelta([1])}), [], "holds timedelta64"),
        (pd.DataFrame({"a": pd.period_range("2026", periods=1, freq="D")}), [], "holds period"),
        (pd.DataFrame({"a": pd.cut(pd.Series([1, 2]), 2)}), [], "holds Interval objects"),
        (pd.DataFrame({"a": pd.arrays.SparseArray([0, 1])}), [], "holds Sparse"),
    ],
)
def test_what_a_request_cannot_carry(frame: pd.DataFrame, target: list[str], said: str) -> None:
    with pytest.raises(SchemaRefused) as refusal:
        describe(frame, target)
    assert said in refusal.value.what
    assert refusal.value.exit_code == 1


def test_a_misspelt_target_gets_a_suggestion() -> None:
    with pytest.raises(SchemaRefused) as refusal:
        describe(pd.DataFrame({"Species": ["a"]}), ["species"])
    assert refusal.value.hint == "did you mean 'Species'?"
