"""Write the import lines of an emitted module."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence

from nb2prod.compile.plan import Plan
from nb2prod.compile.support import SUPPORT


def import_block(used: set[str], plan: Plan, functions: Sequence[str]) -> list[str]:
    """Return the import lines: the standard library, the notebook's packages, the version's own modules."""
    standard: list[ast.stmt] = []
    others: list[ast.stmt] = []
    own: list[ast.stmt] = []
    for name in sorted(used):
        if name in plan.imports:
            node = plan.imports[name]
            (standard if _is_standard(node) else others).append(node)
        elif name in SUPPORT:
            node = ast.parse(SUPPORT[name]).body[0]
            (own if SUPPORT[name].startswith("from .") else standard).append(node)
    if functions:
        own.append(ast.ImportFrom("functions", [ast.alias(name) for name in functions], 1))
    block: list[str] = []
    for group in (standard, others, own):
        if group:
            block += ([""] if block else []) + _joined(group)
    return block


def _is_standard(node: ast.stmt) -> bool:
    module = node.module if isinstance(node, ast.ImportFrom) else None
    if isinstance(node, ast.Import):
        module = node.names[0].name
    return (module or "").partition(".")[0] in sys.stdlib_module_names


def _joined(nodes: Sequence[ast.stmt]) -> list[str]:
    """Write imports sorted, one line for each module."""
    lines = {ast.unparse(node) for node in nodes if isinstance(node, ast.Import)}
    modules: dict[tuple[int, str], dict[str, None]] = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            names = modules.setdefault((node.level, node.module or ""), {})
            names |= {ast.unparse(alias): None for alias in node.names}
    lines |= {
        f"from {'.' * level}{module} import {', '.join(sorted(names))}"
        for (level, module), names in modules.items()
    }
    return sorted(lines, key=_import_order)


def _import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line
