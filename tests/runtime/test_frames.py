import json

import numpy as np
import pandas as pd
import pytest

from nb2prod.artifact.schema import describe
from nb2prod.runtime.checks import RecordChecker
from nb2prod.runtime.frames import FrameBuilder, to_records
from nb2prod.runtime.schema import Schema

TIMES = ["2026-01-31T09:30:00", None, "1999-12-31T23:59:59.123456"]
COLUMNS = {
    "str": pd.Series(["a", None, "c"], dtype="str"),
    "string": pd.Series(["a", None, "c"], dtype="string"),
    "object of texts, NaN": pd.Series(["a", np.nan, "c"], dtype=object),
    "object of texts, None": pd.Series(["a", None, "c"], dtype=object),
    "object of booleans": pd.Series([True, None, False], dtype=object),
    "object of integers": pd.Series([2**80, 1, -5], dtype=object),
    "mixed": pd.Series(["a", 1, 2.5], dtype=object),
    "int64": pd.Series([2**53 + 1, -(2**63), 2**63 - 1]),
    "uint64": pd.Series([0, 1, 2**64 - 1], dtype="uint64"),
    "int8": pd.Series([1, 2, 3], dtype="int8"),
    "Int64": pd.Series([2**53 + 1, None, 3], dtype="Int64"),
    "float64": pd.Series([0.1, np.nan, -1e300]),
    "float32": pd.Series([0.1, np.nan, 3.0], dtype="float32"),
    "Float64": pd.Series([0.1, None, 3.0], dtype="Float64"),
    "bool": pd.Series([True, False, True]),
    "boolean": pd.Series([True, None, False], dtype="boolean"),
    "datetime64[us]": pd.Series(pd.to_datetime(pd.Series(TIMES), format="ISO8601")).astype(
        "datetime64[us]"
    ),
    "datetime64[ns]": pd.Series(pd.to_datetime(pd.Series(TIMES), format="ISO8601")).astype(
        "datetime64[ns]"
    ),
    "datetime with a zone": pd.Series(
        pd.to_datetime(pd.Series(["2026-01-31T09:30:00Z", None, "2026-07-31T09:30:00Z"]))
    ).dt.tz_convert("Europe/Berlin"),
    "category": pd.Series(pd.Categorical(["b", None, "a"], categories=["b", "a", "unused"])),
    "ordered category": pd.Series(pd.Categorical([3, 1, 2], categories=[3, 2, 1], ordered=True)),
    "all null float": pd.Series([np.nan] * 3),
    "all null str": pd.Series([None] * 3, dtype="str"),
    "all null object": pd.Series([None] * 3, dtype=object),
    "constant": pd.Series([7, 7, 7]),
}


def rebuilt(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Send rows through JSON, the check and the builder, by the schema of a frame."""
    schema = Schema.from_mapping(json.loads(json.dumps(describe(frame, []), allow_nan=False)))
    records = json.loads(json.dumps(to_records(schema, rows), allow_nan=False))
    checked = [RecordChecker(schema).check(record) for record in records]
    assert not any(one.errors or one.warnings for one in checked)
    return FrameBuilder(schema).build([one.values for one in checked])


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_survives_json(name: str) -> None:
    frame = COLUMNS[name].rename("x").to_frame()
    pd.testing.assert_frame_equal(rebuilt(frame, frame), frame, check_exact=True)


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("row", [0, 1, 2])
def test_one_row_has_the_table_s_dtype(name: str, row: int) -> None:
    frame = COLUMNS[name].rename("x").to_frame()
    expected = frame.iloc[[row]].reset_index(drop=True)
    pd.testing.assert_frame_equal(rebuilt(frame, expected), expected, check_exact=True)


@pytest.mark.parametrize("null", [None, np.nan], ids=["None", "NaN"])
def test_none_and_nan_are_kept_apart(null: object) -> None:
    frame = pd.DataFrame({"x": pd.Series(["a", null], dtype=object)})
    assert type(rebuilt(frame, frame)["x"].iloc[1]) is type(null)


def test_a_table_keeps_its_column_order_and_counts_its_rows() -> None:
    frame = pd.DataFrame({"b": [1, 2], "a": ["x", "y"]}, index=[7, 7])
    found = rebuilt(frame, frame)
    assert list(found.columns) == ["b", "a"]
    assert isinstance(found.index, pd.RangeIndex)


def test_no_rows_keep_the_dtypes() -> None:
    frame = pd.DataFrame({"a": [1.5], "b": ["x"]})
    empty = rebuilt(frame, frame.head(0))
    assert empty.dtypes.astype(str).to_dict() == {"a": "float64", "b": "str"}


def test_a_category_that_pandas_cannot_hold_counts_as_missing() -> None:
    frame = pd.DataFrame({"x": pd.Series(["a", "b"], dtype="category")})
    schema = Schema.from_mapping(describe(frame, []))
    checked = RecordChecker(schema).check({"x": "new"})
    assert checked.warnings[0].reason.endswith("it counts as missing")
    assert FrameBuilder(schema).build([checked.values])["x"].isna().all()
