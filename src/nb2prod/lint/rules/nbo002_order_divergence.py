"""NBO002: the saved session read another definition than a clean run reads."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic
from nb2prod.lint.context import Context
from nb2prod.lint.divergence import Divergence
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class OrderDivergence(Rule):
    """Run in the saved order, a cell read another definition than from top to bottom.

    ## What it does
    Plays the notebook in the order of its execution counts and from top to bottom, and compares
    what each use of a name finds. Cells that ran out of order without any effect are left alone.

    ## Why is this bad?
    The saved outputs were computed from other values than a clean run uses. The model in production
    is not the one whose scores the notebook shows.

    ## Example
    ```python
    # %% count=1
    limit = 10
    # %% count=3
    small = [value for value in (5, 15) if value < limit]
    # %% count=2
    limit = max(5, 20)
    ```

    ## Use instead
    ```python
    # %% count=1
    limit = 10
    # %% count=2
    small = [value for value in (5, 15) if value < limit]
    # %% count=3
    upper = 20
    ```
    """

    code = "NBO002"
    name = "order-divergence"
    stops_build = False
    occasion = Occasion.SAVED_RUN

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first divergent use of each name in each cell."""
        for divergence in context.divergences:
            use = divergence.use
            yield self.found(
                context,
                use.cell,
                context.span(use.cell, use.node),
                _message(divergence),
                hint="Choose Kernel > Restart Kernel and Run All Cells, and look what changed.",
                subject=use.name,
            )


def _message(divergence: Divergence) -> str:
    use, saved, clean, is_change = divergence
    if is_change:
        first = f"as cell {saved} left it" if saved != clean else "unchanged"
        return (
            f"The saved output used `{use.name}` {first}; from top to bottom it is used as "
            f"cell {clean} leaves it."
        )
    return (
        f"The saved output used the `{use.name}` of cell {saved}; from top to bottom this is "
        f"the `{use.name}` of cell {clean}."
    )
