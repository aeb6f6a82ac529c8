"""The dataflow of a notebook's tagged cells, ready to be drawn."""

from __future__ import annotations

from markupsafe import Markup

from nb2prod.notebook import Cell, Dataflow, Notebook, Role, dataflow
from nb2prod.report.drawing.flow import Arc, Box, flow

_MOST_NAMES = 6


def drawn_flow(notebook: Notebook) -> Markup | None:
    """Return which tagged cell hands which names to which; None where fewer than two cells are tagged."""
    cells = [cell for cell in notebook.cells if cell.is_compiled]
    if len(cells) < 2:
        return None
    found = dataflow(notebook)
    numbers = {cell.number for cell in cells}
    arcs: dict[tuple[int, int], list[str]] = {}
    for cell in cells:
        for name, need in found.sources(cell.number).items():
            # The last tagged cell that bound the name or changed what it stands for.
            sources = numbers & {*need.cells[:1], *need.changed_in}
            earlier = [one for one in sources if one < cell.number]
            if earlier and not need.is_import:
                arcs.setdefault((max(earlier), cell.number), []).append(name)
    return flow(
        [_box(cell, found) for cell in cells],
        [Arc(source, target, tuple(sorted(names))) for (source, target), names in arcs.items()],
    )


def _box(cell: Cell, found: Dataflow) -> Box:
    reads = sorted(name for name, need in found.sources(cell.number).items() if not need.is_import)
    binds = sorted(found.binds(cell.number))
    changes = sorted(found.mutates(cell.number) - set(binds))
    parts = [
        f"{word} {_listed(names)}"
        for word, names in (("reads", reads), ("binds", binds), ("changes", changes))
        if names
    ]
    if not reads and all(role is Role.IMPORTS for role in cell.roles):
        parts = [f"{len(binds)} names"]
    return Box(cell.number, ", ".join(role.value for role in cell.roles), "; ".join(parts))


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
