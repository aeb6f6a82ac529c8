"""Statements that change values where they stand, written as operations."""

import ast

import pytest

from nb2prod.notebook.rewriting import rewritten, starts_empty


@pytest.mark.parametrize(
    ("text", "store"),
    [
        ("x += y.mean()", "x = x + y.mean()"),
        ("x **= 2", "x = x ** 2"),
        (
            "for key, part in df.groupby('city'):\n    means[key] = part['income'].mean()",
            "means = {key: part['income'].mean() for key, part in df.groupby('city')}",
        ),
        ("for v in df.a: out.append(v)", "out = [out_of_row(v) for v in df.a]"),
    ],
)
def test_it_is_written_as_an_operation(text: str, store: str) -> None:
    made = rewritten(ast.parse(text).body[0])
    assert made is not None
    assert ast.unparse(ast.fix_missing_locations(made.store)) == store


@pytest.mark.parametrize(
    "text",
    [
        "x[0] += 1",
        "x.y += 1",
        "x = x + 1",
        "for key, part in df.groupby('city'): means[key] = means.get(key, 0) + part.a.sum()",
        "for key, part in df.groupby('city'): means['all'] = part.a.mean()",
        "for key, part in df.groupby('city'):\n    m = part.a.mean()\n    means[key] = m",
    ],
)
def test_what_does_more_stays_as_it_is(text: str) -> None:
    assert rewritten(ast.parse(text).body[0]) is None


@pytest.mark.parametrize(
    ("before", "is_new"),
    [
        ("out = []", True),
        ("out = {}", True),
        ("out = list()\nn = 3", True),
        ("out = dict()", True),
        ("out = [1]", False),
        ("out = []\nout.append(1)", False),
        ("n = 3", False),
    ],
)
def test_a_list_is_new_where_nothing_touched_it(before: str, is_new: bool) -> None:
    assert starts_empty("out", ast.parse(before).body) is is_new
