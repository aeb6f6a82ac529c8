"""NBH007: a name gets another meaning below a cell that reads it."""

import ast
import itertools
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.session import Definition

_PASSING = frozenset(
    {"fig", "ax", "axs", "axes", "plot", "chart", "f", "fp", "file", "tmp", "temp", "out", "res"}
)


@register
class ReboundName(Rule):
    """A name that a cell reads is bound to something else further down.

    ## What it does
    Finds constants and functions that two cells define differently with a reader in between.
    Values that are worked on step by step, loop variables and figures are left alone.

    ## Why is this bad?
    What the reader gives depends on when it is run. After the second definition was run, running
    the reader again gives another result than a clean run.

    ## Example
    ```python
    # %%
    limit = 10
    # %%
    small = [value for value in (5, 15, 25) if value < limit]
    # %%
    limit = 20
    # %%
    large = [value for value in (5, 15, 25) if value > limit]
    ```

    ## Use instead
    ```python
    # %%
    lower = 10
    # %%
    small = [value for value in (5, 15, 25) if value < lower]
    # %%
    upper = 20
    # %%
    large = [value for value in (5, 15, 25) if value > upper]
    ```
    """

    code = "NBH007"
    name = "rebound-name"
    severity = Severity.INFO
    stops_build = False

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield each name once, where it gets its second meaning."""
        if len({one.name for one in context.session.definitions}) == len(
            context.session.definitions
        ):
            return
        by_name: dict[str, list[Definition]] = {}
        for definition in context.session.definitions:
            by_name.setdefault(definition.name, []).append(definition)
        for name, definitions in by_name.items():
            if len(definitions) > 1 and _is_public(name):
                pair = _first_pair(context, definitions)
                if pair is not None:
                    yield self._finding(context, *pair)

    def _finding(
        self, context: Context, first: Definition, reader: int, second: Definition
    ) -> Diagnostic:
        return self.found(
            context,
            second.cell,
            context.span(second.cell, second.event.node),
            f"`{second.name}` gets another meaning here than in cell {first.cell}, which "
            f"cell {reader} reads: running cell {reader} again gives something else.",
            hint="Give the second one a name of its own.",
            subject=second.name,
        )


def _is_public(name: str) -> bool:
    return len(name) > 2 and not name.startswith("_") and name not in _PASSING


def _first_pair(
    context: Context, definitions: list[Definition]
) -> tuple[Definition, int, Definition] | None:
    for first, second in itertools.pairwise(definitions):
        if first.cell == second.cell or not _differ(context, first, second):
            continue
        readers = (
            use.cell
            for use in context.session.uses
            if use.definitions == (first,) and first.cell < use.cell < second.cell
        )
        reader = next(readers, None)
        if reader is not None:
            return first, reader, second
    return None


def _differ(context: Context, first: Definition, second: Definition) -> bool:
    """Say whether both are constants, or both functions, and not the same."""
    if first.event.path or second.event.path:
        return False
    texts = [_meaning(context, one) for one in (first, second)]
    return None not in texts and texts[0] != texts[1]


def _meaning(context: Context, definition: Definition) -> str | None:
    node = definition.event.node
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return ast.dump(node)
    tree = context.session.parsed[definition.cell].tree
    for statement in tree.body if tree else ():
        if isinstance(statement, ast.Assign) and node in statement.targets:
            is_constant = isinstance(statement.value, ast.Constant)
            return ast.dump(statement.value) if is_constant else None
    return None
