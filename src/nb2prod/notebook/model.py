"""A notebook as frozen data: what every later step reads."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from nb2prod.errors import Place
from nb2prod.notebook.roles import Role

# Reading a member off its class takes as long as a call of a function.
_SKIP = Role.SKIP

CellKind = Literal["code", "markdown", "raw"]


class Cell(NamedTuple):
    """One cell as the file holds it.

    Attributes:
        number: 1-based position among all cells, as JupyterLab's status bar shows it.
        id: nbformat's cell id, where the notebook has them.
        kind: What the cell holds.
        source: Its text; newlines end its lines, whatever the file had.
        tags: Its tags, in the file's order.
        roles: What nb2prod reads in those tags.
        execution_count: The ``In [n]`` number of the saved session.
        outputs: The saved outputs as nbformat stores them.
    """

    number: int
    id: str | None
    kind: CellKind
    source: str
    tags: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    execution_count: int | None = None
    outputs: tuple[Mapping[str, object], ...] = ()

    @property
    def is_skipped(self) -> bool:
        """Say whether the cell is neither executed nor compiled."""
        return _SKIP in self.roles

    @property
    def is_executed(self) -> bool:
        """Say whether a clean run executes the cell."""
        return self.kind == "code" and _SKIP not in self.roles

    @property
    def is_compiled(self) -> bool:
        """Say whether the cell becomes part of the training script or the service."""
        return bool(self.roles) and self.kind == "code" and _SKIP not in self.roles


class Notebook(NamedTuple):
    """A notebook as the file holds it.

    Attributes:
        path: Where it was read from, as the user gave it.
        cells: All cells in document order.
        language: The kernel's language; ``python`` where the file does not say.
        kernel: Name of the kernelspec, or None.
        nbformat: Major version of the file's format, 3 or 4.
        metadata: The notebook's own metadata.
    """

    path: str
    cells: tuple[Cell, ...]
    language: str
    kernel: str | None
    nbformat: int
    metadata: Mapping[str, object]

    @property
    def code_cells(self) -> tuple[Cell, ...]:
        """Return the cells that hold code, skipped ones included."""
        return tuple([cell for cell in self.cells if cell.kind == "code"])

    @property
    def executed_cells(self) -> tuple[Cell, ...]:
        """Return the cells that a clean run executes."""
        return tuple([cell for cell in self.cells if cell.is_executed])

    def cell(self, number: int) -> Cell:
        """Return the cell at a 1-based position.

        Raises:
            IndexError: If the notebook has no such cell.
        """
        if not 1 <= number <= len(self.cells):
            raise IndexError(number)
        return self.cells[number - 1]

    def with_role(self, role: Role) -> tuple[Cell, ...]:
        """Return the executed cells that have a role, in document order."""
        return tuple(cell for cell in self.executed_cells if role in cell.roles)

    def place(
        self,
        cell: int,
        line: int | None = None,
        column: int | None = None,
        end_line: int | None = None,
        end_column: int | None = None,
    ) -> Place:
        """Return a place in this notebook, with the text of its first line."""
        text = None
        if line is not None:
            lines = self.cell(cell).source.split("\n")
            text = lines[line - 1] if 0 < line <= len(lines) else None
        return Place(self.path, cell, line, column, end_line, end_column, text)
