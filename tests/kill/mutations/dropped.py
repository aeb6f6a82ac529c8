"""Drop one statement, one call of a chain, or one argument."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from tests.kill.mutations.mutation import Edit, Mutation, edits


def dropped(files: dict[str, str]) -> Iterator[Mutation]:
    """Yield versions whose serving code lacks something."""
    for file in ("features.py", "functions.py"):
        yield from edits(files[file], file, "statement dropped", _statements)
        yield from edits(files[file], file, "call dropped", _calls)
        yield from edits(files[file], file, "argument dropped", _arguments)


def _statements(node: ast.AST, _: ast.Module) -> Iterator[Edit]:
    if isinstance(node, ast.FunctionDef | ast.For | ast.If | ast.While):
        for number, statement in enumerate(node.body):
            if not isinstance(statement, ast.Return) and not _is_text(statement):
                yield partial(_replace, node, number)


def _replace(node: ast.FunctionDef | ast.For | ast.If | ast.While, number: int) -> None:
    node.body[number] = ast.Pass()


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _calls(node: ast.AST, _: ast.Module) -> Iterator[Edit]:
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            if isinstance(value.func.value, ast.Name) and value.func.value.id in {"pd", "np"}:
                continue
            yield partial(setattr, node, field, value.func.value)


def _arguments(node: ast.AST, _: ast.Module) -> Iterator[Edit]:
    if isinstance(node, ast.Call):
        for number in range(len(node.keywords)):
            yield partial(node.keywords.pop, number)
