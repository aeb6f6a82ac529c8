"""What of a version is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nb2prod.runtime.manifest import Manifest
from nb2prod.runtime.schema import Schema

KEPT_ENTRIES = 1000
"""How many entries of a list or table a version's ``fitted.json`` keeps."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One value that training froze.

    Attributes:
        name: Its name in the fitted state; what an object learned follows after a dot.
        value: The value as JSON has it.
        cell: Cell of the notebook's expression, where it is known.
        line: Line within the cell.
        expression: The notebook's expression; empty where the notebook has none.
    """

    name: str
    value: Any
    cell: int | None = None
    line: int | None = None
    expression: str = ""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """The fitted model.

    Attributes:
        kind: Qualified name of its class.
        parameters: Its hyperparameters as JSON values, those of its parts included.
    """

    kind: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version, read and verified.

    Attributes:
        manifest: Its facts and digests.
        schema: What a raw record looks like.
        fitted: What training froze.
        code: The text of each module by file name.
        locks: Versions of packages, by lock and package.
        model: The fitted model, or None where it could not be opened.
        unopened: Why the model could not be opened; empty where it was.
    """

    manifest: Manifest
    schema: Schema
    fitted: tuple[Entry, ...]
    code: Mapping[str, str]
    locks: Mapping[str, Mapping[str, str]]
    model: ModelFacts | None = None
    unopened: str = ""
