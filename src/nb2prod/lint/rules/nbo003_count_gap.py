"""NBO003: execution counts leave numbers out."""

import itertools
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context, first_line_span
from nb2prod.lint.counts import are_in_order, counted
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class CountGap(Rule):
    """The counts grow from top to bottom but leave numbers out.

    ## What it does
    Looks for numbers that no saved cell has; one finding a notebook. A session that did not begin
    with this notebook's first cell is left alone.

    ## Why is this bad?
    By itself it often is not: a cell was run twice, or was deleted after it ran. What it left in
    the session may have gone into the saved outputs.

    ## Example
    ```python
    # %% count=1
    prices = [1, 2, 3]
    # %% count=4
    total = sum(prices)
    ```

    ## Use instead
    ```python
    # %% count=1
    prices = [1, 2, 3]
    # %% count=2
    total = sum(prices)
    ```
    """

    code = "NBO003"
    name = "count-gap"
    severity = Severity.INFO
    stops_build = False
    occasion = Occasion.SAVED_RUN

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first gap."""
        cells = [cell for cell in context.notebook.code_cells if cell.execution_count]
        is_whole = len(counted(context.notebook)) == len(context.cells)
        if not are_in_order(cells) or not is_whole:
            return
        for above, cell in itertools.pairwise(cells):
            first, second = above.execution_count or 0, cell.execution_count or 0
            if second > first + 1:
                yield self.found(
                    context,
                    cell.number,
                    first_line_span(cell),
                    f"Between In [{first}] and In [{second}] something ran that is not saved: "
                    "a cell that was deleted, or an earlier run of one.",
                    hint="Choose Kernel > Restart Kernel and Run All Cells, and save.",
                )
                return
