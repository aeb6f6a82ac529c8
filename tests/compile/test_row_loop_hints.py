"""The hint for a loop over rows computes what the loop computes."""

import ast
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nb2prod.compile.row_loop_hints import elements_hint, loop_hint

_HINT = re.compile(r"`([^`]+)`")

LOOPS = {
    "iterrows and loc": (
        'for i, row in df.iterrows():\n    df.loc[i, "x"] = row["a"] * 2 + k',
        "df['x'] = df['a'] * 2 + k",
    ),
    "attributes of the row": (
        'df["x"] = 0.0\nfor i, row in df.iterrows():\n    df.at[i, "x"] = row.a - row.b',
        "df['x'] = df['a'] - df['b']",
    ),
    "itertuples": (
        'df["x"] = 0.0\nfor row in df.itertuples():\n    df.at[row.Index, "x"] = row.a / 2',
        "df['x'] = df['a'] / 2",
    ),
    "places": (
        'for i in range(len(df)):\n    df.loc[i, "x"] = df["a"][i] + df.loc[i, "b"] + df["a"].iloc[i]',
        "df['x'] = df['a'] + df['b'] + df['a']",
    ),
    "places from zero to the shape": (
        'df["x"] = 0.0\nfor i in range(0, df.shape[0]):\n    df.at[i, "x"] = df.iloc[i]["a"] ** 2',
        "df['x'] = df['a'] ** 2",
    ),
    "the index": (
        'df["x"] = 0.0\nfor i in df.index:\n    df.at[i, "x"] = -df.at[i, "a"]',
        "df['x'] = -df['a']",
    ),
    "appended": (
        "x = []\nfor row in df.itertuples():\n    x.append(row.a * 2)",
        "x = df['a'] * 2",
    ),
    "values of a column": (
        'x = []\nfor v in df["a"]:\n    x.append(1 if v > 2 else 0)',
        "x = np.where(df['a'] > 2, 1, 0)",
    ),
    "values of two columns": (
        'x = []\nfor a, b in zip(df["a"], df["b"].values):\n    x.append(a * b)',
        "x = df['a'] * df['b']",
    ),
    "numbered values": (
        'for i, v in enumerate(df["a"]):\n    df.loc[i, "x"] = v + 1',
        "df['x'] = df['a'] + 1",
    ),
    "two branches": (
        (
            'for i, row in df.iterrows():\n    if row["city"] == "Oslo":\n        df.loc[i, "x"] = 1\n'
            '    else:\n        df.loc[i, "x"] = 0'
        ),
        "df['x'] = np.where(df['city'] == 'Oslo', 1, 0)",
    ),
    "one branch": (
        'df["x"] = 0\nfor i in range(len(df)):\n    if df["a"][i] > 2:\n        df.loc[i, "x"] = df["b"][i]',
        "df.loc[df['a'] > 2, 'x'] = df['b']",
    ),
    "three branches": (
        (
            'x = []\nfor v in df["a"]:\n    if v < 2:\n        x.append("low")\n    elif v < 3:\n'
            '        x.append("mid")\n    else:\n        x.append("high")'
        ),
        "x = np.select([df['a'] < 2, df['a'] < 3], ['low', 'mid'], 'high')",
    ),
    "branches without the rest": (
        (
            'df["x"] = 9\nfor i, row in df.iterrows():\n    if row.a < 2:\n        df.loc[i, "x"] = 1\n'
            '    elif row.a < 3:\n        df.loc[i, "x"] = 2'
        ),
        "df['x'] = np.select([df['a'] < 2, df['a'] < 3], [1, 2], df['x'])",
    ),
    "conditions joined": (
        (
            "x = []\nfor row in df.itertuples():\n"
            '    x.append(1 if 1 < row.a <= 3 and not row.city == "Oslo" else 0)'
        ),
        "x = np.where((1 < df['a']) & (df['a'] <= 3) & ~(df['city'] == 'Oslo'), 1, 0)",
    ),
    "membership": (
        'x = []\nfor v in df["city"]:\n    x.append(1 if v in ("Oslo", "Rome") or "ar" in v else 0)',
        "x = np.where(df['city'].isin(('Oslo', 'Rome')) | df['city'].str.contains('ar', regex=False), 1, 0)",
    ),
    "texts": (
        'for i, row in df.iterrows():\n    df.loc[i, "x"] = row["city"].strip().lower()[:2]',
        "df['x'] = df['city'].str.strip().str.lower().str[:2]",
    ),
    "lengths and kinds": (
        'x = []\nfor v in df["city"]:\n    x.append(str(len(v)) + "!")',
        "x = df['city'].str.len().astype(str) + '!'",
    ),
    "functions": (
        "x = []\nfor row in df.itertuples():\n    x.append(f(row.a) + g(row.b, 2) + math.sqrt(row.a))",
        "x = df['a'].apply(f) + df['b'].apply(lambda value: g(value, 2)) + np.sqrt(df['a'])",
    ),
    "the whole row": (
        'for i, row in df.iterrows():\n    df.loc[i, "x"] = h(row)',
        "df['x'] = df.apply(h, axis=1)",
    ),
    "the name of the row": (
        'for i, row in df.iterrows():\n    df.loc[i, "x"] = row.name',
        "df['x'] = df.apply(lambda row: row.name, axis=1)",
    ),
    "several values to a function": (
        "x = []\nfor row in df.itertuples():\n    x.append(g(row.a, row.b))",
        "x = df.apply(lambda row: g(row['a'], row['b']), axis=1)",
    ),
    "dictionaries": (
        'for i, row in df.iterrows():\n    df.loc[i, "x"] = points[row["city"]] + points.get(row["city"], 0)',
        "df['x'] = df['city'].map(points) + df['city'].map(points).fillna(0)",
    ),
    "names on the way": (
        "x = []\nfor row in df.itertuples():\n    both = row.a + row.b\n    x.append(both * 2)",
        "x = (df['a'] + df['b']) * 2",
    ),
    "several columns": (
        'for i, row in df.iterrows():\n    df.loc[i, "x"] = row.a\n    df.loc[i, "y"] = row.b + 1',
        "df['x'] = df['a']`, then `df['y'] = df['b'] + 1",
    ),
    "a sum": (
        'x = 0\nfor i, row in df.iterrows():\n    x += row["a"] * 2',
        "x += (df['a'] * 2).sum()",
    ),
    "added to a column": (
        'df["x"] = 1\nfor i in df.index:\n    df.loc[i, "x"] += df.loc[i, "a"]',
        "df['x'] += df['a']",
    ),
    "missing values": (
        'x = []\nfor v in df["b"]:\n    x.append(0 if pd.isna(v) else v)',
        "x = np.where(pd.isna(df['b']), 0, df['b'])",
    ),
}

UNKNOWN = {
    "the row before": 'for i in range(1, len(df)):\n    df.loc[i, "x"] = df["a"][i - 1]',
    "another row": 'for i in df.index:\n    df.loc[i, "x"] = df["a"][i - 1]',
    "an own count": 'for i in df.index:\n    df.loc[i, "x"] = i',
    "a column that was written before": (
        'for i, row in df.iterrows():\n    df.loc[i, "a"] = 0\n    df.loc[i, "x"] = row["a"]'
    ),
    "rows picked": 'for v in df["a"]:\n    if v > 2:\n        x.append(v)',
    "an end": 'for v in df["a"]:\n    if v > 2:\n        break\n    x.append(v)',
    "a method of the row": 'for i, row in df.iterrows():\n    df.loc[i, "x"] = row.sum()',
    "other places in each branch": (
        'for v in df["a"]:\n    if v > 2:\n        x.append(v)\n    else:\n        y.append(v)'
    ),
    "text in a pattern": 'for v in df["a"]:\n    if "%d" % v == "1":\n        x.append(v)',
    "two tables": 'for a, b in zip(df["a"], other["b"]):\n    x.append(a + b)',
    "a running total": 'for v in df["a"]:\n    total += v\n    x.append(total)',
}


def _namespace() -> dict[str, Any]:
    import math

    frame = pd.DataFrame(
        {
            "a": [1, 2, 3, 4],
            "b": [0.5, float("nan"), 2.0, 8.0],
            "city": [" Oslo", "Paris", "Rome", "Oslo"],
        }
    )
    return {
        "df": frame,
        "k": 3,
        "np": np,
        "pd": pd,
        "math": math,
        "points": {" Oslo": 1, "Oslo": 2, "Paris": 3, "Rome": 4},
        "f": lambda value: value * 10,
        "g": lambda value, other: value + other,
        "h": lambda row: row["a"] * row["b"],
    }


@pytest.mark.parametrize(("source", "wanted"), LOOPS.values(), ids=LOOPS)
def test_hint_computes_what_the_loop_computes(source: str, wanted: str) -> None:
    tree = ast.parse(source)
    loop = tree.body[-1]
    assert isinstance(loop, ast.For)
    hint = loop_hint(loop)
    assert hint == f"write it for whole columns: `{wanted}`"
    looped, whole = _namespace(), _namespace()
    exec(source, looped)
    before = ast.Module(tree.body[:-1], [])
    exec("\n".join([ast.unparse(before), *_HINT.findall(hint)]), whole)
    for name in {"x", "y"} & {*looped["df"].columns}:
        pd.testing.assert_series_equal(looped["df"][name], whole["df"][name], check_dtype=False)
    if "x" in looped:
        assert pd.Series(looped["x"]).to_list() == pytest.approx(
            pd.Series(whole["x"]).to_list(), nan_ok=True
        )
    assert "x" in looped or "x" in looped["df"]


@pytest.mark.parametrize("source", UNKNOWN.values(), ids=UNKNOWN)
def test_what_has_no_such_form_gets_no_such_hint(source: str) -> None:
    loop = ast.parse(source).body[-1]
    assert isinstance(loop, ast.For)
    assert loop_hint(loop) is None


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ('[v * 2 for v in df["a"]]', "df['a'] * 2"),
        (
            "[g(row.a, row.b) for row in df.itertuples()]",
            "df.apply(lambda row: g(row['a'], row['b']), axis=1)",
        ),
        ('[v for v in df["a"] if v > 2]', None),
        ("[1 for v in values]", None),
    ],
)
def test_hint_of_a_comprehension(source: str, wanted: str | None) -> None:
    hint = elements_hint(ast.parse(source, mode="eval").body)
    assert hint == (f"write it for whole columns: `{wanted}`" if wanted else None)
