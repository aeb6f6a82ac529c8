"""A version's ``schema.json``: what one raw record looks like, from the data really seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .faults import ArtifactError

SCHEMA_FORMAT = 1
"""Format of ``schema.json``.

Raise it by one when a reader of the old format would accept or build other records than the new
one means: a kind or key that changes its meaning. A new kind needs a bump too, since old readers
cannot check it.
"""

KINDS = frozenset({"category", "number", "integer", "boolean", "text", "datetime", "mixed"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the raw table.

    Attributes:
        name: Its name, which is also the name of a record's field.
        dtype: The pandas dtype that it had in the notebook, as text.
        kind: What its values are, one of ``KINDS``.
        nullable: Whether training saw nulls.
        categories: The distinct texts or booleans where there are few, else None; for the
            categorical dtype all its categories, in order.
        minimum: Smallest number or datetime (ISO text), or None.
        maximum: Largest number or datetime (ISO text), or None.
        examples: Up to three values that occurred.
        ordered: Whether a categorical dtype is ordered.
        null: What a null is in an ``object`` column: ``nan`` or ``none``.
    """

    name: str
    dtype: str
    kind: str
    nullable: bool
    categories: tuple[object, ...] | None = None
    minimum: object = None
    maximum: object = None
    examples: tuple[object, ...] = ()
    ordered: bool = False
    null: str = "nan"

    def to_mapping(self) -> dict[str, object]:
        """Return the JSON-native form; keys at their default are left out where optional."""
        mapping: dict[str, object] = {
            "name": self.name,
            "dtype": self.dtype,
            "kind": self.kind,
            "nullable": self.nullable,
            "categories": None if self.categories is None else list(self.categories),
            "minimum": self.minimum,
            "maximum": self.maximum,
            "examples": list(self.examples),
        }
        if self.ordered:
            mapping["ordered"] = True
        if self.null != "nan":
            mapping["null"] = self.null
        return mapping


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of a raw record in the table's order, and the target, which it does not hold."""

    columns: tuple[Column, ...]
    target: tuple[Column, ...]

    def to_mapping(self) -> dict[str, object]:
        """Return the content of ``schema.json``."""
        return {
            "format": SCHEMA_FORMAT,
            "columns": [column.to_mapping() for column in self.columns],
            "target": [column.to_mapping() for column in self.target],
        }

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> "Schema":
        """Read the content of ``schema.json``.

        Raises:
            ArtifactError: It is of another format, or lacks something.
        """
        if mapping.get("format") != SCHEMA_FORMAT:
            raise ArtifactError(
                f"schema.json is not of format {SCHEMA_FORMAT}",
                hint="use the release of nb2prod that wrote it, or build the version again",
            )
        try:
            return cls(_columns(mapping["columns"]), _columns(mapping["target"]))
        except (AttributeError, KeyError, TypeError) as error:
            raise ArtifactError(f"schema.json lacks an entry: {error}") from error

    def example(self) -> dict[str, object]:
        """Return one plausible record: each column's first example, else null."""
        return {
            column.name: column.examples[0] if column.examples else None for column in self.columns
        }


def _columns(entries: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    columns = tuple(_column(entry) for entry in entries)
    unknown = sorted({column.kind for column in columns} - KINDS)
    if unknown:
        raise ArtifactError(f"schema.json has kinds that are not known here: {unknown}")
    return columns


def _column(entry: Mapping[str, Any]) -> Column:
    categories = entry["categories"]
    return Column(
        name=entry["name"],
        dtype=entry["dtype"],
        kind=entry["kind"],
        nullable=entry["nullable"],
        categories=None if categories is None else tuple(categories),
        minimum=entry["minimum"],
        maximum=entry["maximum"],
        examples=tuple(entry["examples"]),
        ordered=entry.get("ordered", False),
        null=entry.get("null", "nan"),
    )
