"""Write a kernel as a module: statements of one row, tables, and the model that takes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from nb2prod.compile.kernel.following import null_of
from nb2prod.compile.kernel.node import literal
from nb2prod.compile.kernel.tabulating import Run
from nb2prod.compile.kernel.trace import Statement, Trace
from nb2prod.compile.layout import laid_out
from nb2prod.runtime.schema import Schema

_CELL = re.compile(r"\s*# cell (\d+)")
_HEAD = '''"""The features of one record without a table; made by nb2prod from features.py, and proved equal to it.

It answers records that are as training saw them. Any other record, and one for which something here raises, is
answered by features.py and the pipeline.
"""
'''
_BIND = '''
def bind(pipeline: Any) -> Callable[[Mapping[str, Any]], Answer]:
    """Return the function that answers one checked record: the prediction, and probabilities by class or None."""
    model = row_model(pipeline)
    return lambda record: model(features(record))
'''


def emitted(trace: Trace, schema: Schema, runs: Sequence[Run], features_text: str) -> str:
    """Return the text of ``kernel.py``.

    Args:
        trace: The statements.
        schema: The raw record.
        runs: The features.
        features_text: Text of ``features.py``, whose marks of cells are kept.
    """
    tables = dict(trace.tables)
    parts, needed = [], list[ast.expr]()
    for run in runs:
        if run.table is None:
            parts += [node.code for node in run.nodes]
            needed += [node.code for node in run.nodes]
        else:
            parts.append(_looked_up(run, tables))
    result = ast.Return(ast.List(parts, ast.Load()))
    statements = _needed(trace.statements, needed)
    names = _names([*(statement.code for statement in statements), result])
    body = [*_sources(trace, schema, names), *_lines(statements, features_text)]
    body.append(_text(result))
    kept = {name: literal(value) for name, value in tables.items() if name in names}
    used = names | _names(kept.values())
    lines = [_HEAD, *_imports(trace, used), ""]
    lines += [f"{name} = {_text(tree)}" for name, tree in kept.items()]
    lines += ["", "def features(record: Mapping[str, Any]) -> list[Any]:"]
    lines.append(
        '    """Return the features of one record, in the order that the model takes them."""'
    )
    lines += [f"    {line}" for each in body for line in each.splitlines()]
    return laid_out("\n".join([*lines, _BIND]), {})[0]


def _looked_up(run: Run, tables: dict[str, object]) -> ast.expr:
    """Return the features that a table has for a category."""
    word = re.sub(r"\W+", "_", str(run.column)).strip("_").upper() or "COLUMN"
    name, number = f"OF_{word}", 2
    while name in tables:
        name, number = f"OF_{word}_{number}", number + 1
    tables[name] = dict(run.table or {})
    found = ast.parse(f"{name}[record[{run.column!r}]]", mode="eval").body
    return ast.Starred(found, ast.Load())


def _needed(statements: Sequence[Statement], outputs: Iterable[ast.expr]) -> list[Statement]:
    """Return the statements that the features depend on, and every condition, in order."""
    names = _names(outputs)
    found = []
    for statement in reversed(statements):
        if statement.name is None or statement.name in names:
            names |= _names([statement.code])
            found.append(statement)
    return found[::-1]


def _names(trees: Iterable[ast.AST]) -> set[str]:
    return {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _sources(trace: Trace, schema: Schema, names: set[str]) -> list[str]:
    """Return what reads the raw columns; a null becomes what it is in a table."""
    lines = []
    for column in schema.columns:
        name = trace.raw[column.name]
        if name not in names:
            continue
        lines.append(f"{name} = record[{column.name!r}]")
        null = null_of(column.dtype, column.null)
        if column.nullable and null is not None:
            text = _text(literal(null)) if null == null else _null_name(column.dtype)
            lines.append(f"if {name} is None:\n    {name} = {text}")
            names.add(text)
    return lines


def _null_name(dtype: str) -> str:
    return "NaT" if dtype.startswith("datetime64") else "nan"


def _lines(statements: Sequence[Statement], features_text: str) -> list[str]:
    marks = features_text.splitlines()
    lines, last = list[str](), ""
    for statement in statements:
        mark = _mark(marks, statement.line)
        if mark and mark != last:
            lines.append(mark)
            last = mark
        code = _text(statement.code)
        if statement.name is None:
            message = "training would have dropped this row"
            lines.append(f"if not ({code}):\n    raise ValueError({message!r})")
        else:
            lines.append(f"{statement.name} = {code}")
    return lines


def _mark(lines: Sequence[str], number: int) -> str:
    for line in reversed(lines[:number]):
        if match := _CELL.match(line):
            return f"# cell {match[1]}"
    return ""


def _imports(trace: Trace, used: set[str]) -> list[str]:
    functions = trace.namespace["functions"]
    own = sorted(name for name in used if _is_from(trace, name, functions))
    values = sorted(
        name
        for name in used
        if name in trace.namespace and name not in own and name not in trace.tables
    )
    lines = ["from collections.abc import Callable, Mapping", "from typing import Any", ""]
    if own:
        lines.append(f"from .functions import {', '.join(own)}")
    lines.append("from .row_models import Answer, row_model")
    if values:
        lines.append(f"from .row_values import {', '.join(values)}")
    return lines


def _is_from(trace: Trace, name: str, functions: object) -> bool:
    value = trace.namespace.get(name)
    return value is not None and getattr(functions, name, None) is value


def _text(tree: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(tree))
