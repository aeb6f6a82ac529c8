"""Statements in a simpler form mean the same."""

from __future__ import annotations

import ast
import textwrap

import pytest

from nb2prod.compile.simplifying import lambda_names, simplified, single_exit

_SIMPLER = {
    "condition": (
        "if (m := f()) > 1:\n    a = m",
        "m = f()\nif m > 1:\n    a = m",
    ),
    "argument": ("a = g(m := f()) + m", "m = f()\na = g(m) + m"),
    "nested": ("a = (m := (k := 1) + 1)", "k = 1\nm = k + 1\na = m"),
    "in a body": ("for i in a:\n    b = (m := i)", "for i in a:\n    m = i\n    b = m"),
    "perhaps never": ("a = b and (m := f())", "a = b and (m := f())"),
    "each time": ("a = [m := i for i in b]", "a = [(m := i) for i in b]"),
    "lambda": ("f = lambda s, k=1: s * k\na = f(b)", "def f(s, k=1):\n    return s * k\na = f(b)"),
    "lambda kept": ("f = lambda s: s\na = [f]", "f = lambda s: s\na = [f]"),
    "lambda twice": ("f = lambda s: s\nf = lambda s: 1\nf(2)",) * 2,
}


@pytest.mark.parametrize(("before", "after"), _SIMPLER.values(), ids=_SIMPLER)
def test_simplified(before: str, after: str) -> None:
    made = ast.Module(simplified(ast.parse(before).body), [])
    assert ast.unparse(ast.fix_missing_locations(made)) == after


_EXITS = {
    "guard": (
        "if a:\n    return 1\nb = 2\nreturn b",
        "if a:\n    result = 1\nelse:\n    b = 2\n    result = b\nreturn result",
    ),
    "falls through": (
        "if a:\n    return a\nb()",
        "if a:\n    result = a\nelse:\n    b()\n    result = None\nreturn result",
    ),
    "taken name": (
        "result = 1\nif a:\n    return result\nreturn 2",
        "result = 1\nif a:\n    result_2 = result\nelse:\n    result_2 = 2\nreturn result_2",
    ),
    "in a loop": ("for i in a:\n    return i\nreturn 2",) * 2,
    "may go on": ("if a:\n    if b:\n        return 1\nreturn 2",) * 2,
    "inner function": ("def g():\n    return 1\nreturn g()",) * 2,
}


@pytest.mark.parametrize(("before", "after"), _EXITS.values(), ids=_EXITS)
def test_single_exit(before: str, after: str) -> None:
    def function(body: str) -> str:
        return "def f(a, b):\n" + textwrap.indent(body, "    ")

    (definition,) = ast.parse(function(before)).body
    assert isinstance(definition, ast.FunctionDef)
    made = ast.unparse(ast.fix_missing_locations(single_exit(definition)))
    assert made == ast.unparse(ast.parse(function(after)))


def test_a_lambda_that_is_handed_to_a_method_of_a_table_is_a_function() -> None:
    program = ast.parse("f = lambda v: v\na = df.x.apply(f)\ng = lambda v: v\nb = sorted(c, key=g)")
    assert lambda_names(program.body) == {"f"}
