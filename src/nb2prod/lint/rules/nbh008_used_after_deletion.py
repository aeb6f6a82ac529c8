"""NBH008: a name is used after it was deleted."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic
from nb2prod.lint.context import Context
from nb2prod.lint.failures import Cause
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class UsedAfterDeletion(Rule):
    """A name is used after `del`.

    ## What it does
    Finds uses of names that a cell above, or a line above, has surely deleted.

    ## Why is this bad?
    Each cell worked when it was run on its own. From top to bottom the name is gone.

    ## Example
    ```python
    # %%
    table = [1, 2, 3]
    total = sum(table)
    del table
    # %%
    largest = max(table)
    ```

    ## Use instead
    ```python
    # %%
    table = [1, 2, 3]
    total = sum(table)
    # %%
    largest = max(table)
    del table
    ```
    """

    code = "NBH008"
    name = "used-after-deletion"
    occasion = Occasion.FAILURE

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield names that are gone."""
        for use, cause, _ in context.failures:
            if cause is not Cause.DELETED:
                continue
            where = (
                "above in this cell" if use.deleted_in == use.cell else f"in cell {use.deleted_in}"
            )
            yield self.found(
                context,
                use.cell,
                context.session.parsed[use.cell].span(use.node),
                f"`{use.name}` was deleted {where}: a clean run stops here with a NameError.",
                hint=f"Move `del {use.name}` below its last use, or remove it.",
                subject=use.name,
            )
