"""Imports, functions, classes and constants that emitted code needs."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping, Sequence

from nb2prod.compile.program import Step
from nb2prod.compile.reading import called_in, names_in

DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
"""Statements that go to the top of a module."""

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
    wanted: set[int] = set()
    waiting = list(nodes)
    while waiting:
        for name in names_in(waiting.pop()):
            found = known.get(name)
            if found is not None and id(found) not in wanted:
                wanted.add(id(found))
                waiting.append(found.node)
    return [step for step in steps if id(step) in wanted]


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
