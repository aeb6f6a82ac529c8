"""NBH002: a name that only a later statement binds."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic
from nb2prod.lint.context import Context
from nb2prod.lint.failures import Cause
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class UsedBeforeDefinition(Rule):
    """A name is used above the cell that binds it.

    ## What it does
    Finds uses of names that only a later cell, or a later line of the same cell, binds.

    ## Why is this bad?
    The cells were run in another order than they stand in. From top to bottom, which is how the
    training script runs, the name does not exist yet.

    ## Example
    ```python
    # %%
    total = sum(prices)
    # %%
    prices = [1, 2, 3]
    ```

    ## Use instead
    ```python
    # %%
    prices = [1, 2, 3]
    # %%
    total = sum(prices)
    ```
    """

    code = "NBH002"
    name = "used-before-definition"
    occasion = Occasion.FAILURE

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield names that are bound too late."""
        for use, cause, later in context.failures:
            if cause is not Cause.LATER or later is None:
                continue
            span = context.session.parsed[later.cell].span(later.event.node)
            is_same = later.cell == use.cell
            where = f"line {span.line} of this cell" if is_same else f"cell {later.cell}"
            yield self.found(
                context,
                use.cell,
                context.session.parsed[use.cell].span(use.node),
                f"`{use.name}` is used before {where} defines it: "
                "run from top to bottom, the notebook stops here with a NameError.",
                hint=f"Move {where} above this line."
                if is_same
                else f"Move cell {later.cell} above cell {use.cell}, or the definition with it.",
                subject=use.name,
            )
