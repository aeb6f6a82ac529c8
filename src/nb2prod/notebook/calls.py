"""The calls that a cell makes, with imported names written out and the notebook's own functions looked into."""

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nb2prod.notebook.session import Session


class Call(NamedTuple):
    """One call.

    Attributes:
        path: What is called, imported names written out: ``pandas.read_csv``.
        node: The call.
        said: What the cell itself calls to get there, as it is written.
    """

    path: str
    node: ast.Call
    said: str


class Calls:
    """The calls of a notebook's cells.

    Args:
        session: The played notebook.
    """

    def __init__(self, session: Session) -> None:
        self.origins = _origins(session)
        self._functions = {
            one.name: one.event.node
            for one in session.definitions
            if isinstance(one.event.node, ast.FunctionDef | ast.AsyncFunctionDef)
        }

    def of(self, tree: ast.Module) -> list[Call]:
        """Return the calls of a cell, and below each call of an own function what that calls, each function once."""
        found: list[Call] = []
        for node in _calls(tree.body):
            said = ast.unparse(node.func)
            seen: set[str] = set()
            pending = [node]
            while pending:
                call = pending.pop()
                path = self._path(call)
                found.append(Call(path, call, said))
                function = self._functions.get(path)
                if function is not None and path not in seen:
                    seen.add(path)
                    pending += reversed(list(_calls(function.body)))
        return found

    def _path(self, call: ast.Call) -> str:
        parts: list[str] = []
        node: ast.expr = call.func
        while isinstance(node, ast.Attribute | ast.Subscript):
            if isinstance(node, ast.Attribute):
                parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name):
            parts.append(self.origins.get(node.id, node.id))
        elif isinstance(node, ast.Call):
            parts.append(f"{self._path(node)}()")
        return ".".join(reversed(parts))


def _origins(session: Session) -> dict[str, str]:
    """Return what imported names stand for: ``pandas`` for ``pd``, and so on."""
    found: dict[str, str] = {}
    for definition in session.definitions:
        node = definition.event.node
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                found[name] = alias.name if alias.asname else name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}"
    return found


def _calls(body: Iterable[ast.stmt]) -> Iterator[ast.Call]:
    """Yield the calls that statements make themselves, outside the functions that they define."""
    pending: list[ast.AST] = list(reversed(list(body)))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            pending += reversed(list(ast.iter_child_nodes(node)))
