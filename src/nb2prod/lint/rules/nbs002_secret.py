"""NBS002: a secret in an untagged cell or in a saved output."""

from collections.abc import Iterator, Sequence

from nb2prod.diagnostic import Diagnostic
from nb2prod.lint.context import Context, first_line_span
from nb2prod.lint.rule import Rule, register
from nb2prod.lint.secrets import may_hold_secret, secrets_in_outputs
from nb2prod.notebook.model import Cell


@register
class Secret(Rule):
    """The notebook holds a password, a token or a key, in a cell or in a saved output.

    ## What it does
    Looks through cells that are not compiled, and through the saved text outputs of all cells.
    Pictures are left alone.

    ## Why is this bad?
    The notebook is kept in version control and sent around with its outputs. Deleting the line
    later does not delete it from the history.

    ## Example
    ```python
    # %%
    database = "postgresql://ann:hunter22@db.example.com/prices"
    ```

    ## Use instead
    ```python
    # %%
    import os
    database = os.environ["DATABASE"]
    ```
    """

    code = "NBS002"
    name = "exposed-secret"
    stops_build = False

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield secrets of other cells, and of outputs."""
        hint = "Revoke it, and read the new one from the environment."
        for secret in context.secrets:
            if secret.cell not in context.compiled:
                message = (
                    f"This is {secret.what}: whoever reads the notebook or its history has it."
                )
                yield self.found(
                    context, secret.cell, secret.span, message, hint=hint, subject=secret.what
                )
        for cell, what in secrets_in_outputs(_telling_texts(context)):
            span = first_line_span(context.notebook.cell(cell))
            message = (
                f"The saved output of this cell shows {what}: whoever reads the notebook has it."
            )
            yield self.found(context, cell, span, message, hint=hint, subject=what)


def _telling_texts(context: Context) -> Sequence[tuple[Cell, str]]:
    """Return the saved texts where any of them may show a secret."""
    if context.saved and may_hold_secret(context.saved_text):
        return context.saved_texts
    return ()
