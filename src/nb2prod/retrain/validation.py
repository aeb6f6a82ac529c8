"""What is new in a raw table, against the one that a version was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Weight(StrEnum):
    """How much a finding weighs: only an error keeps a retraining from being done."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is new.

    Attributes:
        what: ``gone``, ``new``, ``retyped``, ``nulls``, ``categories``, ``range`` or ``rows`` of the table; ``data``,
            ``packages`` or ``script`` of what goes in.
        weight: How much it weighs.
        column: The column, or None where it is about the whole.
        message: What was found, in one sentence.
    """

    what: str
    weight: Weight
    column: str | None
    message: str

    def as_json(self) -> dict[str, Any]:
        """Return the JSON-native form."""
        return {
            "what": self.what,
            "weight": self.weight.value,
            "column": self.column,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Validation:
    """Everything that is new.

    Attributes:
        against: The version that the data are compared with.
        rows: Rows of the new table, or None where it was not read.
        rows_before: Rows of the version's, or None where it keeps no reference.
        findings: What is new, the heaviest first.
    """

    against: str
    rows: int | None
    rows_before: int | None
    findings: Sequence[Finding]

    @property
    def is_fit(self) -> bool:
        """Tell whether the version's code may be trained on the table."""
        return not self._count(Weight.ERROR)

    def said(self) -> str:
        """Return the outcome in one line."""
        counts = [
            f"{count} {weight.value}{'s' if count != 1 and weight is not Weight.INFO else ''}"
            for weight in Weight
            if (count := self._count(weight))
        ]
        rows = f"{self.rows} rows" + (
            "" if self.rows_before is None else f" ({self.against} had {self.rows_before})"
        )
        return f"{rows}; {', '.join(counts) or 'nothing new'}"

    def as_json(self) -> dict[str, Any]:
        """Return what the command prints with ``--format json``."""
        return {
            "against": self.against,
            "rows": self.rows,
            "rows_before": self.rows_before,
            "findings": [finding.as_json() for finding in self.findings],
        }

    def _count(self, weight: Weight) -> int:
        return sum(finding.weight is weight for finding in self.findings)
