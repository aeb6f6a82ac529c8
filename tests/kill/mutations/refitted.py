"""Train on other rows, or otherwise than the notebook did."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from tests.kill.mutations.mutation import Edit, Mutation, edits

_HALF = """

def _half(value):
    count = len(value) // 2 if hasattr(value, '__len__') else 0
    if not hasattr(value, 'shape'):
        return value
    return value.iloc[:count] if hasattr(value, 'iloc') else value[: value.shape[0] // 2]
"""


def refitted(files: dict[str, str]) -> Iterator[Mutation]:
    """Yield versions whose training code is wrong in one place."""
    for mutation in (
        *edits(files["train.py"], "train.py", "statistic of other rows", _statistics),
        *edits(files["train.py"], "train.py", "fitted on other rows", _fits),
        *edits(files["train.py"], "train.py", "training statement dropped", _statements),
        *edits(files["train.py"], "train.py", "training constant shifted", _constants),
    ):
        yield Mutation(mutation.kind, mutation.place, mutation.file, mutation.text + _HALF)


def _halved(value: ast.expr) -> ast.Call:
    return ast.Call(ast.Name("_half", ast.Load()), [value], [])


def _statistics(node: ast.AST, _: ast.Module) -> Iterator[Edit]:
    """Offer each entry of the fitted state, computed on the first half of the rows."""
    if (
        isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]).startswith("fitted.")
        and not isinstance(node.value, ast.Name | ast.Constant)
    ):
        yield lambda: _halve_names(node)


def _halve_names(node: ast.Assign) -> None:
    class Halve(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.expr:
            return (
                name
                if name.id in {"fitted", "Dummies", "pd", "np", "len", "list"}
                else _halved(name)
            )

    node.value = Halve().visit(node.value)


def _fits(node: ast.AST, _: ast.Module) -> Iterator[Edit]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "fit" and node.args:
            yield lambda: setattr(node, "args", [_halved(each) for each in node.args])
        elif node.func.attr == "fit_transform" and node.args:
            yield lambda: _fit_half(node)


def _fit_half(node: ast.Call) -> None:
    """Make ``m.fit_transform(x, y)`` into ``m.fit(half of x, half of y).transform(x)``."""
    assert isinstance(node.func, ast.Attribute)
    fit = ast.Call(
        ast.Attribute(node.func.value, "fit", ast.Load()), [_halved(each) for each in node.args], []
    )
    node.func = ast.Attribute(fit, "transform", ast.Load())
    node.args = node.args[:1]


def _statements(node: ast.AST, _: ast.Module) -> Iterator[Edit]:
    if isinstance(node, ast.FunctionDef | ast.For | ast.If):
        for number, statement in enumerate(node.body):
            if isinstance(
                statement, ast.Assign | ast.AugAssign | ast.Expr | ast.For | ast.If | ast.Delete
            ):
                yield partial(_pass, node.body, number)


def _constants(node: ast.AST, _: ast.Module) -> Iterator[Edit]:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        value = node.value
        if isinstance(value, bool):
            yield lambda: setattr(node, "value", not value)
        else:
            yield lambda: setattr(
                node, "value", value + 1 if isinstance(value, int) else value * 1.01
            )


def _pass(body: list[ast.stmt], number: int) -> None:
    body[number] = ast.Pass()
