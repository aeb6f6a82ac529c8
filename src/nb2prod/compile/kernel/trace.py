"""Statements of one row, in order, and what they give on sample rows."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nb2prod.compile.kernel.node import FAILED, Node, NoKernel, fill, literal

_LONGEST_NAME = 40
_MOST_NODES = 400
_LARGEST_TABLE = 100_000


@dataclass(frozen=True, slots=True)
class Statement:
    """One assignment, or a condition that the row must meet where there is no name.

    Attributes:
        name: The variable, or None.
        code: Its value, or the condition.
        reads: The raw columns that it depends on.
        line: Line of the features that it comes from.
    """

    name: str | None
    code: ast.expr
    reads: frozenset[str]
    line: int


class Trace:
    """What features do to one row.

    Args:
        samples: Raw rows by column, as they go into a table; null is NaN, or None in columns of objects.
        globals_: What emitted code may name.
    """

    def __init__(self, samples: Sequence[Mapping[str, Any]], globals_: Mapping[str, Any]) -> None:
        self.statements: list[Statement] = []
        self.tables: dict[str, Any] = {}
        self.raw: dict[str, str] = {}
        self.line = 0
        self.namespace = dict(globals_)
        self._samples = samples
        self._rows: list[dict[str, Any]] = [{} for _ in samples]
        self._taken = set(self.namespace) | {"record"}

    def source(self, column: str) -> Node:
        """Return the value of a raw column."""
        name = self._name(column)
        self.raw[column] = name
        for row, sample in zip(self._rows, self._samples, strict=True):
            row[name] = sample[column]
        return self._node(ast.Name(name, ast.Load()), frozenset({column}))

    def make(self, template: str, **parts: Any) -> Node:
        """Return an expression: a template whose names are replaced by nodes, trees or constants."""
        trees, reads = {}, frozenset[str]()
        for name, part in parts.items():
            if isinstance(part, Node):
                trees[name], reads = part.code, reads | part.reads
            else:
                trees[name] = part if isinstance(part, ast.expr) else literal(part)
        return self._node(fill(template, trees), reads)

    def bind(self, label: object, node: Node) -> Node:
        """Give an expression a name, so that it is computed once; what is a name already keeps it."""
        if isinstance(node.code, ast.Name | ast.Constant):
            return node
        name = self._name(str(label))
        self.statements.append(Statement(name, node.code, node.reads, self.line))
        for row, value in zip(self._rows, node.values, strict=True):
            row[name] = value
        return Node(ast.Name(name, ast.Load()), node.reads, node.values)

    def require(self, condition: Node) -> None:
        """Leave rows that do not meet a condition to the plain path."""
        self.statements.append(Statement(None, condition.code, condition.reads, self.line))

    def table(self, label: object, value: Any) -> ast.expr:
        """Keep a constant that is too large for an expression, and return its name."""
        if len(value) > _LARGEST_TABLE:
            raise NoKernel(f"a table of {len(value)} entries")
        literal(value)
        name = self._name(f"{label}_table").upper()
        self._taken.add(name)
        self.tables[name] = self.namespace[name] = value
        return ast.Name(name, ast.Load())

    def global_(self, label: str, value: Any) -> ast.expr:
        """Make an object of the version's own modules known by a name."""
        self.namespace.setdefault(label, value)
        if self.namespace[label] is not value:
            raise NoKernel(f"two functions called {label}")
        self._taken.add(label)
        return ast.Name(label, ast.Load())

    def evaluate(self, code: ast.expr, row: Mapping[str, Any]) -> Any:
        """Return what an expression gives on one row, or ``FAILED``."""
        compiled = compile(ast.fix_missing_locations(ast.Expression(code)), "<kernel>", "eval")
        return self._run(compiled, row)

    def _run(self, compiled: Any, row: Mapping[str, Any]) -> Any:
        try:
            value = eval(compiled, self.namespace, row)  # noqa: S307 - trees made here
        except Exception:  # noqa: BLE001 - whatever it is, the plain path answers this row
            return FAILED
        return value

    def _node(self, code: ast.expr, reads: frozenset[str]) -> Node:
        if sum(1 for _ in ast.walk(code)) > _MOST_NODES:
            raise NoKernel("an expression of very many parts")
        tree = ast.fix_missing_locations(ast.Expression(code))
        compiled = compile(tree, "<kernel>", "eval")
        return Node(code, reads, [self._run(compiled, row) for row in self._rows])

    def _name(self, label: str) -> str:
        word = re.sub(r"\W+", "_", label).strip("_").lower()[:_LONGEST_NAME] or "value"
        if word[0].isdigit() or keyword.iskeyword(word):
            word = f"column_{word}"
        name, number = word, 2
        while name in self._taken or name.upper() in self._taken:
            name, number = f"{word}_{number}", number + 1
        self._taken.add(name)
        return name
