"""What execution counts prove about the saved session."""

import itertools
from collections.abc import Iterator

from nb2prod.notebook.model import Cell, Notebook
from nb2prod.notebook.session import Session


def ran_well(cell: Cell) -> bool:
    """Say whether a cell's saved state shows a run without an error."""
    return bool(cell.execution_count) and not has_error(cell)


def has_error(cell: Cell) -> bool:
    """Say whether a cell's saved outputs hold an error."""
    return any(output.get("output_type") == "error" for output in cell.outputs)


def counted(notebook: Notebook) -> list[Cell]:
    """Return the executed cells that have a count, in document order."""
    return [cell for cell in notebook.executed_cells if cell.execution_count]


def are_in_order(cells: list[Cell]) -> bool:
    """Say whether counts only grow from top to bottom."""
    counts = [cell.execution_count or 0 for cell in cells]
    return all(first < second for first, second in itertools.pairwise(counts))


def proofs_of_second_runs(session: Session) -> Iterator[tuple[int, int, str]]:
    """Yield cells that were run again: the cell, the cell that proves it, and the name.

    A cell that only this cell supplies with a name ran before this cell's last run, so there was an
    earlier run.
    """
    notebook = session.notebook
    if are_in_order(counted(notebook)):
        return
    seen: set[int] = set()
    for use in session.uses:
        sources = {one.cell for one in use.definitions}
        if len(sources) != 1 or use.cell in sources or not sources.isdisjoint(seen):
            continue
        (source,) = sources
        maker, reader = notebook.cell(source), notebook.cell(use.cell)
        if ran_well(reader) and (maker.execution_count or 0) > (reader.execution_count or 0):
            seen.add(source)
            yield source, use.cell, use.name
