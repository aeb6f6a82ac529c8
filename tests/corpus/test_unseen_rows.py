"""A pipeline computes for rows that nobody has seen what the notebook computes when they stand in its table.

The proof compares rows of the notebook's own table. Here the notebook runs again, as plain Python, on its table with
one more row: columns drawn against each other, nulls where the table has nulls, and an exact copy of a row. One row in
221 hardly moves a statistic, so numbers may differ a little; a null filled otherwise, another category or another
column is far beyond that.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.corpus.conftest import SOURCES, Build
from tests.corpus.frames import table
from tests.corpus.harness import Outcome, features_when_appended, last_row
from tests.corpus.percent import Source
from tests.corpus.shell import quietly

_RELATIVE, _ABSOLUTE = 0.04, 0.02
_DRAWN = 4

NOTEBOOKS = [
    "dates",
    "to_numeric_coerce",
    "map_dict",
    "np_where",
    "apply_column",
    "dtype_flip_apply",
    "list_comprehension_rows",
    "fillna_dict_stat",
    "fillna_loop_dtypes",
    "loc_quantile_named",
    "zscore_helper_loop",
    "rare_to_other",
    "rare_lambda",
    "late_binding",
    "imputer_null_condition",
    "agg_merge",
    "columns_by_null_share",
    "get_dummies_na",
    "get_dummies_loop",
    "get_dummies_concat_inline",
    "scaler_into_columns",
    "dictvec",
    "imputer_after_filter",
    "onehot",
    "labelencoder_loop",
    "tfidf_hstack",
    "dropna_statistic_after",
    "drop_duplicates",
    "iqr",
    "outlier_loop",
    "concat_realigned",
    "numpy_stats",
    "inplace_all",
    "loc_writes",
    "copy_alias",
    "encode_by_cardinality",
    "function_returns_statistic",
    "mean_of_row",
    "matrix_covariance",
    "agg_rows",
    "date_mixed",
    "numeric_dummies",
    "reference_table",
]


def unseen(name: str) -> pd.DataFrame:
    """Invent raw rows: every column drawn by itself, with nulls where it has some, and a copy of the first row."""
    raw = table(name)
    generator = np.random.default_rng(3)
    drawn = {
        column: raw[column].iloc[generator.integers(0, len(raw), _DRAWN)].reset_index(drop=True)
        for column in raw.columns
    }
    rows = pd.DataFrame(drawn)
    for position, column in enumerate(c for c in raw.columns if raw[c].isna().any()):
        rows.loc[position % _DRAWN, column] = None
    return pd.concat([rows, raw.iloc[[0]]], ignore_index=True).astype(raw.dtypes.to_dict())


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_unseen_rows(name: str, built: Build) -> None:
    source = SOURCES[name]
    outcome, folder = built(name)
    assert outcome.status == "built", outcome.says()
    raw_table = _raw_table(source)
    rows = unseen(raw_table)
    compared = 0
    for position in range(len(rows)):
        row = rows.iloc[[position]].reset_index(drop=True)
        notebook = features_when_appended(source, folder, raw_table, row)
        if notebook is not None:
            compared += 1
            served = _served(outcome, row, folder)
            assert _differing(served, notebook) == [], f"row {position}: {row.to_dict('records')}"
    assert compared > 0


def _raw_table(source: Source) -> str:
    return next(n for n in source.tables() if f'df = pd.read_csv("{n}.csv"' in source.text)


def _served(outcome: Outcome, row: pd.DataFrame, folder: Path) -> list[object]:
    assert outcome.plan is not None
    request = row.drop(columns=list(outcome.plan.target))
    with quietly(folder):
        return last_row(outcome.pipeline.named_steps["features"].transform(request))


def _differing(served: list[object], notebook: list[object]) -> list[tuple[int, object, object]]:
    assert len(served) == len(notebook)
    return [
        (position, ours, theirs)
        for position, (ours, theirs) in enumerate(zip(served, notebook, strict=True))
        if not _is_near(ours, theirs)
    ]


def _is_near(ours: object, theirs: object) -> bool:
    if isinstance(ours, int | float | np.number) and isinstance(theirs, int | float | np.number):
        one, other = float(ours), float(theirs)
        both_null = np.isnan(one) and np.isnan(other)
        return both_null or abs(one - other) <= _ABSOLUTE + _RELATIVE * abs(other)
    return bool(ours == theirs) or bool(pd.isna(ours) and pd.isna(theirs))  # type: ignore[call-overload]  # scalars


@pytest.mark.parametrize(
    ("name", "column", "value", "expected"),
    [
        pytest.param(
            "get_dummies_columns",
            "city",
            "Atlantis",
            {"city_Kiev": 0, "city_Rome": 0},
            id="get_dummies",
        ),
        pytest.param(
            "get_dummies_na",
            "plan",
            "platinum",
            {"plan_gold": 0, "plan_nan": 0},
            id="dummy_na",
        ),
        pytest.param("map_dict", "plan", "platinum", {"plan_n": -1}, id="map of a dict"),
        pytest.param("frequency_encoding", "plan", "platinum", {"plan_f": 0}, id="frequency"),
        pytest.param(
            "rare_to_other", "city", "Lund", {"city_other": 1, "city_Rome": 0}, id="rare category"
        ),
        pytest.param(
            "onehot_frame", "city", "Atlantis", {"city_Rome": 0, "city_Oslo": 0}, id="OneHotEncoder"
        ),
        pytest.param("ordinal", "city", "Atlantis", {"city": -1}, id="OrdinalEncoder"),
        pytest.param("agg_map", "city", "Atlantis", {"m": None}, id="statistic by key"),
    ],
)
def test_unseen_category(
    name: str, column: str, value: str, expected: dict[str, float | None], built: Build
) -> None:
    outcome, _ = built(name)
    assert outcome.plan is not None, outcome.says()
    row = table("people").iloc[[1]].drop(columns=list(outcome.plan.target)).reset_index(drop=True)
    row[column] = value
    features = outcome.pipeline.named_steps["features"].transform(row).iloc[0]
    found = {key: None if pd.isna(features[key]) else float(features[key]) for key in expected}
    assert found == expected


def test_an_unseen_label_is_an_error_not_a_guess(built: Build) -> None:
    outcome, _ = built("labelencoder_loop")
    assert outcome.plan is not None, outcome.says()
    row = table("people").iloc[[1]].drop(columns=list(outcome.plan.target)).reset_index(drop=True)
    row["city"] = "Atlantis"
    with pytest.raises(ValueError, match="Atlantis"):
        outcome.pipeline.named_steps["features"].transform(row)
