"""Add a seed to a call."""

import ast

from nb2prod.diagnostic import Edit, Fix
from nb2prod.lint.calls import Call, keyword
from nb2prod.lint.context import Context
from nb2prod.notebook.roles import Role

_SEEDS = ("random_state", "seed", "SEED", "RANDOM_STATE", "RANDOM_SEED", "random_seed")


def seeding_fix(context: Context, call: Call) -> Fix | None:
    """Return the fix that gives a call ``random_state``: the notebook's seed where it has one."""
    node = call.node
    span = context.span(call.cell, node)
    lines = context.notebook.cell(call.cell).source.split("\n")
    if lines[span.end_line - 1][span.end_column - 2 : span.end_column - 1] != ")":
        return None
    state = keyword(node, "random_state")
    if state is not None:
        place = context.span(call.cell, state)
        edit = Edit(call.cell, *place, text=_seed(context, call))
        return Fix((edit,))
    text = f"random_state={_seed(context, call)}"
    if not node.args and not node.keywords:
        line, column = span.end_line, span.end_column - 1
        return Fix((Edit(call.cell, line, column, line, column, text),))
    last = max(
        [*node.args, *(one.value for one in node.keywords)],
        key=lambda one: (one.end_lineno or 0, one.end_col_offset or 0),
    )
    if isinstance(last, ast.GeneratorExp):
        return None
    place = context.span(call.cell, last)
    rest = _between(lines, (place.end_line, place.end_column), (span.end_line, span.end_column - 1))
    if "#" in rest:
        return None
    line, column = place.end_line, place.end_column
    if ")" in rest:
        # The argument stands in brackets of its own.
        line, column = span.end_line, span.end_column - 1
        text = text if rest.rstrip().endswith(",") else f", {text}"
    else:
        text = f", {text}"
    return Fix((Edit(call.cell, line, column, line, column, text),))


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1] - 1 : end[1] - 1]
    first, last = lines[start[0] - 1][start[1] - 1 :], lines[end[0] - 1][: end[1] - 1]
    return "\n".join([first, *lines[start[0] : end[0] - 1], last])


def _seed(context: Context, call: Call) -> str:
    """Return the name of a seed that a cell above binds to a whole number, or a number."""
    for definition in context.session.definitions:
        is_above = definition.cell < call.cell and not definition.event.path
        if is_above and definition.name in _SEEDS and _is_usable(context, definition.cell, call):
            return definition.name
    return "42"


def _is_usable(context: Context, cell: int, call: Call) -> bool:
    """Say whether the call may read a name of a cell: a compiled one only from compiled ones."""
    source, target = context.notebook.cell(cell), context.notebook.cell(call.cell)
    return Role.SKIP not in source.roles and (source.is_compiled or not target.is_compiled)
