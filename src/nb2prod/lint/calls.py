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
    """

    cell: int
    owner: str
    node: ast.Call
    path: str

    @property
    def method(self) -> str:
        """Return the last part of what is called."""
        return self.path.rpartition(".")[2]


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """Return the value that a call gives a keyword, or None."""
    return next((one.value for one in call.keywords if one.arg == name), None)


def has_open_keywords(call: ast.Call) -> bool:
    """Say whether a call passes on keywords that nobody can see: ``f(**options)``."""
    return any(one.arg is None for one in call.keywords)
