"""What all rules look at, worked out at most once for each notebook."""

import ast
from collections.abc import Iterable, Iterator
from functools import cached_property

from nb2prod.lint.calls import Call
from nb2prod.lint.divergence import Divergence, divergences_of
from nb2prod.lint.environment import Environment
from nb2prod.lint.failures import Failure, failures_of
from nb2prod.lint.leakage.trace import Trace
from nb2prod.lint.leakage.tracer import trace_of
from nb2prod.lint.randomness import seeded_before
from nb2prod.lint.saved_text import texts_of
from nb2prod.lint.secrets import Secret, secrets_in_sources
from nb2prod.notebook.dataflow import Dataflow, dataflow_of
from nb2prod.notebook.model import Cell, Notebook
from nb2prod.notebook.origins import called_path, origins_of
from nb2prod.notebook.parsing import Span
from nb2prod.notebook.roles import Role
from nb2prod.notebook.session import Knowledge, Session, play

_FITTING = (".fit", "cross_val_")


class Context:
    """A notebook and what is known about it.

    Attributes:
        notebook: The notebook.
        environment: Facts about the machine, or None when nobody looked.
        requires_roles: Whether the notebook is meant for a build, whatever its tags say.
        cells: The cells that a clean run executes.
        code_cells: Those and the skipped ones.
        compiled: Numbers of the cells that are compiled.
        roles: Every role of an executed cell.
        session: The notebook played from top to bottom.
        failures: Uses of names that find nothing.
        origins: What imported names stand for.
        calls: Every call of the executed cells.
        called: The last parts of what they call.
    """

    def __init__(
        self,
        notebook: Notebook,
        environment: Environment | None = None,
        *,
        requires_roles: bool = False,
        magics: frozenset[str] = frozenset(),
    ) -> None:
        self.notebook = notebook
        self.environment = environment
        self.requires_roles = requires_roles
        self.code_cells: tuple[Cell, ...] = notebook.code_cells
        self.cells: tuple[Cell, ...] = notebook.executed_cells
        self.compiled = frozenset([cell.number for cell in self.cells if cell.roles])
        self.roles = frozenset([role for cell in self.cells for role in cell.roles])
        stars = environment.stars if environment else {}
        self.session: Session = play(notebook, Knowledge(magics, stars))
        self.failures: tuple[Failure, ...] = tuple(failures_of(self.session))
        self.origins = origins_of(self.session)
        self.calls = tuple(_calls_of(self.session, self.origins))
        self.called = frozenset([call.method for call in self.calls])

    @cached_property
    def flow(self) -> Dataflow:
        """Return the names that go between cells."""
        return dataflow_of(self.session)

    @cached_property
    def divergences(self) -> tuple[Divergence, ...]:
        """Return where the saved session read another definition than a clean run."""
        return tuple(divergences_of(self.session))

    @cached_property
    def trace(self) -> Trace | None:
        """Return what happens to data and models, or None where nothing is fitted."""
        return trace_of(self.session, self.origins) if self.mentions(_FITTING) else None

    @cached_property
    def saved(self) -> bool:
        """Say whether any cell has a count or an output of a saved run."""
        for cell in self.notebook.cells:  # noqa: SIM110 - a generator would take twice as long
            if cell.execution_count or cell.outputs:
                return True
        return False

    @cached_property
    def text(self) -> str:
        """Return the sources of all executed cells, to see quickly what cannot be in them."""
        return "\n".join([cell.source for cell in self.cells])

    @cached_property
    def seeded(self) -> dict[int, frozenset[str]]:
        """Return, by the identity of each call, which generators are seeded when it happens."""
        return seeded_before(self.calls)

    @cached_property
    def saved_texts(self) -> tuple[tuple[Cell, str], ...]:
        """Return the texts that the code cells have saved, each with its cell."""
        return tuple([(cell, text) for cell in self.code_cells for text in texts_of(cell)])

    @cached_property
    def saved_text(self) -> str:
        """Return all these texts, to see quickly what cannot be in them."""
        return "\n".join([text for _, text in self.saved_texts])

    @cached_property
    def secrets(self) -> tuple[Secret, ...]:
        """Return the secrets in the sources of the code cells."""
        return tuple(secrets_in_sources(self.code_cells))

    @cached_property
    def texts(self) -> tuple[tuple[int, ast.Constant], ...]:
        """Return every text constant of the executed cells with its cell; documentation is none."""
        return tuple(
            (cell, node)
            for cell in self.session.calls
            for node in _texts_in(self.session.parsed[cell].tree)
        )

    def with_role(self, role: Role) -> list[Cell]:
        """Return the executed cells that have a role, in document order."""
        return [cell for cell in self.cells if role in cell.roles]

    def span(self, cell: int, node: ast.AST) -> Span:
        """Return where a node of a cell's tree stands."""
        return self.session.parsed[cell].span(node)

    def mentions(self, words: Iterable[str]) -> bool:
        """Say whether any executed cell holds one of these texts."""
        return mentioned(words, self.text)

    def calls_in(self, cells: frozenset[int]) -> Iterator[Call]:
        """Yield the calls of some cells."""
        return (call for call in self.calls if call.cell in cells)


def mentioned(words: Iterable[str], text: str) -> bool:
    """Say whether a text holds one of some words."""
    for word in words:  # noqa: SIM110 - a generator would double the time of the rules
        if word in text:
            return True
    return False


def _calls_of(session: Session, origins: dict[str, str]) -> Iterator[Call]:
    for cell, calls in session.calls.items():
        for owner, node in calls:
            path = called_path(node, origins)
            yield Call(cell, owner, node, path, path.rpartition(".")[2])


def _texts_in(tree: ast.Module | None) -> Iterator[ast.Constant]:
    pending: list[ast.AST] = [tree] if tree is not None else []
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            pending += reversed(list(ast.iter_child_nodes(node)))


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
