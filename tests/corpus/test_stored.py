"""What is stored of the whole table answers for new rows, and stands readably in the fitted state."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.corpus.frames import table
from tests.corpus.harness import Outcome, build
from tests.corpus.percent import completed

STEPS = {
    "groups": ('df["x"] = df.groupby("city")["visits"].transform("mean")', "visits_mean_by_city"),
    "two keys": (
        'df["x"] = df.groupby(["city", "plan"])["visits"].transform("max")',
        "visits_max_by_city_plan",
    ),
    "quantiles": ('df["x"] = pd.qcut(df["income"], 4, labels=False)', "income_bins"),
    "bins": ('df["x"] = pd.cut(df["age"], 5).cat.codes', "age_bins"),
    "categories": ('df["x"] = df["city"].astype("category").cat.codes', "city_categories"),
    "codes": ('df["x"] = pd.factorize(df["city"])[0]', "city_codes"),
}


@pytest.fixture(params=STEPS)
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str, Outcome]:
    step, entry = STEPS[request.param]
    text = f'# %% features\n{step}\nX = df[["x", "visits"]].fillna(-5)\ny = df["bought"]\n'
    outcome = build(completed("x", text), tmp_path)
    assert outcome.status == "built", outcome.says()
    return step, entry, outcome


def _served(outcome: Outcome, row: pd.DataFrame) -> Any:
    request = row.drop(columns=["bought"]).reset_index(drop=True)
    return outcome.pipeline.named_steps["features"].transform(request)["x"].iloc[0]


def test_a_known_row_gets_what_training_had(stored: tuple[str, str, Outcome]) -> None:
    step, _, outcome = stored
    df = table("people").copy()
    exec(step, {"df": df, "pd": pd})
    for position in (0, 7, 100):
        expected = df["x"].fillna(-5).iloc[position]
        assert _served(outcome, table("people").iloc[[position]]) == pytest.approx(expected)


def test_an_unknown_value_gets_none(stored: tuple[str, str, Outcome]) -> None:
    _, _, outcome = stored
    strange = table("people").iloc[[0]].assign(city="Nowhere", income=1e12, age=300.0)
    assert _served(outcome, strange) in {-5, -1}


def test_the_fitted_state_shows_it(stored: tuple[str, str, Outcome]) -> None:
    _, entry, outcome = stored
    value = getattr(outcome.fitted, entry)
    assert len(value.summary()) >= 4
