"""NBT005: a compiled cell holds IPython syntax that has no plain Python meaning."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.parsing import Span


@register
class UnsupportedMagic(Rule):
    """A cell with a role holds a magic or shell command that cannot be compiled.

    ## What it does
    Finds magics that do something which plain Python does not say: `%run`, `%%bash`, `!wget`, `x =
    !ls`. Magics that only show or measure, such as `%matplotlib` and `%time`, are left out or
    understood.

    ## Why is this bad?
    The training script and the service run without IPython. Leaving the line out would change what
    they compute.

    ## Example
    ```python
    # %% tags=["load"]
    !wget https://example.com/prices.csv
    ```

    ## Use instead
    ```python
    # %% tags=["load"]
    path = "prices.csv"
    ```
    """

    code = "NBT005"
    name = "unsupported-magic"
    occasion = Occasion.ROLE

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield what cannot be compiled in compiled cells."""
        for cell in context.cells:
            if not cell.roles:
                continue
            for problem in context.session.parsed[cell.number].translated.problems:
                yield self.found(
                    context,
                    cell.number,
                    Span(problem.line, problem.column, problem.end_line, problem.end_column),
                    f"`{problem.what}` cannot become part of the training script, "
                    "which runs without IPython.",
                    hint=problem.hint,
                    subject=problem.what,
                )
