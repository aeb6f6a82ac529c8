"""Where the saved session read another definition than a run from top to bottom does."""

from collections.abc import Iterator
from typing import NamedTuple

from nb2prod.lint.counts import are_in_order, counted, has_error
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
    saved_order = sorted(cells, key=lambda cell: cell.execution_count or 0)
    saved = play_in_order(session.notebook, session.parsed, saved_order)
    known = {_key(use): use for use in reversed(saved.uses)}
    failed = {cell.number for cell in cells if has_error(cell)}
    numbers = {cell.number for cell in cells}
    seen: set[tuple[int, str]] = set()
    for use in session.uses:
        then = known.get(_key(use))
        if then is None or (use.cell, use.name) in seen or use.cell in failed:
            continue
        found = _difference(use, then, numbers)
        if found is not None:
            seen.add((use.cell, use.name))
            yield found


def _key(use: Use) -> tuple[int, str, int]:
    return use.cell, use.name, id(use.node)


def _difference(use: Use, then: Use, numbers: set[int]) -> Divergence | None:
    """Compare what a use finds in both orders; what one of them lacks proves nothing."""
    if not use.definitions or not then.definitions:
        return None
    clean, saved = use.definitions[0], then.definitions[0]
    if clean.event.node is not saved.event.node:
        is_own = clean.cell == saved.cell
        return None if is_own else Divergence(use, saved.cell, clean.cell, is_change=False)
    if use.definitions[0].event.is_import:
        return None
    before = [cell for cell in use.changed_in if cell in numbers and cell != use.cell]
    after = [cell for cell in then.changed_in if cell != use.cell]
    extra = [cell for cell in after if cell not in before]
    lost = [cell for cell in before if cell not in after]
    if not extra and not lost:
        return None
    here = clean.cell
    return Divergence(use, extra[-1] if extra else here, lost[-1] if lost else here, is_change=True)
