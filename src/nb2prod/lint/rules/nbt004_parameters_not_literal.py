"""NBT004: the parameters cell holds something else than literals."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic
from nb2prod.lint.context import Context, first_line_span
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.roles import Role


@register
class ParametersNotLiteral(Rule):
    """The `parameters` cell is not a list of names with literal values.

    ## What it does
    Accepts assignments of numbers, texts, booleans, None, and lists, tuples, sets and dicts of
    them; and asks for a single `parameters` cell.

    ## Why is this bad?
    A run may override parameters by name, from the command line or a file. What is computed cannot
    be overridden
    safely: a value that was derived from the old one stays.

    ## Example
    ```python
    # %% tags=["parameters"]
    size = 100
    half = size / 2
    # %% tags=["functions"]
    numbers = list(range(int(half)))
    ```

    ## Use instead
    ```python
    # %% tags=["parameters"]
    size = 100
    # %% tags=["functions"]
    half = size / 2
    ```
    """

    code = "NBT004"
    name = "parameters-not-literal"
    occasion = Occasion.ROLE
    role = Role.PARAMETERS

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield statements that are no parameter, and further parameters cells."""
        cells = context.with_role(Role.PARAMETERS)
        for cell in cells[1:]:
            yield self.found(
                context,
                cell.number,
                first_line_span(cell),
                f"This is a second `parameters` cell beside cell {cells[0].number}: "
                "only one can be overridden.",
                hint=f"Move its parameters to cell {cells[0].number}.",
            )
        for cell in cells[:1]:
            parsed = context.session.parsed[cell.number]
            for statement in parsed.tree.body if parsed.tree else ():
                if not _is_parameter(statement):
                    yield self.found(
                        context,
                        cell.number,
                        parsed.span(statement),
                        "The `parameters` cell may hold only names with literal values: "
                        "anything else could not be overridden by a run.",
                        hint="Move this statement to a cell below.",
                        subject=_target(statement),
                    )


def _is_parameter(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass):
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Assign):
        is_named = all(isinstance(target, ast.Name) for target in statement.targets)
        return is_named and _is_literal(statement.value)
    if isinstance(statement, ast.AnnAssign):
        is_named = isinstance(statement.target, ast.Name)
        return is_named and statement.value is not None and _is_literal(statement.value)
    return False


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _target(statement: ast.stmt) -> str | None:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return names[0] if names else None
