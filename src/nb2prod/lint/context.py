"""What all rules look at, worked out once for each notebook."""

from typing import NamedTuple

from nb2prod.lint.environment import Environment
from nb2prod.lint.failures import Failure, failures_of
from nb2prod.notebook.dataflow import Dataflow, dataflow_of
from nb2prod.notebook.model import Cell, Notebook
from nb2prod.notebook.parsing import Span
from nb2prod.notebook.session import Session, play


class Context(NamedTuple):
    """A notebook and what is known about it.

    Attributes:
        notebook: The notebook.
        environment: Facts about the machine, or None when nobody looked.
        requires_roles: Whether the notebook is meant for a build, whatever its tags say.
        session: The notebook played from top to bottom.
        flow: Names between cells.
        failures: Uses of names that find nothing.
    """

    notebook: Notebook
    environment: Environment | None
    requires_roles: bool
    session: Session
    flow: Dataflow
    failures: tuple[Failure, ...]

    @property
    def has_roles(self) -> bool:
        """Say whether any cell is compiled."""
        return any(cell.is_compiled for cell in self.notebook.cells)


def context_of(
    notebook: Notebook, environment: Environment | None, *, requires_roles: bool
) -> Context:
    """Work out what rules need to know."""
    session = play(notebook)
    return Context(
        notebook,
        environment,
        requires_roles,
        session,
        dataflow_of(session),
        tuple(failures_of(session)),
    )


def line_span(cell: Cell, line: int) -> Span:
    """Return the span of one whole line of a cell, without its indentation."""
    text = cell.source.split("\n")[line - 1]
    start = len(text) - len(text.lstrip()) + 1
    return Span(line, start, line, max(len(text.rstrip()), start) + 1)


def first_line_span(cell: Cell) -> Span:
    """Return the span of a cell's first line that holds something."""
    lines = cell.source.split("\n")
    number = next((index for index, text in enumerate(lines, 1) if text.strip()), 1)
    return line_span(cell, number)
