"""NBT003: a compiled cell needs what a cell that is not compiled makes."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic
from nb2prod.lint.context import Context
from nb2prod.lint.failures import Cause
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.dataflow import Need


@register
class NeedsUntaggedCell(Rule):
    """A cell with a role needs something that a cell without a role binds or changes.

    ## What it does
    Follows each name that a tagged cell reads, also through functions, to the cells that bind it
    and to those that change its object in place.

    ## Why is this bad?
    Cells without a role are exploration: they are executed, but not part of the training script or
    the service. Without that cell the script would stop, or, worse, compute something else.

    ## Example
    ```python
    # %%
    limit = 10
    # %% tags=["features"]
    flags = [value > limit for value in (5, 15)]
    ```

    ## Use instead
    ```python
    # %% tags=["functions"]
    limit = 10
    # %% tags=["features"]
    flags = [value > limit for value in (5, 15)]
    ```
    """

    code = "NBT003"
    name = "needs-untagged-cell"
    occasion = Occasion.ROLE

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield one finding for each name and its cell, where it is needed first.

        Imports of one cell share a finding: one tag mends them all.
        """
        found = list(_needs_from_untagged(context))
        imports: dict[int, list[str]] = {}
        for _, need, source in found:
            if need.is_import:
                imports.setdefault(source, []).append(need.name)
        for cell, need, source in found:
            if not need.is_import:
                yield self._one(context, cell, need, source)
            elif imports[source][0] == need.name:
                yield self._imports(context, cell, need, source, len(imports[source]) - 1)
        yield from self._skipped(context)

    def _one(self, context: Context, cell: int, need: Need, source: int) -> Diagnostic:
        through = f", which `{need.via[-1]}` reads," if need.via else ""
        where = f"cell {source}, which has no role and so is not part of the training script"
        if source in need.cells:
            message = f"`{need.name}`{through} is defined in {where}; cell {cell} needs it."
            hint = f"Tag cell {source} with the role that fits, or move what defines `{need.name}`."
        else:
            message = (
                f"`{need.name}`{through} is changed in place by {where}, "
                f"where cell {cell} would not see the change."
            )
            hint = f"Tag cell {source}, or let it change a copy: `{need.name}.copy()`."
        return self.found(context, cell, need.span, message, hint=hint, subject=need.name)

    def _imports(
        self, context: Context, cell: int, need: Need, source: int, others: int
    ) -> Diagnostic:
        names, those = f"`{need.name}` is", "it"
        if others:
            names, those = f"`{need.name}` and {others} more are", "them"
        return self.found(
            context,
            cell,
            need.span,
            f"{names} imported in cell {source}, which has no role and so is not part of the "
            f"training script; cell {cell} needs {those}.",
            hint=f"Tag cell {source} with `imports`.",
            subject=need.name,
        )

    def _skipped(self, context: Context) -> Iterator[Diagnostic]:
        for use, cause, _ in context.failures:
            if cause is Cause.SKIPPED and context.notebook.cell(use.cell).is_compiled:
                skipped = context.session.skipped[use.name]
                yield self.found(
                    context,
                    use.cell,
                    context.session.parsed[use.cell].span(use.node),
                    f"`{use.name}` is defined only in cell {skipped}, which is tagged `skip` and "
                    f"never runs; cell {use.cell} needs it.",
                    hint=f"Take the tag `skip` from cell {skipped}, or move the definition.",
                    subject=use.name,
                )


def _may_need(context: Context, untagged: set[int]) -> bool:
    """Say whether a compiled cell uses anything that a cell without a role binds or changes."""
    compiled = context.compiled
    for _, cell, _, definitions, _, _, _, changed_in in context.session.uses:
        if cell in compiled:
            if changed_in and not untagged.isdisjoint(changed_in):
                return True
            for definition in definitions:
                if definition.cell in untagged:
                    return True
    return False


def _needs_from_untagged(context: Context) -> Iterator[tuple[int, Need, int]]:
    """Yield each name that comes from a cell without a role, with the needing cell and that cell."""
    untagged = {
        cell.number
        for cell in context.cells
        if not cell.roles and "injected-parameters" not in cell.tags
    }
    if not untagged or not _may_need(context, untagged):
        return
    # What needs what is worked out only where something may come from such a cell.
    seen: set[tuple[str, int]] = set()
    for cell in context.cells:
        for need in context.flow.sources(cell.number).values() if cell.roles else ():
            # Changing a module in place sets an option, such as the size of figures.
            changing = () if need.is_import else need.changed_in
            sources = [one for one in (*need.cells, *changing) if one in untagged]
            if sources and (need.name, sources[0]) not in seen:
                seen.add((need.name, sources[0]))
                yield cell.number, need, sources[0]
