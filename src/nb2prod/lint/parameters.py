"""The parameters of a notebook: names with literal values that a run may override."""

import ast
from typing import NamedTuple

from nb2prod.lint.context import Context
from nb2prod.notebook.roles import Role


class Parameter(NamedTuple):
    """One parameter: its name, the value's expression and the name's node."""

    name: str
    value: ast.expr
    node: ast.Name
    cell: int


def parameters_of(context: Context) -> list[Parameter]:
    """Return the parameters of the first `parameters` cell, in order."""
    found: list[Parameter] = []
    for cell in context.with_role(Role.PARAMETERS)[:1]:
        tree = context.session.parsed[cell.number].tree
        for statement in tree.body if tree else ():
            if isinstance(statement, ast.Assign):
                targets, value = statement.targets, statement.value
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                targets, value = [statement.target], statement.value
            else:
                continue
            found += [
                Parameter(one.id, value, one, cell.number)
                for one in targets
                if isinstance(one, ast.Name)
            ]
    return found
