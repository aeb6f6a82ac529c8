"""NBO004: two cells have the same execution count."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context, first_line_span
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class DuplicateCount(Rule):
    """Two cells ran as the same `In [n]`.

    ## What it does
    Finds execution counts that stand twice; one finding a notebook.

    ## Why is this bad?
    One session gives each number once, so the saved outputs come from two sessions, or a cell was
    copied with its outputs. They need not fit together.

    ## Example
    ```python
    # %% count=1
    prices = [1, 2, 3]
    # %% count=2
    total = sum(prices)
    # %% count=2
    largest = max(prices)
    ```

    ## Use instead
    ```python
    # %% count=1
    prices = [1, 2, 3]
    # %% count=2
    total = sum(prices)
    # %% count=3
    largest = max(prices)
    ```
    """

    code = "NBO004"
    name = "duplicate-count"
    severity = Severity.INFO
    stops_build = False
    occasion = Occasion.SAVED_RUN

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first cell whose count another one has."""
        seen: dict[int, int] = {}
        for cell in context.code_cells:
            count = cell.execution_count
            if not count:
                continue
            if count in seen:
                yield self.found(
                    context,
                    cell.number,
                    first_line_span(cell),
                    f"This cell and cell {seen[count]} both ran as In [{count}]: "
                    "their outputs come from two sessions.",
                    hint="Choose Kernel > Restart Kernel and Run All Cells, and save.",
                )
                return
            seen[count] = cell.number
