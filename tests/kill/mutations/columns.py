"""Swap two columns of a statement, read another column, or reorder and rename what the model receives."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise

from tests.kill.mutations.mutation import Edit, Mutation, edits


def columns(files: dict[str, str], names: Sequence[str]) -> Iterator[Mutation]:
    """Yield versions that confuse columns.

    Args:
        files: The modules.
        names: Columns of the raw table.
    """

    def swapped(node: ast.AST, _: ast.Module) -> Iterator[Edit]:
        if isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef | ast.For | ast.If):
            found = [n for n in ast.walk(node) if _is_column(n)]
            for one, other in pairwise(found):
                yield partial(_swap, one, other)

    def misread(node: ast.AST, _: ast.Module) -> Iterator[Edit]:
        if _is_column(node) and node.value in names:  # type: ignore[attr-defined]  # it is a constant
            place = names.index(node.value)  # type: ignore[attr-defined]  # as above
            yield lambda: setattr(node, "value", names[(place + 1) % len(names)])

    def returned(node: ast.AST, _: ast.Module) -> Iterator[Edit]:
        if isinstance(node, ast.FunctionDef) and node.name == "features":
            yield lambda: _wrap(
                node, "{}[:, ::-1] if not hasattr({}, 'iloc') else {}.iloc[:, ::-1]"
            )
            yield lambda: _wrap(node, "{}.rename(columns={{{}.columns[0]: 'other'}})")

    yield from edits(files["features.py"], "features.py", "columns swapped", swapped)
    yield from edits(files["features.py"], "features.py", "other column read", misread)
    yield from edits(files["features.py"], "features.py", "columns reordered", returned)


def _is_column(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _swap(one: ast.AST, other: ast.AST) -> None:
    one.value, other.value = other.value, one.value  # type: ignore[attr-defined]  # constants


def _wrap(function: ast.FunctionDef, form: str) -> None:
    last = function.body[-1]
    assert isinstance(last, ast.Return)
    assert last.value is not None
    text = ast.unparse(last.value)
    last.value = ast.parse(
        form.replace("{}", f"({text})").replace("{{", "{").replace("}}", "}"), mode="eval"
    ).body
