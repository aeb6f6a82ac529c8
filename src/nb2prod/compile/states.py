"""The fitted state: a speaking name for every value that training freezes."""

from __future__ import annotations

import ast
import keyword
import re
from dataclasses import dataclass

STATE = "nb2prod_fitted"
"""Name of the fitted state while code is made; emission gives it one that the notebook does not use."""


@dataclass(frozen=True, slots=True)
class State:
    """One entry of the fitted state.

    Attributes:
        name: Attribute of the fitted state.
        keys: Loop variables that it is kept by, outermost first; empty for a single value.
        cell: Cell of the expression.
        line: Line within the cell.
        text: The notebook's expression.
        wanted: The name that it would have if no other entry had it.
    """

    name: str
    keys: tuple[str, ...]
    cell: int
    line: int
    text: str
    wanted: str


class StateNames:
    """Give each frozen expression a name that nothing else has."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self.states: list[State] = []

    def add(self, node: ast.expr, keys: tuple[str, ...], cell: int, hint: str) -> State:
        """Make an entry for the value of ``node``."""
        wanted = hint or suggest(node)
        state = State(self._unique(wanted), keys, cell, node.lineno, ast.unparse(node), wanted)
        self.states.append(state)
        return state

    def _unique(self, wanted: str) -> str:
        name, number = wanted, 2
        while name in self._taken:
            name, number = f"{wanted}_{number}", number + 1
        self._taken.add(name)
        return name


def reference(state: State) -> ast.expr:
    """Return the code that reads an entry."""
    attribute = ast.Attribute(ast.Name(STATE, ast.Load()), state.name, ast.Load())
    if not state.keys:
        return attribute
    keys: list[ast.expr] = [ast.Name(key, ast.Load()) for key in state.keys]
    index = keys[0] if len(keys) == 1 else ast.Tuple(keys, ast.Load())
    return ast.Subscript(attribute, index, ast.Load())


def capture(state: State, value: ast.expr) -> ast.stmt:
    """Return the statement that fills an entry."""
    target = reference(state)
    if isinstance(target, ast.Attribute | ast.Subscript):
        target.ctx = ast.Store()
    return ast.Assign([target], value, lineno=state.line)


def suggest(node: ast.expr) -> str:
    """Suggest a name for the value of an expression, from its column and method."""
    words = _words(node)
    text = "_".join(re.sub(r"\W+", "_", word).strip("_").lower() for word in words)
    text = re.sub(r"_+", "_", text).strip("_")[:48]
    if not text or not text[0].isalpha() or keyword.iskeyword(text):
        return "value" if not text else f"value_{text}"
    return text


def _words(node: ast.expr) -> list[str]:
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Subscript(value=value, slice=ast.Constant(value=str() as column)):
            return [column] if isinstance(value, ast.Name) else [*_words(value), column]
        case ast.Subscript(value=value):
            return _words(value)
        case ast.Call(func=ast.Attribute(value=value, attr=method), args=arguments):
            if isinstance(value, ast.Name) and value.id in {"np", "numpy", "pd", "pandas"}:
                return [*_words(arguments[0]), method] if arguments else [method]
            return [*_words(value), method]
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return [*_words(arguments[0]), function] if arguments else [function]
        case ast.Attribute(value=value, attr=attribute):
            return [*_words(value), attribute]
        case _:
            return []
