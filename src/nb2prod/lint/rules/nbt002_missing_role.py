"""NBT002: no cell has a role that a build needs."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.roles import OWN_ROLES, REQUIRED_ROLES, Role

_HOW = (
    "In JupyterLab select the cell, open the property inspector (the gears at the top right), "
    "and add the tag; or let `nb2prod tag --suggest` propose them."
)
_PURPOSE = {
    Role.LOAD: "`load` (reads the raw data)",
    Role.TRAIN: "`train` (fits the model)",
    Role.EVALUATE: "`evaluate` (computes the metrics on held-out rows)",
}


@register
class MissingRole(Rule):
    """The notebook cannot be built, because no cell has a role that a build needs.

    ## What it does
    Asks for the roles `load`, `train` and `evaluate`. A notebook without any role gets one warning,
    because it may not be meant for a build; in a build that is an error too.

    ## Why is this bad?
    Roles are how nb2prod knows what a request looks like, what is trained and how it is judged. It
    never guesses them.

    ## Example
    ```python
    # %% tags=["load"]
    rows = [(1, 0), (2, 1)]
    # %% tags=["train"]
    model = dict(rows)
    ```

    ## Use instead
    ```python
    # %% tags=["load"]
    rows = [(1, 0), (2, 1)]
    # %% tags=["train"]
    model = dict(rows)
    # %% tags=["evaluate"]
    accuracy = sum(model[x] == y for x, y in rows) / len(rows)
    ```
    """

    code = "NBT002"
    name = "missing-role"

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield one finding that names every missing role."""
        missing = [role for role in REQUIRED_ROLES if role not in context.roles]
        if not missing:
            return
        is_meant = context.requires_roles or not OWN_ROLES.isdisjoint(context.roles)
        listed = " and ".join(_PURPOSE[role] for role in missing)
        yield self.found(
            context,
            None,
            None,
            f"No cell has the role {listed}: the notebook can be run but not built.",
            hint=_HOW,
            subject=missing[0].value if len(missing) == 1 else None,
            severity=Severity.ERROR if is_meant else Severity.WARNING,
        )
