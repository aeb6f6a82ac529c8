"""Write a comprehension over a few tables as the display that it makes: ``[f(train), f(test)]``."""

from __future__ import annotations

import ast

from nb2prod.compile.spec import Spec
from nb2prod.notebook.trees import copied


def one_table(node: ast.expr) -> tuple[str, ast.expr] | None:
    """Return the variable and the iterable of a comprehension that makes one element of each, or None."""
    match node:
        case (
            ast.ListComp(
                generators=[ast.comprehension(target=ast.Name(id=name), iter=tables, ifs=[])]
            )
            | ast.GeneratorExp(
                generators=[ast.comprehension(target=ast.Name(id=name), iter=tables, ifs=[])]
            )
        ):
            return name, tables
    return None


def display(node: ast.ListComp | ast.GeneratorExp, name: str, tables: Spec) -> ast.expr | None:
    """Return the display of what is made of each table, or None where that cannot be written.

    Args:
        node: The comprehension; the copies of what it computes keep their places.
        name: Its variable.
        tables: What it runs over.
    """
    parts = [element.fit for element in tables.elements]
    if not tables.is_rows or not parts or not all(map(_is_plain, parts)) or _binds(node.elt, name):
        return None
    made = [_Named(name, part).visit(copied(node.elt)) for part in parts]
    kind = ast.List if isinstance(node, ast.ListComp) else ast.Tuple
    return ast.copy_location(kind(made, ast.Load()), node)


def _is_plain(code: ast.expr) -> bool:
    """Tell whether code only names a table or a part of one, so that it may stand in several places."""
    parts = (ast.Name, ast.Subscript, ast.Attribute, ast.Constant, ast.expr_context)
    return all(isinstance(part, parts) for part in ast.walk(code))


def _binds(code: ast.expr, name: str) -> bool:
    """Tell whether a function or comprehension within an expression has a variable of that name."""
    parts = list(ast.walk(code))
    stored = {p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store)}
    return name in stored | {part.arg for part in parts if isinstance(part, ast.arg)}


class _Named(ast.NodeTransformer):
    """Put code in the place of a name."""

    def __init__(self, name: str, code: ast.expr) -> None:
        self._name = name
        self._code = code

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace the name; what stands for it keeps its own place, where its rows are known."""
        return copied(self._code) if node.id == self._name else node
