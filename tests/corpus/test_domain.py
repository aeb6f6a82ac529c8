"""Rows that the notebook's filters drop are those that a version tells, by the filter, and no others."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.corpus.frames import table
from tests.corpus.harness import Outcome, build, run_plainly
from tests.corpus.percent import completed

FEATURES = """
X = df[["age", "visits"]].fillna(0)
y = df["bought"]
"""

FILTERS = {
    "mask": 'df = df[df["age"] < 60]',
    "attribute": "df = df[df.visits > 0]",
    "null lets nothing pass": 'df = df[df["income"] > 20000.0]',
    "copy": 'df = df[df["age"] < 60].copy()',
    "named mask": 'young = (df["age"] < 60) & ~df["member"]\ndf = df[young]',
    "or": "df = df[(df.age < 60) | df.age.isna()]",
    "isin through loc": 'df = df.loc[df["city"].isin(["Rome", "Oslo"])]',
    "loc with columns": 'df = df.loc[df["visits"] > 1, ["age", "visits", "bought"]]',
    "loc with a lambda": 'df = df.loc[lambda d: d["visits"] > 1]',
    "between": 'df = df[df["age"].between(25, 70)]',
    "query": 'df = df.query("age < 60 and visits > 0")',
    "dropna": "df = df.dropna()",
    "dropna of some": 'df = df.dropna(subset=["age", "plan"])',
    "dropna in place": 'df.dropna(subset=["plan"], inplace=True)',
    "dropna by count": "df = df.dropna(thresh=11)",
    "drop labels": 'df = df.drop(df[df["age"] > 60].index)',
    "drop labels in place": 'df.drop(df[df["age"] > 60].index, inplace=True)',
    "drop named labels": 'old = df[df["age"] > 60].index\ndf = df.drop(index=old)',
    "query in place": 'df.query("visits > 1", inplace=True)',
    "a statistic": 'df = df[df["income"] < df["income"].quantile(0.9)]',
    "interquartile range": """
q1, q3 = df["income"].quantile([0.25, 0.75])
df = df[(df["income"] >= q1 - 1.5 * (q3 - q1)) & (df["income"] <= q3 + 1.5 * (q3 - q1))]
""",
    "standard deviations": """
z = (df["visits"] - df["visits"].mean()) / df["visits"].std()
df = df[z.abs() < 1.5]
""",
    "one after the other": """
df = df[df["age"] < 70]
df = df[df["visits"] > 0].dropna(subset=["plan"])
""",
    "of a feature": """
df["spent"] = df["income"] / (df["visits"] + 1)
df = df[df["spent"] > 3000]
""",
    "in a loop": """
for column in ["age", "income"]:
    df = df[df[column] <= df[column].quantile(0.95)]
""",
    "in a function": """
def adults(people, limit):
    people = people[people["age"] >= limit]
    return people[people["visits"] > 0]
df = adults(df, 30)
""",
    "size of group": 'df = df[df.groupby("city")["id"].transform("size") > 20]',
    "text": 'df = df[df["note"].str.contains("slow")]',
    "keeps every row": 'df = df[df["visits"] < 1000].dropna(subset=["visits"])',
}


def built(name: str, text: str, folder: Path) -> Outcome:
    outcome = build(completed(name, f"# %% features\n{text}\n{FEATURES}"), folder)
    assert outcome.status == "built", outcome.says()
    return outcome


def told(outcome: Outcome, rows: pd.DataFrame) -> list[Any]:
    requests = rows.drop(columns=["bought"]).reset_index(drop=True)
    return list(outcome.pipeline.named_steps["features"].outside(requests))


@pytest.mark.parametrize("name", FILTERS)
def test_the_rows_that_the_notebook_drops_are_told(name: str, tmp_path: Path) -> None:
    source = completed("x", f"# %% features\n{FILTERS[name]}\n{FEATURES}")
    outcome = built("x", FILTERS[name], tmp_path)
    raw = pd.read_csv(tmp_path / "people.csv")
    kept = run_plainly(source, tmp_path, "features")["df"].index
    outside = told(outcome, raw)
    dropped = np.zeros(len(raw), dtype=bool)
    for one in outside:
        dropped |= one.rows
    assert set(raw.index[~dropped]) == set(kept)
    assert dropped.any() == (len(kept) < len(raw))
    assert outcome.plan is not None
    assert [d.code for d in outcome.plan.warnings] == []


def test_each_filter_is_named_with_its_place(tmp_path: Path) -> None:
    outcome = built("x", FILTERS["one after the other"], tmp_path)
    raw = table("people")
    row = raw.iloc[[0]].assign(age=75.0, visits=0, plan="gold")
    assert [(one.where, one.column) for one in told(outcome, row)] == [
        ("cell 3 line 1: `df = df[df['age'] < 70]`", "age"),
        ("cell 3 line 2: `df = df[df['visits'] > 0].dropna(subset=['plan'])`", "visits"),
    ]


NO_FILTERS = {
    "duplicates": ("df = df.drop_duplicates(subset=['city', 'plan', 'visits', 'rooms'])", 1),
    "the first rows": ("df = df.head(150)", 1),
    "a sample": ("df = df.sample(frac=0.7, random_state=0)", 1),
    "parts put together": (
        'df = pd.concat([df[df["city"] == "Oslo"], df[df["city"] == "Rome"]])', 1
    ),
    "for looking": ('old = df[df["age"] > 60]\nprint(len(old))', 0),
    "of the target": ('df = df[df["bought"].notna()]', 0),
    "for a statistic": ('m = df[df["age"] > 60]["income"].mean()\ndf["age"] = df["age"].fillna(m)', 0),
    "all of the target's rows": ("df = df.drop_duplicates()", 0),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_FILTERS)
def test_other_selections_are_no_checks(name: str, tmp_path: Path) -> None:
    text, notes = NO_FILTERS[name]
    outcome = built("x", text, tmp_path)
    assert told(outcome, table("people")) == []
    assert outcome.plan is not None
    assert [d.code for d in outcome.plan.warnings] == ["NBC503"] * notes


def test_a_filter_that_needs_the_target_is_no_check(tmp_path: Path) -> None:
    text = """
# use: houses
# %% features
df = df[df["price"] < 500 * df["rooms"]]
X = df[["area", "rooms"]].fillna(0)
y = df["price"]
"""
    outcome = build(completed("x", text), tmp_path)
    assert outcome.status == "built", outcome.says()
    requests = table("houses").drop(columns=["price"])
    assert outcome.pipeline.named_steps["features"].outside(requests) == []
