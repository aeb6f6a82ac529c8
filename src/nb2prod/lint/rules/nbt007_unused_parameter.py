"""NBT007: a parameter that nothing reads."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.parameters import parameters_of
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.events import Action
from nb2prod.notebook.roles import Role


@register
class UnusedParameter(Rule):
    """A parameter is bound and never read.

    ## What it does
    Compares the names of the `parameters` cell with what all cells read, functions included.

    ## Why is this bad?
    Somebody overrides it and believes that the model changed. It did not.

    ## Example
    ```python
    # %% tags=["parameters"]
    rounds = 100
    # %% tags=["functions"]
    numbers = list(range(50))
    ```

    ## Use instead
    ```python
    # %% tags=["parameters"]
    rounds = 100
    # %% tags=["functions"]
    numbers = list(range(rounds))
    ```
    """

    code = "NBT007"
    name = "unused-parameter"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.ROLE
    role = Role.PARAMETERS

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield parameters that no cell reads."""
        parameters = parameters_of(context)
        if not parameters or context.session.blinds or _has_other_readers(context):
            return
        read = {use.name for use in context.session.uses}
        for definition in context.session.definitions:
            if definition.event.body is not None:
                events = definition.event.body.all_events
                read.update(one.name for one in events if one.action is not Action.BIND)
        for parameter in parameters:
            if parameter.name not in read:
                yield self.found(
                    context,
                    parameter.cell,
                    context.span(parameter.cell, parameter.node),
                    f"Nothing reads the parameter `{parameter.name}`: overriding it changes "
                    "nothing, and nobody is told.",
                    hint="Use it where the value is meant, or remove it.",
                    subject=parameter.name,
                )


def _has_other_readers(context: Context) -> bool:
    """Say whether a cell is broken, or reads names in a way that cannot be seen."""
    parsed = context.session.parsed
    return any(
        parsed[cell.number].fault is not None or parsed[cell.number].translated.problems
        for cell in context.cells
    )
