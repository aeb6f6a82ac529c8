"""Calls in a notebook, and what they are given."""

import ast
from typing import NamedTuple


class Call(NamedTuple):
    """A call in a notebook.

    Attributes:
        cell: Number of the cell.
        owner: The function that it stands in; empty outside functions.
        node: The call.
        path: What is called, imported names written out: ``pandas.read_csv``.
        method: The last part of that.
    """

    cell: int
    owner: str
    node: ast.Call
    path: str
    method: str


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """Return the value that a call gives a keyword, or None."""
    for one in call.keywords:
        if one.arg == name:
            return one.value
    return None


def has_open_keywords(call: ast.Call) -> bool:
    """Say whether a call passes on keywords that nobody can see: ``f(**options)``."""
    return any(one.arg is None for one in call.keywords)
