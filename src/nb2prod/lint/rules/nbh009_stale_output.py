"""NBH009: saved outputs that the cell as it stands cannot have made."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context, first_line_span
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.model import Cell
from nb2prod.notebook.parsing import Parsed

_EXPECTING = frozenset({"raises-exception", "nbval-raises-exception"})


@register
class StaleOutput(Rule):
    """The saved outputs show an error, or something that the cell does not compute any more.

    ## What it does
    Finds saved errors, results whose number is not the cell's, and results of cells that do not end
    with an expression. Cells tagged `raises-exception` may fail.

    ## Why is this bad?
    Whoever reads the notebook believes what it shows. What a clean run computes is something else.

    ## Example
    ```python
    # %% count=1 error="ValueError"
    prices = [1, 2, 3]
    ```

    ## Use instead
    ```python
    # %% count=1
    prices = [1, 2, 3]
    ```
    """

    code = "NBH009"
    name = "stale-output"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.SAVED_RUN

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield one finding for each cell with such outputs."""
        for cell in context.cells:
            reason = _reason(cell, context.session.parsed[cell.number]) if cell.outputs else None
            if reason is not None:
                yield self.found(
                    context,
                    cell.number,
                    first_line_span(cell),
                    reason,
                    hint="Choose Kernel > Restart Kernel and Run All Cells, and save.",
                )


def _reason(cell: Cell, parsed: Parsed) -> str | None:
    for output in cell.outputs:
        kind = output.get("output_type")
        if kind in ("error", "pyerr") and _EXPECTING.isdisjoint(cell.tags):
            name = output.get("ename")
            return (
                f"The saved run of this cell ended with {name if isinstance(name, str) else 'an error'}: "
                "what is below was computed without it, or from an earlier run."
            )
        if kind in ("execute_result", "pyout"):
            return _of_result(cell, parsed, output.get("execution_count"))
    return None


def _of_result(cell: Cell, parsed: Parsed, count: object) -> str | None:
    if isinstance(count, int) and cell.execution_count not in (None, count):
        return (
            f"The saved result is Out [{count}], but the cell last ran as "
            f"In [{cell.execution_count}]: it belongs to another run."
        )
    if parsed.tree is None or "%" in cell.source or "!" in cell.source or "?" in cell.source:
        return None
    body = parsed.tree.body
    if not body:
        return "This cell is empty, but has a saved result: its code was deleted."
    if not isinstance(body[-1], ast.Expr) and not any(isinstance(one, ast.Expr) for one in body):
        return "This cell computes no value to show, but has a saved result: its code was changed."
    return None
