"""NBT008: a parameter gets a fixed value again below."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.parameters import parameters_of
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.roles import Role
from nb2prod.notebook.session import Definition


@register
class OverwrittenParameter(Rule):
    """A parameter is bound again to a literal, so overriding it has no effect.

    ## What it does
    Finds names of the `parameters` cell that the same cell or a cell below binds to a literal.

    ## Why is this bad?
    A run with another value of the parameter silently computes with the old one from there on.

    ## Example
    ```python
    # %% tags=["parameters"]
    rounds = 100
    # %% tags=["functions"]
    rounds = 50
    numbers = list(range(rounds))
    ```

    ## Use instead
    ```python
    # %% tags=["parameters"]
    rounds = 50
    # %% tags=["functions"]
    numbers = list(range(rounds))
    ```
    """

    code = "NBT008"
    name = "overwritten-parameter"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.ROLE
    role = Role.PARAMETERS

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield such bindings, the first of each name."""
        parameters = {one.name: one for one in parameters_of(context)}
        told: set[str] = set()
        begun: set[str] = set()
        for definition in context.session.definitions if parameters else ():
            name = definition.name
            if name not in parameters or name in told or definition.event.path:
                continue
            if name not in begun:
                begun.add(name)
            elif _is_literal(context, definition) and not _is_injected(context, definition):
                told.add(name)
                yield self.found(
                    context,
                    definition.cell,
                    context.span(definition.cell, definition.event.node),
                    f"The parameter `{name}` gets a fixed value here, so that overriding it "
                    "changes nothing from here on.",
                    hint=f"Remove this line, and set the value in cell {parameters[name].cell}.",
                    subject=name,
                )


def _is_injected(context: Context, definition: Definition) -> bool:
    return "injected-parameters" in context.notebook.cell(definition.cell).tags


def _is_literal(context: Context, definition: Definition) -> bool:
    tree = context.session.parsed[definition.cell].tree
    for statement in tree.body if tree else ():
        if isinstance(statement, ast.Assign) and definition.event.node in statement.targets:
            return isinstance(statement.value, ast.Constant | ast.List | ast.Tuple | ast.UnaryOp)
    return False
