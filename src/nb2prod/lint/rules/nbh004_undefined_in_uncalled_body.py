"""NBH004: a function that nobody calls uses a name that nothing binds."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.events import Action, Event
from nb2prod.notebook.known_names import is_known
from nb2prod.notebook.session import Definition


@register
class UndefinedInUncalledBody(Rule):
    """A function or method uses a name that no cell binds, but nothing calls it.

    ## What it does
    Looks into the bodies of functions, lambdas and methods for names that no executed cell binds,
    above or below.

    ## Why is this bad?
    A clean run passes, because the body never runs. The first call, perhaps in production, stops
    with a NameError.

    ## Example
    ```python
    # %%
    def scaled(value):
        return value / LIMIT
    ```

    ## Use instead
    ```python
    # %%
    LIMIT = 10
    # %%
    def scaled(value):
        return value / LIMIT
    ```
    """

    code = "NBH004"
    name = "undefined-in-uncalled-body"
    severity = Severity.WARNING
    stops_build = False

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield each name once, where a body first uses it."""
        session = context.session
        bodies = [(one, one.event.body) for one in session.definitions if one.event.body]
        if session.blinds or not bodies:
            return
        seen = {failure.use.name for failure in context.failures}
        seen.update(one.name for one in session.definitions)
        seen.update(session.doubtful)
        for definition, body in bodies:
            for event in body.all_events:
                if _is_unbound(event) and event.name not in seen and not is_known(event.name):
                    seen.add(event.name)
                    yield self._finding(context, definition, event.name, event.node)

    def _finding(
        self, context: Context, definition: Definition, name: str, node: ast.AST
    ) -> Diagnostic:
        return self.found(
            context,
            definition.cell,
            context.span(definition.cell, node),
            f"`{definition.name}` uses `{name}`, which nothing defines: "
            "the first call stops here with a NameError.",
            hint=f"Define `{name}` in a cell, make it a parameter, or remove the function.",
            subject=name,
        )


def _is_unbound(event: Event) -> bool:
    return event.action is Action.READ and not event.silent and not event.is_annotation
