"""NBP002: a cell that Python cannot parse."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.lazy_pattern import LazyPattern
from nb2prod.notebook.parsing import Span, SyntaxFault

_PRINT_STATEMENT = LazyPattern(r"Missing parentheses in call to '(?:print|exec)'")


@register
class SyntaxErrorInCell(Rule):
    """A cell is no valid Python.

    ## What it does
    Parses each cell as the kernel would, magics translated, and points at the first place that is
    no Python.

    ## Why is this bad?
    Nothing of the cell runs, not even the lines above the mistake.

    ## Example
    ```python
    # %%
    prices = [1, 2, 3
    ```

    ## Use instead
    ```python
    # %%
    prices = [1, 2, 3]
    ```
    """

    code = "NBP002"
    name = "syntax-error"

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first syntax error of each executed cell."""
        for cell in context.cells:
            fault = context.session.parsed[cell.number].fault
            if fault is not None:
                span = Span(fault.line, fault.column, fault.end_line, fault.end_column)
                yield self.found(
                    context,
                    cell.number,
                    span,
                    f"This cell is no valid Python, so none of it runs: {fault.message}.",
                    hint=_hint(fault),
                )


def _hint(fault: SyntaxFault) -> str:
    if _PRINT_STATEMENT.search(fault.message):
        return "This is Python 2; `2to3` or an editor can convert it to Python 3."
    return "Mend the cell, or tag it `skip` if it is not meant to run."
