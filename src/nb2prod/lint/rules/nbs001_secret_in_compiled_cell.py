"""NBS001: a secret in a cell that becomes part of the service."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class SecretInCompiledCell(Rule):
    """A tagged cell holds a password, a token or a key.

    ## What it does
    Finds the tokens of well-known services by their form, private keys, passwords in connection
    strings, and texts with the look of a key that are bound to names such as `api_key`.

    ## Why is this bad?
    The cell is copied into the training script, the service and its image. Whoever can read one of
    them has the secret, for as long as it is valid.

    ## Example
    ```python
    # %% tags=["functions"]
    database = "postgresql://ann:hunter22@db.example.com/prices"
    ```

    ## Use instead
    ```python
    # %% tags=["functions"]
    import os
    database = os.environ["DATABASE"]
    ```
    """

    code = "NBS001"
    name = "secret-in-compiled-cell"
    occasion = Occasion.ROLE

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield secrets of compiled cells."""
        for secret in context.secrets:
            if secret.cell in context.compiled:
                yield self.found(
                    context,
                    secret.cell,
                    secret.span,
                    f"This is {secret.what}, and the cell is copied into the service and its "
                    "image: whoever reads them has it.",
                    hint='Revoke it, and read the new one from the environment: os.environ["NAME"].',
                    subject=secret.what,
                )
