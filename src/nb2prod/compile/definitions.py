"""Imports, functions, classes and constants that emitted code needs."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from nb2prod.compile.plan import Line
from nb2prod.compile.program import Step
from nb2prod.compile.reading import called_in, names_in
from nb2prod.compile.refusals import READS_VALUE, refuse
from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook.names import names_of

DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
"""Statements that go to the top of a module."""

_LITERAL = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.UnaryOp, ast.BinOp)

Helper = tuple[ast.FunctionDef, ast.FunctionDef]


def needed_definitions(
    steps: Sequence[Step], nodes: Iterable[ast.AST], local: Collection[str] = ()
) -> list[Step]:
    """Return the steps that define what some code needs, transitively, in order.

    Args:
        steps: Every step.
        nodes: The code.
        local: Functions that stand within the code itself.
    """
    known: dict[str, Step] = {}
    for step in steps:
        node = step.node
        if isinstance(node, ast.FunctionDef) and node.name in local:
            continue
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            known[node.name] = step
        elif step.is_prelude and isinstance(node, ast.Assign):
            bound = [part for target in node.targets for part in ast.walk(target)]
            names = [part.id for part in bound if isinstance(part, ast.Name)]
            known |= dict.fromkeys(names, step)
    constants = _constants(steps)
    wanted: set[int] = set()
    waiting = [(node, False) for node in nodes]
    while waiting:
        code, is_definition = waiting.pop()
        for name in names_in(code):
            found = known.get(name) or (constants.get(name) if is_definition else None)
            if found is not None and id(found) not in wanted:
                wanted.add(id(found))
                waiting.append((found.node, True))
    return [step for step in steps if id(step) in wanted]


def _constants(steps: Sequence[Step]) -> dict[str, Step]:
    """Return the steps that bind a literal to a name which nothing else binds or changes: functions may read it."""
    touched = [names_of(step.node) for step in steps]
    count = Counter(name for names in touched for name in names.binds | names.mutates)
    found: dict[str, Step] = {}
    for step in steps:
        match step.node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if count[name] == 1 and not step.path and _is_literal(value):
                    found[name] = step
    return found


def _is_literal(node: ast.expr) -> bool:
    return not any(isinstance(n, ast.expr) and not isinstance(n, _LITERAL) for n in ast.walk(node))


def without_constants(lines: Sequence[Line], definitions: Sequence[Step]) -> list[Line]:
    """Leave out what binds a constant that stands beside the functions which read it."""
    hoisted = {
        (step.cell.number, step.node.lineno)
        for step in definitions
        if isinstance(step.node, ast.Assign) and not step.is_prelude
    }
    return [line for line in lines if (line.cell, line.source_line) not in hoisted]


def unknown_names(
    definitions: Sequence[Step], steps: Sequence[Step], parameters: Sequence[str]
) -> list[Diagnostic]:
    """Return a refusal for each function that reads a value which its module does not have."""
    defined = {step.node.name for step in definitions if hasattr(step.node, "name")}
    defined |= {n for s in definitions if isinstance(s.node, ast.Assign) for n in _bound(s)}
    defined |= set(single_imports(steps))
    values = {*parameters, *(name for step in steps for name in _bound(step))} - defined
    found = []
    for step in definitions:
        names = names_of(step.node)
        for name in sorted((names.reads | names.calls_need) & values):
            detail = f"it reads `{name}`, which is bound more than once, or is no literal"
            found.append(refuse(READS_VALUE, step.cell, step.node, detail=detail, subject=name))
    return found


def _bound(step: Step) -> frozenset[str]:
    return names_of(step.node).binds


def single_imports(steps: Sequence[Step]) -> Mapping[str, ast.stmt]:
    """Return the import of each name that the notebook imports, by the name that it binds."""
    found: dict[str, ast.stmt] = {}
    for step in steps:
        node = step.node
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for alias in node.names:
            single = (
                ast.Import([alias])
                if isinstance(node, ast.Import)
                else ast.ImportFrom(node.module, [alias], node.level)
            )
            name = alias.asname or alias.name.partition(".")[0]
            found[name] = ast.copy_location(single, node)
    return found


def needed_helpers(helpers: Sequence[Helper], nodes: Iterable[ast.AST]) -> list[Helper]:
    """Return the functions with a part of the fitted state that some code calls, transitively."""
    called = called_in(nodes)
    kept = []
    for pair in reversed(helpers):
        if pair[0].name in called:
            kept.append(pair)
            called |= called_in(pair)
    return kept[::-1]
