"""One finding about a notebook, as lint and compile both report it.

What is defined here are named tuples: importing `dataclasses` takes longer than linting a notebook.
"""

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How much a finding weighs: an error stops a build."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Edit(NamedTuple):
    """A stretch of a cell and the text that replaces it; columns in characters, the end exclusive."""

    cell: int
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class Fix(NamedTuple):
    """How a finding can be mended without a person.

    Attributes:
        edits: Changes of sources.
        tags: Changes of tags: cell, old tag, new tag.
        is_safe: Whether what the notebook computes surely stays what it was meant to be.
    """

    edits: tuple[Edit, ...] = ()
    tags: tuple[tuple[int, str, str], ...] = ()
    is_safe: bool = True


class Diagnostic(NamedTuple):
    """A finding with its place; every number is 1-based, as JupyterLab shows it.

    Attributes:
        code: Rule code such as ``NBH001``; compile refusals are ``NBC`` codes.
        name: The rule's name in words, ``undefined-name``.
        severity: Error, warning or info.
        message: What was found and why it matters.
        hint: The next step, or None.
        subject: The name, column, tag or parameter concerned, or None.
        cell: Position among all cells.
        cell_id: nbformat's cell id, where the notebook has them.
        line: First line within the cell.
        column: First column.
        end_line: Last line.
        end_column: Column after the last character.
        fixable: Whether ``lint --fix`` can mend it.
        fix: How; no part of the report.
    """

    code: str
    name: str
    severity: Severity
    message: str
    hint: str | None = None
    subject: str | None = None
    cell: int | None = None
    cell_id: str | None = None
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    fixable: bool = False
    fix: Fix | None = None

    def as_json(self) -> dict[str, object]:
        """Return the fields as the JSON report holds them."""
        return {name: value for name, value in self._asdict().items() if name != "fix"}
