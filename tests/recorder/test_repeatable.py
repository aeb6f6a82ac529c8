"""Code that may run once more beside the notebook's own run."""

import ast
from textwrap import dedent

import pytest

from nb2prod.execute.recorder.repeatable import Repeatable

_AROUND = """
import re
from math import sqrt
def shout(text):
    return text.upper()
def number(v):
    global n
    n += 1
    return v + n
def remember(v):
    seen[v] = 1
    return v
def twice(v):
    return twice(v)
def changed(v):
    return v
def changed(v):
    return number(v)
"""


@pytest.mark.parametrize(
    ("body", "is_repeatable"),
    [
        ("return v + 1", True),
        ("return re.sub('x', ' ', v).lower().split()", True),
        ("return sqrt(abs(v))", True),
        ("return shout(v)", True),
        ("return stemmer.stem(v) + codes.get(v, 0)", True),
        ("words = []\n    words.append(v)\n    return words", True),
        ("return number(v)", False),
        ("return remember(v)", False),
        ("return twice(v)", False),
        ("return changed(v)", False),
        ("return rng.normal() + v", False),
        ("return next(rows)", False),
        ("return rows.pop()", False),
        ("print(v)\n    return v", False),
        ("seen.append(v)\n    return v", False),
        ("table.x = v\n    return v", False),
        ("return unknown(v)", False),
    ],
)
def test_what_leaves_a_trace_is_not_run_again(body: str, is_repeatable: bool) -> None:
    (function,) = ast.parse(dedent(f"def f(v):\n    {body}")).body
    assert isinstance(function, ast.FunctionDef)
    assert Repeatable(ast.parse(_AROUND).body).is_repeatable(function) is is_repeatable
