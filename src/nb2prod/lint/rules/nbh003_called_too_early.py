"""NBH003: a function is called before what it needs exists."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic
from nb2prod.lint.context import Context
from nb2prod.lint.failures import Cause
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class CalledTooEarly(Rule):
    """A function is called before a later cell defines what it needs.

    ## What it does
    Follows calls into functions, lambdas and methods of the notebook, through each other, and finds
    names that are defined only after the call.

    ## Why is this bad?
    A function looks its names up when it is called. The saved session had them all; a clean run
    does not have them yet, and stops inside the function.

    ## Example
    ```python
    # %%
    def scaled(value):
        return value / LIMIT
    # %%
    result = scaled(3)
    # %%
    LIMIT = 10
    ```

    ## Use instead
    ```python
    # %%
    LIMIT = 10
    # %%
    def scaled(value):
        return value / LIMIT
    # %%
    result = scaled(3)
    ```
    """

    code = "NBH003"
    name = "called-too-early"
    occasion = Occasion.FAILURE

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield calls that come too early."""
        for use, cause, later in context.failures:
            if cause is not Cause.LATER_THAN_CALL or later is None:
                continue
            chain = " calls ".join(f"`{one.name}` (cell {one.cell})" for one in use.via)
            chain += ", which" if len(use.via) > 1 else ""
            where = "a later line of this cell" if later.cell == use.cell else f"cell {later.cell}"
            yield self.found(
                context,
                use.cell,
                context.session.parsed[use.cell].span(use.node),
                f"This call needs `{use.name}`, which only {where} defines: {chain} reads it, "
                "and a clean run stops there with a NameError.",
                hint=f"Define `{use.name}` above cell {use.cell}, or pass it as an argument.",
                subject=use.name,
            )
