"""NBO005: a cell without a count stands among cells that ran."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context, first_line_span
from nb2prod.lint.counts import counted
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.lint.rules.nbh005_definition_replaced import replaced_definitions
from nb2prod.notebook.model import Cell


@register
class UnexecutedCell(Rule):
    """A cell was not run although the cells around it were.

    ## What it does
    Finds cells that hold code but no execution count, with a cell that ran below them; one finding
    a notebook. Where fewer than half of the cells have counts, nothing is said.

    ## Why is this bad?
    The saved outputs below were computed without it. A clean run, and so the production model,
    runs it.

    ## Example
    ```python
    # %% count=1
    prices = [1, 2, 3]
    # %%
    largest = max(prices)
    # %% count=2
    total = sum(prices)
    ```

    ## Use instead
    ```python
    # %% count=1
    prices = [1, 2, 3]
    # %% tags=["skip"]
    largest = max(prices)
    # %% count=2
    total = sum(prices)
    ```
    """

    code = "NBO005"
    name = "unexecuted-cell"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.SAVED_RUN

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first cell that was passed over."""
        cells = counted(context.notebook)
        if 2 * len(cells) < len(context.cells) or not cells:
            return
        told = {source for _, source in replaced_definitions(context)}
        for cell in context.cells:
            is_passed = cell.number < cells[-1].number and cell.number not in told
            if is_passed and _has_code_that_never_ran(context, cell):
                yield self.found(
                    context,
                    cell.number,
                    first_line_span(cell),
                    "This cell did not run in the saved session, but a clean run runs it: "
                    "the outputs below were computed without it.",
                    hint="Run the notebook from top to bottom, or tag this cell `skip`.",
                )
                return


def _has_code_that_never_ran(context: Context, cell: Cell) -> bool:
    tree = context.session.parsed[cell.number].tree
    is_new = not cell.execution_count and not cell.outputs
    return is_new and tree is not None and bool(tree.body)
