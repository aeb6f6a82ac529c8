"""NBT001: a tag that looks like a role and is none."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Fix
from nb2prod.lint.context import Context, first_line_span
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.roles import misspelt_role


@register
class MisspeltTag(Rule):
    """A tag is nearly, but not quite, a role.

    ## What it does
    Finds tags within a letter or two of a role. Other tools' tags are left alone.

    ## Why is this bad?
    The cell has no role, so it is left out of the training script and the service without anybody
    noticing.

    ## Example
    ```python
    # %% tags=["feature"]
    prices = [1, 2, 3]
    ```

    ## Use instead
    ```python
    # %% tags=["features"]
    prices = [1, 2, 3]
    ```
    """

    code = "NBT001"
    name = "misspelt-tag"

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield near misses of roles."""
        for cell in context.code_cells:
            for tag in cell.tags:
                role = misspelt_role(tag)
                if role is not None:
                    yield self.found(
                        context,
                        cell.number,
                        first_line_span(cell),
                        f"The tag `{tag}` is no role, so this cell is not compiled.",
                        hint=f"Did you mean `{role}`?",
                        subject=tag,
                        fix=Fix(tags=((cell.number, tag, role.value),)),
                    )
