"""Errors that a user can cause, as fields that the command line formats."""

from typing import NamedTuple


class Place(NamedTuple):
    """Somewhere in a notebook: every number is 1-based, as JupyterLab shows it.

    Attributes:
        notebook: Path of the notebook as the user gave it.
        cell: Position among all cells of the notebook.
        line: Line within the cell's source.
        column: Column within that line, in characters.
        end_line: Last line of the place, inclusive.
        end_column: Column after the last character of the place.
        source_line: Text of ``line``, for the caret under it.
    """

    notebook: str
    cell: int | None = None
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    source_line: str | None = None

    def __str__(self) -> str:
        """Write the place as ``path:cell 3:2:5``, leaving out what is unknown."""
        text = self.notebook
        if self.cell is not None:
            text += f":cell {self.cell}"
        if self.line is not None:
            text += f":{self.line}"
        if self.column is not None:
            text += f":{self.column}"
        return text


class Nb2prodError(Exception):
    """A fault that the user can understand and mend.

    Attributes:
        what: What happened, in one sentence.
        place: Where, if it has a place in a notebook.
        why: Why it matters in production, or the evidence.
        hint: The next step.
        exit_code: What the process returns: 1 findings or a failed gate, 2 usage or environment.
    """

    exit_code = 2

    def __init__(
        self,
        what: str,
        *,
        place: Place | None = None,
        why: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.place = place
        self.why = why
        self.hint = hint


class UsageError(Nb2prodError):
    """The command was given something that it cannot take (exit 2)."""


class EnvironmentFault(Nb2prodError):
    """The machine lacks something: a package, a kernel, a file, space, a permission (exit 2)."""


class NotebookFault(Nb2prodError):
    """The file is no notebook that can be read (exit 2)."""


class ExecutionFailed(Nb2prodError):
    """The notebook, or a script made from it, raised or timed out (exit 2)."""


class ArtifactFault(Nb2prodError):
    """A stored version is incomplete or was changed after it was written (exit 2)."""
