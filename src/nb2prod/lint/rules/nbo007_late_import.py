"""NBO007: an import stands in a cell that has another purpose."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Edit, Fix, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.model import Cell
from nb2prod.notebook.roles import Role

_PLACES = frozenset({Role.IMPORTS, Role.FUNCTIONS})


@register
class LateImport(Rule):
    """A tagged cell imports something although there is an `imports` cell above.

    ## What it does
    Finds imports at the outer level of cells with other roles than `imports` and `functions`. The
    fix moves them to the end of the `imports` cell.

    ## Why is this bad?
    A missing package then stops the run after minutes of work instead of at once, and a reader
    cannot see at the top what the service will need.

    ## Example
    ```python
    # %% tags=["imports"]
    import json
    # %% tags=["functions"]
    text = "[1, 2]"
    # %% tags=["features"]
    import math
    root = math.sqrt(json.loads(text)[1])
    ```

    ## Use instead
    ```python
    # %% tags=["imports"]
    import json
    import math
    # %% tags=["functions"]
    text = "[1, 2]"
    # %% tags=["features"]
    root = math.sqrt(json.loads(text)[1])
    ```
    """

    code = "NBO007"
    name = "late-import"
    severity = Severity.INFO
    stops_build = False
    occasion = Occasion.ROLE
    role = Role.IMPORTS

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield imports of compiled cells below the `imports` cell."""
        home = context.with_role(Role.IMPORTS)[0]
        for cell in context.cells:
            is_place = cell is home or not _PLACES.isdisjoint(cell.roles)
            if is_place or not cell.roles or "import" not in cell.source:
                continue
            tree = context.session.parsed[cell.number].tree
            for statement in tree.body if tree else ():
                if isinstance(statement, ast.Import | ast.ImportFrom):
                    yield self._finding(context, cell, statement, home)

    def _finding(
        self, context: Context, cell: Cell, statement: ast.Import | ast.ImportFrom, home: Cell
    ) -> Diagnostic:
        names = [alias.asname or alias.name for alias in statement.names]
        return self.found(
            context,
            cell.number,
            context.span(cell.number, statement),
            f"`{names[0]}` is imported here, below cell {home.number}, the place for imports: "
            "if it is missing, the run stops late.",
            hint=f"Move the import to cell {home.number}.",
            subject=names[0],
            fix=_hoist(context, cell, statement, home),
        )


def _hoist(
    context: Context, cell: Cell, statement: ast.Import | ast.ImportFrom, home: Cell
) -> Fix | None:
    """Move the import, unless its name has another meaning elsewhere or shares its line."""
    span = context.span(cell.number, statement)
    lines = cell.source.split("\n")
    is_alone = lines[span.end_line - 1][span.end_column - 1 :].strip() == "" and span.column == 1
    names = {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
    others = [one for one in context.session.definitions if one.name in names]
    is_plain = "*" not in names and getattr(statement, "module", "") != "__future__"
    if not is_alone or not is_plain or any(not one.event.is_import for one in others):
        return None
    if home.number > cell.number or not home.source.strip() or span.end_line != span.line:
        return None
    last = home.source.split("\n")
    removal = (
        Edit(cell.number, span.line, 1, span.line + 1, 1, "")
        if span.line < len(lines)
        else Edit(cell.number, span.line, 1, span.line, len(lines[-1]) + 1, "")
    )
    end = len(last[-1]) + 1
    addition = Edit(home.number, len(last), end, len(last), end, "\n" + lines[span.line - 1])
    return Fix((removal, addition))
