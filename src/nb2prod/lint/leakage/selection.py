"""Whether a loop, or what follows it, keeps the best of several scores."""

import ast

from nb2prod.lint.context import Context

_CHOOSERS = frozenset(
    {"max", "min", "argmax", "argmin", "idxmax", "idxmin", "sorted", "nlargest", "sort_values"}
)


def is_selection(context: Context, cell: int, loop: ast.stmt) -> bool:
    """Say whether the scores of a loop choose something.

    Args:
        context: The notebook.
        cell: The cell of the loop.
        loop: The loop.
    """
    bound, grown = _names(loop)
    if any(_compares(node, bound) for node in ast.walk(loop) if isinstance(node, ast.If)):
        return True
    later = (call for call in context.calls if call.cell >= cell and call.method in _CHOOSERS)
    return any(_mentions(call.node, grown) for call in later)


def _names(loop: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the names that a loop binds, and those of collections that it fills."""
    bound: set[str] = set()
    grown: set[str] = set()
    for node in ast.walk(loop):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif _is_growth(node):
            grown.update(one.id for one in ast.walk(node) if isinstance(one, ast.Name))
    return bound, grown


def _is_growth(node: ast.AST) -> bool:
    """Say whether a node stands for a collection to which something is added."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Store)
    return isinstance(node, ast.Attribute) and node.attr in ("append", "extend")


def _compares(node: ast.If, bound: set[str]) -> bool:
    """Say whether a condition compares two values of which the loop binds both: ``score > best``."""
    test = node.test
    if not isinstance(test, ast.Compare) or not isinstance(
        test.ops[0], ast.Gt | ast.Lt | ast.GtE | ast.LtE
    ):
        return False
    sides = [test.left, *test.comparators]
    return all(isinstance(side, ast.Name) and side.id in bound for side in sides)


def _mentions(call: ast.Call, names: set[str]) -> bool:
    return any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(call))
