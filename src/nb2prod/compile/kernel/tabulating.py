"""Features that depend on one column of few categories: a table of them by category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nb2prod.compile.kernel.following import null_of
from nb2prod.compile.kernel.node import FAILED, Node
from nb2prod.compile.kernel.trace import Trace
from nb2prod.runtime.schema import Column, Schema

_MOST_CELLS = 60_000


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring features, made in one way.

    Attributes:
        nodes: The features.
        column: The raw column that all of them depend on, or None where each is an expression.
        table: Their values by the column's value; None stands for a null.
    """

    nodes: Sequence[Node]
    column: str | None = None
    table: Mapping[Any, tuple[Any, ...]] | None = None


def runs_of(trace: Trace, schema: Schema, outputs: Sequence[Node]) -> list[Run]:
    """Return the features in order, as tables where that is possible and else as expressions."""
    found: list[Run] = []
    group: list[Node] = []
    for node, following in zip(outputs, [*outputs[1:], None], strict=True):
        group.append(node)
        if following is None or _source(node) != _source(following):
            found += _runs(trace, schema, group)
            group = []
    return found


def _source(node: Node) -> str | None:
    return next(iter(node.reads)) if len(node.reads) == 1 else None


def _runs(trace: Trace, schema: Schema, group: Sequence[Node]) -> list[Run]:
    name = _source(group[0])
    column = next((c for c in schema.columns if c.name == name), None)
    if column is None or column.categories is None:
        return [Run([node]) for node in group]
    table = _table(trace, column, group)
    if table is None:
        return [Run([node]) for node in group]
    return [Run(group, column.name, table)]


def _table(
    trace: Trace, column: Column, nodes: Sequence[Node]
) -> dict[Any, tuple[Any, ...]] | None:
    keys = [*(column.categories or ()), *([None] if column.nullable else [])]
    if len(keys) * len(nodes) > _MOST_CELLS:
        return None
    null = null_of(column.dtype, column.null)
    table: dict[Any, tuple[Any, ...]] = {}
    for key in keys:
        row = _row(trace, column.name, null if key is None else key)
        values = None if row is None else [trace.evaluate(node.code, row) for node in nodes]
        # A category that raises has no entry: a record that has it goes the plain way.
        if values is not None and FAILED not in values:
            table[key] = tuple(map(float, values))
    return table or None


def _row(trace: Trace, column: str, value: Any) -> dict[str, Any] | None:
    """Return every variable that depends on one column alone; None where a condition does not hold."""
    row: dict[str, Any] = {trace.raw[column]: value}
    for statement in trace.statements:
        if statement.reads == {column}:
            found = trace.evaluate(statement.code, row)
            if statement.name is not None:
                row[statement.name] = found
            elif found is FAILED or not found:
                return None
    return row
