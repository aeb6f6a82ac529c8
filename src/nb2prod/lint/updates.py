"""Statements that give another result each time they run, because they build on their own result."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from nb2prod.notebook.mutation import base_name

_GROWING = frozenset({"append", "extend", "insert", "appendleft", "extendleft"})
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
# Most statements: what is left of them holds statements of the same scope.
_WITHOUT_BLOCKS = frozenset(
    {
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.Assign,
        ast.AugAssign,
        ast.Expr,
        ast.Import,
        ast.ImportFrom,
    }
)
_UPDATING = frozenset({ast.Assign, ast.AugAssign, ast.Expr})


class Update(NamedTuple):
    """A statement that builds on its own result.

    Attributes:
        name: The name whose value or object it changes.
        node: The statement.
        is_growth: Whether it adds to a collection.
    """

    name: str
    node: ast.stmt
    is_growth: bool


def updates_of(tree: ast.Module) -> Iterator[Update]:
    """Yield the updates of what earlier cells made, not of what this cell itself begins."""
    statements = _statements(tree.body)
    updates = [_update(one) if type(one) in _UPDATING else None for one in statements]
    if not any(updates):
        return
    own: set[str] = set()
    for statement, found in zip(statements, updates, strict=True):
        if found is not None and found.name not in own:
            yield found
        own.update(_begun(statement))


def _statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements with those in their blocks, functions left out."""
    if all(type(statement) in _WITHOUT_BLOCKS for statement in body):
        return body
    found: list[ast.stmt] = []
    for statement in body:
        found.append(statement)
        if type(statement) not in _WITHOUT_BLOCKS:
            for field in _BLOCKS:
                found += _statements(getattr(statement, field, []))
    return found


def _begun(statement: ast.stmt) -> Iterator[str]:
    """Yield the names to which a statement gives a value that does not build on the old one."""
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.For | ast.AnnAssign):
        targets = [statement.target]
    elif isinstance(statement, ast.With):
        targets = [item.optional_vars for item in statement.items if item.optional_vars]
    else:
        return
    for target in targets:
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _update(statement: ast.stmt) -> Update | None:
    if isinstance(statement, ast.Assign):
        return _arithmetic(statement) if isinstance(statement.value, ast.BinOp) else None
    if isinstance(statement, ast.AugAssign):
        base = base_name(statement.target)
        return Update(base.id, statement, is_growth=False) if base else None
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        if (
            isinstance(function, ast.Attribute)
            and function.attr in _GROWING
            and isinstance(function.value, ast.Name)
        ):
            return Update(function.value.id, statement, is_growth=True)
    return None


def _arithmetic(statement: ast.Assign) -> Update | None:
    """Take ``x = x * 2`` and ``t["a"] = t["a"] * 2``."""
    target = statement.targets[0]
    if not isinstance(statement.value, ast.BinOp) or len(statement.targets) != 1:
        return None
    base = base_name(target)
    if base is None:
        return None
    if isinstance(statement.value.op, ast.BitAnd | ast.BitOr | ast.Mod):
        # Doing these again gives the same.
        return None
    sides = (statement.value.left, statement.value.right)
    operands = [one for one in sides if type(one) is type(target)]
    wanted = ast.dump(target).replace("Store()", "Load()") if operands else ""
    if any(ast.dump(operand) == wanted for operand in operands):
        return Update(base.id, statement, is_growth=False)
    return None
