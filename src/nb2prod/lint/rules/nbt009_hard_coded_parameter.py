"""NBT009: a literal that a parameter holds already."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Edit, Fix, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.parameters import Parameter, parameters_of
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.roles import Role

_SAME = {"seed": ("random_state", "seed"), "random_state": ("seed", "random_state")}


@register
class HardCodedParameter(Rule):
    """A tagged cell writes a value that is a parameter's value.

    ## What it does
    Finds keyword arguments with the name and the value of a parameter, and texts of six letters or
    more that are equal to a parameter's. The fix writes the parameter.

    ## Why is this bad?
    Overriding the parameter changes some places and not this one.

    ## Example
    ```python
    # %% tags=["parameters"]
    size = 100
    # %% tags=["functions"]
    def numbers(size):
        return list(range(size))
    first, second = numbers(size), numbers(size=100)
    ```

    ## Use instead
    ```python
    # %% tags=["parameters"]
    size = 100
    # %% tags=["functions"]
    def numbers(size):
        return list(range(size))
    first, second = numbers(size), numbers(size=size)
    ```
    """

    code = "NBT009"
    name = "hard-coded-parameter"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.ROLE
    role = Role.PARAMETERS

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield such literals below the parameters."""
        parameters = parameters_of(context)
        for call in context.calls_in(context.compiled) if parameters else ():
            if call.cell <= parameters[0].cell or call.owner:
                continue
            given = call.node.keywords
            values = [(one.arg or "", one.value) for one in given if _is_literal(one.value)]
            values += [("", one) for one in call.node.args if _is_literal(one)]
            for name, value in values:
                parameter = _matching(parameters, name, value)
                if parameter is not None:
                    yield self._finding(context, call.cell, value, parameter)

    def _finding(
        self, context: Context, cell: int, value: ast.expr, parameter: Parameter
    ) -> Diagnostic:
        span = context.span(cell, value)
        return self.found(
            context,
            cell,
            span,
            f"This is the value of the parameter `{parameter.name}`: overriding the parameter "
            "would not change it here.",
            hint=f"Write `{parameter.name}`.",
            subject=parameter.name,
            fix=Fix((Edit(cell, *span, text=parameter.name),)),
        )


def _is_literal(value: ast.expr) -> bool:
    return type(value) is ast.Constant


def _matching(parameters: list[Parameter], name: str, value: ast.expr) -> Parameter | None:
    if not isinstance(value, ast.Constant) or value.value is None:
        return None
    for parameter in parameters:
        held = parameter.value
        if not isinstance(held, ast.Constant) or type(held.value) is not type(value.value):
            continue
        is_named = name in (parameter.name, *_SAME.get(parameter.name.lower(), ()))
        is_long = isinstance(value.value, str) and len(value.value) >= 6
        if held.value == value.value and (is_long or (bool(name) and is_named)):
            return parameter
    return None
