"""Compute a statistic anew from the request, as if it had never been frozen."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping
from functools import partial

from tests.kill.mutations.mutation import Edit, Mutation, edits


def unfrozen(files: dict[str, str]) -> Iterator[Mutation]:
    """Yield versions that use the request's own statistic in one place."""
    formulas = _formulas(ast.parse(files["train.py"]))

    def statistic(node: ast.AST, _: ast.Module) -> Iterator[Edit]:
        for field, value in ast.iter_fields(node):
            name = _frozen_name(value) if isinstance(value, ast.expr) else None
            if name in formulas and isinstance(getattr(value, "ctx", None), ast.Load):
                yield partial(setattr, node, field, copy.deepcopy(formulas[name]))
            elif isinstance(value, list):
                yield from _in_list(value, formulas)

    def refitted(node: ast.AST, _: ast.Module) -> Iterator[Edit]:
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and _frozen_name(node.func.value)
        ):
            if node.func.attr == "transform":
                yield lambda: setattr(node.func, "attr", "fit_transform")
            elif node.func.attr == "encode":
                yield lambda: _encode_anew(node)

    yield from edits(files["features.py"], "features.py", "statistic unfrozen", statistic)
    yield from edits(files["features.py"], "features.py", "transformer unfrozen", refitted)


def _in_list(values: list[ast.AST], formulas: Mapping[str | None, ast.expr]) -> Iterator[Edit]:
    for number, value in enumerate(values):
        name = _frozen_name(value)
        if name in formulas:
            yield partial(_put, values, number, copy.deepcopy(formulas[name]))


def _frozen_name(node: ast.AST) -> str | None:
    """Return the entry that ``fitted.name`` or ``fitted.name[key]`` reads."""
    inner = node.value if isinstance(node, ast.Subscript) else node
    if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name):
        return inner.attr if inner.value.id == "fitted" else None
    return None


def _formulas(tree: ast.Module) -> dict[str | None, ast.expr]:
    """Return how training computes each entry, through one name where it has one."""
    named: dict[str, ast.expr] = {}
    found: dict[str | None, ast.expr] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name):
                named[target.id] = node.value
            elif name := _frozen_name(target):
                value = node.value
                found[name] = named.get(value.id, value) if isinstance(value, ast.Name) else value
    return {
        name: _of_the_request(value)
        for name, value in found.items()
        if any(isinstance(n, ast.Name) and n.id != "fitted" for n in ast.walk(value))
    }


def _of_the_request(value: ast.expr) -> ast.expr:
    made = copy.deepcopy(value)
    for node in ast.walk(made):
        if isinstance(node, ast.Name):
            node.id = node.id.replace("_train", "_test")
    return made


def _encode_anew(node: ast.Call) -> None:
    assert isinstance(node.func, ast.Attribute)
    options = ast.Attribute(node.func.value, "options", ast.Load())
    node.keywords.append(ast.keyword(None, options))
    node.func = ast.parse("__import__('pandas').get_dummies", mode="eval").body


def _put(values: list[ast.AST], number: int, value: ast.expr) -> None:
    values[number] = value
