"""NBH010: names are bound in a way that nobody can see."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context, first_line_span
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.parsing import Span
from nb2prod.notebook.session import Blind


@register
class DynamicNames(Rule):
    """Names are bound at run time, so undefined names can no longer be found.

    ## What it does
    Gives one notice at the first star import whose module is not known, `exec`, `globals()[...] =`
    or magic such as `%run` and `%store -r`. From there on no name is called undefined.

    ## Why is this bad?
    Nobody, neither a reader nor a tool, can say where a name comes from. In production a module
    that gained a name of yours would silently replace it.

    ## Example
    ```python
    # %%
    from math import *
    # %%
    root = sqrt(2)
    ```

    ## Use instead
    ```python
    # %%
    from math import sqrt
    # %%
    root = sqrt(2)
    ```
    """

    code = "NBH010"
    name = "dynamic-names"
    severity = Severity.INFO
    stops_build = False

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield one notice at the first such place."""
        for blind in context.session.blinds[:1]:
            what, hint = _what(blind)
            yield self.found(
                context,
                blind.cell,
                _span(context, blind),
                f"{what} From here on undefined names cannot be found.",
                hint=hint,
            )


def _what(blind: Blind) -> tuple[str, str]:
    if isinstance(blind.node, ast.ImportFrom):
        module = "." * blind.node.level + (blind.node.module or "")
        return f"`from {module} import *` binds names that nobody can see.", "Import them by name."
    if blind.node is None:
        return "This magic may bind any name.", "Replace it by plain Python."
    return "This code may bind any name.", "Bind names by assignment, or keep values in a dict."


def _span(context: Context, blind: Blind) -> Span:
    if blind.node is not None:
        return context.span(blind.cell, blind.node)
    for problem in context.session.parsed[blind.cell].translated.problems:
        return Span(problem.line, problem.column, problem.end_line, problem.end_column)
    return first_line_span(context.notebook.cell(blind.cell))
