"""A version's ``reference.json``: the distributions of the table that it was built from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nb2prod.artifact.rows import row_digests
from nb2prod.runtime.digests import canonical_json
from nb2prod.runtime.profile import PROFILE_FORMAT, ColumnProfile, profile_column
from nb2prod.runtime.schema import Schema

REFERENCE_NAME = "reference.json"


@dataclass(frozen=True, slots=True)
class Reference:
    """The table that a version was built from.

    Attributes:
        rows: Its rows.
        duplicates: Rows that repeat an earlier one.
        columns: Its columns, without the target.
        target: The target.
    """

    rows: int
    duplicates: int
    columns: tuple[ColumnProfile, ...]
    target: tuple[ColumnProfile, ...]


def write_reference(folder: Path, raw: pd.DataFrame, schema: Schema) -> None:
    """Write the distributions of the raw table."""
    digests = row_digests(raw)
    content = {
        "format": PROFILE_FORMAT,
        "rows": len(raw),
        "duplicates": len(digests) - len(np.unique(digests)),
        "columns": [profile_column(c, raw[c.name]).to_mapping() for c in schema.columns],
        "target": [profile_column(c, raw[c.name]).to_mapping() for c in schema.target],
    }
    (folder / REFERENCE_NAME).write_text(canonical_json(content), encoding="utf-8")


def read_reference(folder: Path) -> Reference | None:
    """Read the distributions of a version; None for a version that keeps none, or keeps them in another format."""
    path = folder / REFERENCE_NAME
    if not path.is_file():
        return None
    content: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if content["format"] != PROFILE_FORMAT:
        return None
    return Reference(
        rows=content["rows"],
        duplicates=content["duplicates"],
        columns=tuple(map(ColumnProfile.from_mapping, content["columns"])),
        target=tuple(map(ColumnProfile.from_mapping, content["target"])),
    )
