"""Tell whether code can run once more without a trace: it changes nothing but names of its own."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Mapping

_WITH_EFFECTS = frozenset(
    {"print", "input", "open", "exec", "eval", "next", "setattr", "delattr", "globals", "locals"}
)
_BUILTINS = frozenset(dir(builtins)) - _WITH_EFFECTS
_READING = frozenset(
    {
        "count", "endswith", "fullmatch", "findall", "finditer", "format", "get", "groupby", "index",
        "inverse_transform", "items", "join", "keys", "lemmatize", "loc", "lower", "match", "mean", "predict",
        "replace", "search", "split", "startswith", "stem", "strip", "sub", "tokenize", "transform", "upper",
        "values",
    }
)  # fmt: skip
"""Methods that leave their object as it is, whatever it is."""


class Repeatable:
    """Judge code of a notebook.

    Args:
        statements: The statements of its cells: they say what is a function of the user's, and what is imported.
    """

    def __init__(self, statements: Iterable[ast.stmt]) -> None:
        self._functions: dict[str, ast.FunctionDef | None] = {}
        self._imported: set[str] = set()
        for statement in statements:
            if isinstance(statement, ast.FunctionDef):
                again = statement.name in self._functions
                self._functions[statement.name] = None if again else statement
            elif isinstance(statement, ast.Import | ast.ImportFrom):
                self._imported |= {
                    alias.asname or alias.name.partition(".")[0] for alias in statement.names
                }

    def is_repeatable(self, code: ast.FunctionDef | ast.expr) -> bool:
        """Tell whether a function can be called, or an expression evaluated, once more without a trace."""
        if isinstance(code, ast.FunctionDef):
            return self._is_repeatable(code, {})
        own = {
            n.id for n in ast.walk(code) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        calls = (node for node in ast.walk(code) if isinstance(node, ast.Call))
        return all(self._is_quiet(call, own, {}) for call in calls)

    def _is_repeatable(
        self, function: ast.FunctionDef, within: Mapping[str, ast.FunctionDef]
    ) -> bool:
        if function.name in within or function.decorator_list:
            return False
        within = {**within, function.name: function}
        nodes = [node for statement in function.body for node in ast.walk(statement)]
        own = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
        own |= {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        if any(isinstance(n, ast.Global | ast.Nonlocal | ast.Yield | ast.Await) for n in nodes):
            return False
        stored = (n for n in nodes if isinstance(n, ast.Attribute | ast.Subscript))
        if any(not isinstance(n.ctx, ast.Load) and _root(n) not in own for n in stored):
            return False
        return all(self._is_quiet(n, own, within) for n in nodes if isinstance(n, ast.Call))

    def _is_quiet(
        self, call: ast.Call, own: set[str], within: Mapping[str, ast.FunctionDef]
    ) -> bool:
        match call.func:
            case ast.Name(id=name):
                called = self._functions.get(name)
                if name in self._functions:
                    return called is not None and self._is_repeatable(called, within)
                return name in own or name in self._imported or name in _BUILTINS
            case ast.Attribute(attr=method):
                root = _root(call.func)
                return root is None or root in own or root in self._imported or method in _READING
        return False


def _root(node: ast.expr) -> str | None:
    """Return the variable that an expression is a part of; None for what the expression itself makes."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
