"""Where the saved session read another definition than a run from top to bottom does."""

from collections.abc import Iterator
from typing import NamedTuple

from nb2prod.lint.counts import are_in_order, counted, has_error
from nb2prod.notebook.model import Cell
from nb2prod.notebook.session import Session, Use, play_in_order


class Divergence(NamedTuple):
    """One use that depends on the order in which cells ran.

    Attributes:
        use: The use, as a clean run has it.
        saved: The cell whose definition or change the saved session read.
        clean: The cell whose definition or change a clean run reads.
        is_change: Whether it is about a change in place, not a binding.
    """

    use: Use
    saved: int
    clean: int
    is_change: bool


def divergences_of(session: Session) -> Iterator[Divergence]:
    """Yield the first divergent use of each name in each cell, in document order."""
    cells = counted(session.notebook)
    counts = [cell.execution_count or 0 for cell in cells]
    if are_in_order(cells) or len(set(counts)) < len(counts):
        # Equal counts come from two sessions, about whose order nothing is known.
        return
    saved = play_in_order(session.notebook, session.parsed, saved_order(cells))
    known = {_key(use): use for use in saved.uses}
    failed = {cell.number for cell in cells if has_error(cell)}
    numbers = {cell.number for cell in cells}
    shown = _shown(cells, saved)
    seen: set[tuple[int, str]] = set()
    for use in session.uses:
        then = known.get(_key(use))
        if then is None or (use.cell, use.name) in seen or use.cell in failed:
            continue
        found = _difference(use, then, numbers) if use.cell in shown else None
        if found is not None:
            seen.add((use.cell, use.name))
            yield found


def saved_order(cells: list[Cell]) -> list[Cell]:
    """Return cells in the order in which they ran, earlier runs of a cell included.

    Jupyter keeps only the last count of a cell. Where a number is missing just where a cell that
    ran late would have run first, it did run there, too.

    Args:
        cells: The cells that have counts, in document order.
    """
    runs = [(cell.execution_count or 0, cell) for cell in cells]
    taken = {count for count, _ in runs}
    for place, (count, cell) in enumerate(list(runs)):
        after = [other for other, _ in runs[place + 1 : len(cells)]]
        if not after or count < min(after):
            continue
        before = [other for other, _ in runs[:place] if other < min(after)]
        first = next(
            (n for n in range(max(before, default=0) + 1, min(after)) if n not in taken), None
        )
        if first is not None:
            taken.add(first)
            runs.append((first, cell))
    return [cell for _, cell in sorted(runs, key=lambda run: run[0])]


def _key(use: Use) -> tuple[int, str, int]:
    return use.cell, use.name, id(use.node)


def _shown(cells: list[Cell], saved: Session) -> set[int]:
    """Return the cells whose result a saved output shows, by themselves or through others."""
    shown = {cell.number for cell in cells if cell.outputs}
    if not shown:
        # Outputs were taken away: any of them may have been shown.
        return {cell.number for cell in cells}
    last = {cell.number: cell.execution_count or 0 for cell in cells}
    for use in reversed(saved.uses):
        if use.cell in shown:
            shown.update(one.cell for one in use.definitions if last[one.cell] < last[use.cell])
    return shown


def _difference(use: Use, then: Use, numbers: set[int]) -> Divergence | None:
    """Compare what a use finds in both orders; what one of them lacks proves nothing."""
    if not use.definitions or not then.definitions:
        return None
    clean, saved = use.definitions[0], then.definitions[0]
    if clean.event.is_import and saved.event.is_import:
        return None
    if clean.event.node is not saved.event.node:
        if clean.cell == saved.cell:
            return None
        return Divergence(use, saved.cell, clean.cell, is_change=False)
    before = {cell for cell in use.changed_in if cell in numbers and cell != use.cell}
    after = {cell for cell in then.changed_in if cell != use.cell}
    if before == after:
        return None
    extra, lost = sorted(after - before), sorted(before - after)
    return Divergence(
        use,
        extra[-1] if extra else clean.cell,
        lost[-1] if lost else clean.cell,
        is_change=True,
    )
