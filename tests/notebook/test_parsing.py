"""Parsing a cell: the tree, or where its syntax breaks."""

import warnings

import pytest

from nb2prod.notebook.parsing import parse_cell


@pytest.mark.parametrize(
    ("source", "message", "line", "column"),
    [
        ("x = 1\ny = (", "was never closed", 2, 5),
        ("print 'x'", "Missing parentheses", 1, 1),
        ("x = 1\n  y = 2", "unexpected indent", 2, 3),
        ("é = = 2", "invalid syntax", 1, 5),
        ("return 3", "'return' outside function", 1, 1),
        ("x = 1\nif x:\n    break", "'break' outside loop", 3, 5),
        ("continue", "'continue' not properly in loop", 1, 1),
        ("yield 3", "'yield' outside function", 1, 1),
        ("x = '\x00'", "null", 1, 1),
        ("'\ud800'", "half of a character", 1, 1),
    ],
)
def test_faults_have_their_place(source: str, message: str, line: int, column: int) -> None:
    fault = parse_cell(source).fault
    assert fault is not None
    assert message in fault.message
    assert (fault.line, fault.column) == (line, column)


@pytest.mark.parametrize(
    "source",
    [
        "await f()",
        "async for x in y: pass",
        "def f():\n    return 1",
        "for x in y:\n    if x:\n        continue\n    break",
        "def g():\n    yield 1",
        "",
        "# nothing",
    ],
)
def test_what_a_cell_may_hold_is_no_fault(source: str) -> None:
    assert parse_cell(source).fault is None


def test_warnings_about_the_source_stay_inside() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse_cell('x = "\\d"\nx is 1\n%time y = "\\d"').tree is not None


def test_deep_nesting_is_a_fault_and_no_crash() -> None:
    assert parse_cell("(" * 5000 + ")" * 5000).fault is not None
