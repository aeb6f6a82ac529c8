"""NBO001: cells were not run from top to bottom."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context, first_line_span
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class CountsOutOfOrder(Rule):
    """The saved session ran cells in another order than they stand in.

    ## What it does
    Compares the execution counts (`In [n]`) of the saved cells; one finding a notebook.

    ## Why is this bad?
    By itself it often is not: only that the saved outputs may show something else than a clean run.
    A build runs the notebook anew and goes by that run.

    ## Example
    ```python
    # %% count=2
    prices = [1, 2, 3]
    # %% count=1
    print("hello")
    ```

    ## Use instead
    ```python
    # %% count=1
    prices = [1, 2, 3]
    # %% count=2
    print("hello")
    ```
    """

    code = "NBO001"
    name = "counts-out-of-order"
    severity = Severity.INFO
    stops_build = False
    occasion = Occasion.SAVED_RUN

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first cell that was run before the one above it."""
        if context.divergences:
            # NBO002 says what came of it.
            return
        highest, above = 0, 0
        for cell in context.code_cells:
            if cell.execution_count is None:
                continue
            if cell.execution_count < highest:
                yield self.found(
                    context,
                    cell.number,
                    first_line_span(cell),
                    f"This cell ran as In [{cell.execution_count}], before cell {above}, which ran "
                    f"as In [{highest}]: saved outputs may differ from a clean run's.",
                    hint="Choose Kernel > Restart Kernel and Run All Cells, and save.",
                )
                return
            highest, above = cell.execution_count, cell.number
