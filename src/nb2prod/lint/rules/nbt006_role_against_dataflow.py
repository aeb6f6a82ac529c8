"""NBT006: a cell needs what a cell of a later stage makes."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.dataflow import Need
from nb2prod.notebook.model import Cell
from nb2prod.notebook.roles import Role

_STAGES = (Role.LOAD, Role.FEATURES, Role.SPLIT, Role.TRAIN, Role.EVALUATE)
_ORDER = {role: number for number, role in enumerate(_STAGES)}


@register
class RoleAgainstDataflow(Rule):
    """A cell's role comes before the role of a cell whose result it needs.

    ## What it does
    Follows the names that go between cells with the roles `load`, `features`, `split`, `train` and
    `evaluate`, and finds those that go from a later stage to an earlier one. Features made after
    the split are left alone.

    ## Why is this bad?
    A feature that needs the trained model, or a split that needs the scores, cannot be computed for
    a request. Mostly the tag is on the wrong cell.

    ## Example
    ```python
    # %% tags=["load"]
    rows = [(1, 0), (2, 1)]
    # %% tags=["train"]
    model = dict(rows)
    # %% tags=["evaluate"]
    accuracy = sum(model[x] == y for x, y in rows) / len(rows)
    # %% tags=["features"]
    doubled = [(x, model[x]) for x, _ in rows]
    ```

    ## Use instead
    ```python
    # %% tags=["load"]
    rows = [(1, 0), (2, 1)]
    # %% tags=["features"]
    doubled = [(x, 2 * x) for x, _ in rows]
    # %% tags=["train"]
    model = dict(rows)
    # %% tags=["evaluate"]
    accuracy = sum(model[x] == y for x, y in rows) / len(rows)
    ```
    """

    code = "NBT006"
    name = "role-against-dataflow"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.ROLE

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first such need of each cell."""
        stages = [stage for stage in map(_stage, context.cells) if stage is not None]
        if stages == sorted(stages):
            return
        for cell in context.cells:
            stage = _stage(cell)
            if stage is None or stage == len(_STAGES) - 1:
                continue
            for need in context.flow.sources(cell.number).values():
                source = _later(context, need, stage)
                if source is not None:
                    yield self._finding(context, cell, need, source)
                    break

    def _finding(self, context: Context, cell: Cell, need: Need, source: Cell) -> Diagnostic:
        own, other = (_STAGES[_stage(one) or 0] for one in (cell, source))
        return self.found(
            context,
            cell.number,
            need.span,
            f"This `{own}` cell needs `{need.name}` of cell {source.number}, which is tagged "
            f"`{other}` and comes later in production.",
            hint="Look at both tags: one of them is on the wrong cell, or the cell does two things.",
            subject=need.name,
        )


def _stage(cell: Cell) -> int | None:
    """Return the last stage that a cell belongs to."""
    if len(cell.roles) <= 1:
        return _ORDER.get(cell.roles[0]) if cell.roles else None
    return max([_ORDER[role] for role in cell.roles if role in _ORDER], default=None)


def _later(context: Context, need: Need, stage: int) -> Cell | None:
    if need.is_import or need.via or len(need.cells) != 1:
        return None
    source = context.notebook.cell(need.cells[0])
    other = _stage(source)
    is_function = any(
        one.event.body is not None
        for one in context.session.definitions
        if one.name == need.name and one.cell == source.number
    )
    if other is None or other <= stage or is_function:
        return None
    return source if _STAGES[other] in (Role.TRAIN, Role.EVALUATE) else None
