"""NBT010: the `evaluate` cells compute no metric."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context, first_line_span
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.roles import Role


@register
class NoMetric(Rule):
    """No cell tagged `evaluate` binds a value that could be a metric.

    ## What it does
    Looks into the `evaluate` cells for an assignment. Metrics that are only printed or drawn are
    not bound.

    ## Why is this bad?
    Metrics are read from the names that `evaluate` cells bind. Without one, nothing proves that the
    script reproduces the notebook, and no gate can judge the model.

    ## Example
    ```python
    # %% tags=["load"]
    rows = [(1, 0), (2, 1)]
    # %% tags=["train"]
    model = dict(rows)
    # %% tags=["evaluate"]
    print(sum(model[x] == y for x, y in rows) / len(rows))
    ```

    ## Use instead
    ```python
    # %% tags=["load"]
    rows = [(1, 0), (2, 1)]
    # %% tags=["train"]
    model = dict(rows)
    # %% tags=["evaluate"]
    accuracy = sum(model[x] == y for x, y in rows) / len(rows)
    print(accuracy)
    ```
    """

    code = "NBT010"
    name = "no-metric"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.ROLE
    role = Role.EVALUATE

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield one finding, at the first `evaluate` cell, when no such cell binds anything."""
        cells = context.with_role(Role.EVALUATE)
        numbers = {cell.number for cell in cells}
        is_readable = all(context.session.parsed[one].fault is None for one in numbers)
        binds = any(
            one.cell in numbers
            and not one.event.is_import
            and not isinstance(one.event.node, ast.FunctionDef | ast.ClassDef)
            for one in reversed(context.session.definitions)
        )
        if cells and is_readable and not binds and not context.session.blinds:
            yield self.found(
                context,
                cells[0].number,
                first_line_span(cells[0]),
                "No `evaluate` cell binds a metric: nothing proves that the script reproduces "
                "the notebook, and no gate can judge the model.",
                hint="Give each metric a name: `accuracy = accuracy_score(...)`.",
            )
