"""NBH005: the saved session used a definition that is gone."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.counts import counted, ran_well
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.model import Cell
from nb2prod.notebook.session import Use


@register
class DefinitionReplaced(Rule):
    """A cell ran with a definition that was deleted since: what defines the name now never ran.

    ## What it does
    Finds cells that ran without an error although the only cell that defines a name of theirs has
    no execution count and no output. Both together prove that the session had another definition.

    ## Why is this bad?
    The saved outputs were computed with something that is no longer in the notebook. A clean run
    uses the new definition and may show something else.

    ## Example
    ```python
    # %% count=1
    price = 100
    # %%
    rate = 0.2
    # %% count=3 output="119.0"
    print(price * (1 + rate))
    ```

    ## Use instead
    ```python
    # %% count=1
    price = 100
    # %% count=2
    rate = 0.2
    # %% count=3 output="120.0"
    print(price * (1 + rate))
    ```
    """

    code = "NBH005"
    name = "definition-replaced"
    severity = Severity.ERROR
    stops_build = False
    occasion = Occasion.SAVED_RUN

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield each name once, where it was used first."""
        for use, source in replaced_definitions(context):
            count = context.notebook.cell(use.cell).execution_count
            yield self.found(
                context,
                use.cell,
                context.span(use.cell, use.node),
                f"This cell ran as In [{count}] with a `{use.name}` that is gone: cell {source}, "
                "which defines it now, never ran. The saved outputs show the old one.",
                hint="Choose Kernel > Restart Kernel and Run All Cells, and save.",
                subject=use.name,
            )


def replaced_definitions(context: Context) -> Iterator[tuple[Use, int]]:
    """Yield uses that ran with a definition that is gone, and the cell that defines it now."""
    cells = counted(context.notebook)
    if not cells or 2 * len(cells) < len(context.cells):
        # Where most cells have no count, counts were taken away and prove nothing.
        return
    new = {cell.number for cell in context.cells if _is_new(cell)}
    seen: set[str] = set()
    for use in context.session.uses if new else ():
        sources = {one.cell for one in use.definitions}
        if use.name in seen or len(sources) != 1 or use.via or sources.isdisjoint(new):
            continue
        if ran_well(context.notebook.cell(use.cell)):
            seen.add(use.name)
            yield use, sources.pop()


def _is_new(cell: Cell) -> bool:
    has_run = cell.execution_count is not None or bool(cell.outputs)
    return not has_run and "injected-parameters" not in cell.tags
