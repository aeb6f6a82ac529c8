"""One finding about a notebook, as lint and compile both report it."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: an error stops a build."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Diagnostic:
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

    def as_json(self) -> dict[str, object]:
        """Return the fields as the JSON report holds them."""
        return asdict(self)
