"""Which names each cell needs, and from where."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from nb2prod.notebook.model import Notebook
from nb2prod.notebook.parsing import Span
from nb2prod.notebook.session import Session, Use, play


class Need(NamedTuple):
    """A name that a cell needs from before.

    Attributes:
        name: The name.
        cell: Number of the cell with its last definition before the use, or None when there is
            none.
        cells: All cells whose definition the use may find, the last first.
        changed_in: Cells other than the needing one that changed the object in place between its
            definition and the use.
        via: Functions, outermost first, in which the name is read; empty when the cell reads it
            itself.
        span: The first use in the needing cell, or the call that leads to it.
        is_import: Whether every definition is an import.
    """

    name: str
    cell: int | None
    cells: tuple[int, ...]
    changed_in: tuple[int, ...]
    via: tuple[str, ...]
    span: Span
    is_import: bool


class Dataflow:
    """Names between cells, as a clean top-to-bottom run has them.

    Attributes:
        session: The played notebook, with every use, definition and mutation by place.
    """

    __slots__ = ("_binds", "_mutates", "_needs", "session")

    def __init__(
        self,
        session: Session,
        needs: Mapping[int, Mapping[str, Need]],
        binds: Mapping[int, frozenset[str]],
        mutates: Mapping[int, frozenset[str]],
    ) -> None:
        self.session = session
        self._needs = needs
        self._binds = binds
        self._mutates = mutates

    def needs(self, cell: int) -> dict[str, int | None]:
        """Return the names that a cell needs from before, each with its last defining cell.

        Names that called functions need are included. None stands for a name without any definition
        before the cell, which is undefined or comes from a star import.
        """
        return {name: need.cell for name, need in self._needs.get(cell, {}).items()}

    def sources(self, cell: int) -> Mapping[str, Need]:
        """Return the same names with all that is known about each."""
        return self._needs.get(cell, {})

    def binds(self, cell: int) -> frozenset[str]:
        """Return the names that a cell binds."""
        return self._binds.get(cell, frozenset())

    def mutates(self, cell: int) -> frozenset[str]:
        """Return the names whose objects a cell changes in place."""
        return self._mutates.get(cell, frozenset())


def dataflow(notebook: Notebook) -> Dataflow:
    """Find which names go from which cell to which."""
    return dataflow_of(play(notebook))


def dataflow_of(session: Session) -> Dataflow:
    """Find which names go from which cell to which, in a notebook that was played already."""
    needs: dict[int, dict[str, Need]] = {}
    binds: dict[int, set[str]] = defaultdict(set)
    mutates: dict[int, set[str]] = defaultdict(set)
    for use in session.uses:
        others = _other_cells(use)
        if others or not use.definitions:
            found = needs.setdefault(use.cell, {})
            known = found.get(use.name)
            found[use.name] = _wider(known, use, others) if known else _need(session, use, others)
    for definition in session.definitions:
        binds[definition.cell].add(definition.name)
    for mutation in session.mutations:
        mutates[mutation.cell].add(mutation.name)
    return Dataflow(
        session,
        needs,
        {cell: frozenset(names) for cell, names in binds.items()},
        {cell: frozenset(names) for cell, names in mutates.items()},
    )


def _other_cells(use: Use) -> tuple[int, ...]:
    """Return the cells other than its own whose definition a use may find, the last first."""
    if len(use.definitions) == 1:
        cell = use.definitions[0].cell
        return (cell,) if cell != use.cell else ()
    return tuple(dict.fromkeys(one.cell for one in use.definitions if one.cell != use.cell))


def _need(session: Session, use: Use, cells: tuple[int, ...]) -> Need:
    return Need(
        name=use.name,
        cell=cells[0] if cells else None,
        cells=cells,
        changed_in=_changed_elsewhere(use),
        via=tuple(one.name for one in use.via),
        span=session.parsed[use.cell].span(use.node),
        is_import=_is_import(use),
    )


def _wider(known: Need, use: Use, cells: tuple[int, ...]) -> Need:
    """Add to a need what a later use of the name adds to where it may come from."""
    if cells == known.cells and not use.changed_in:
        return known
    cells = tuple(sorted({*known.cells, *cells}, reverse=True))
    changed_in = tuple(sorted({*known.changed_in, *_changed_elsewhere(use)}))
    if cells == known.cells and changed_in == known.changed_in:
        return known
    return known._replace(
        cell=cells[0] if cells else None,
        cells=cells,
        changed_in=changed_in,
        is_import=known.is_import and _is_import(use),
    )


def _changed_elsewhere(use: Use) -> tuple[int, ...]:
    return tuple([cell for cell in use.changed_in if cell != use.cell])


def _is_import(use: Use) -> bool:
    return bool(use.definitions) and all(one.event.is_import for one in use.definitions)
