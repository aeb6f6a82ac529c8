"""The rows that a version keeps for its gates: what was held out, and digests of what may have been trained on."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.errors import ArtifactFault
from nb2prod.runtime.frames import to_records
from nb2prod.runtime.profile import whole_moments
from nb2prod.runtime.schema import Schema

HELD_OUT_NAME = "held_out.json.gz"
TRAINED_NAME = "trained_rows.npy"
ROWS_FORMAT = 1
"""Format of both files; raise it when rows are digested in another way, so that digests are never compared across."""

MOST_ROWS = 20_000
"""At most so many held-out rows are kept: enough to tell half a point of accuracy."""

Digests = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Held-out rows of a version.

    Attributes:
        records: Raw records.
        truth: The target's values, JSON-native, or None where the raw table does not hold what the model was fitted
            to, or there are several targets.
        digests: Digest of each row.
        trained: Digests of the rows that may have been trained on, sorted.
        columns: The columns that digests are taken of.
        scored: How many rows the notebook scored; more than there are records where only a sample was kept.
    """

    records: Sequence[Mapping[str, Any]]
    truth: Sequence[Any] | None
    digests: Digests
    trained: Digests
    columns: tuple[str, ...]
    scored: int


def row_digests(frame: pd.DataFrame) -> Digests:
    """Return a digest of each row, the same whatever the columns' order and whether numbers are whole or not."""
    plain = {str(name): _plain(frame[name]) for name in sorted(frame.columns, key=str)}
    hashed = pd.util.hash_pandas_object(pd.DataFrame(plain), index=False)
    return np.asarray(hashed, dtype=np.uint64)


def write_rows(
    folder: Path,
    raw: pd.DataFrame,
    schema: Schema,
    scored: Sequence[int],
    *,
    is_held_out: bool,
    is_fitted_target: bool,
) -> None:
    """Write the rows of a version; the same table gives the same bytes.

    Args:
        folder: The version's folder.
        raw: The raw table.
        schema: Its description.
        scored: Positions of the rows that the notebook scored.
        is_held_out: Whether the model was fitted on none of them.
        is_fitted_target: Whether the model was fitted to the target's raw values.
    """
    positions = np.unique(np.asarray(scored, dtype=np.int64))
    if len(positions) > MOST_ROWS:
        kept = np.linspace(0, len(positions) - 1, MOST_ROWS).astype(np.int64)
        chosen = positions[kept]
    else:
        chosen = positions
    every = row_digests(raw)
    # A row that was not scored may have been fitted on, in whatever way the notebook got there.
    trained = np.delete(every, positions) if is_held_out else every
    rows = raw.iloc[chosen].reset_index(drop=True)
    whole = Schema((*schema.columns, *schema.target), ())
    content = {
        "format": ROWS_FORMAT,
        "scored": len(positions),
        "columns": sorted(map(str, raw.columns)),
        "target": [column.name for column in schema.target] if is_fitted_target else None,
        "digests": [format(digest, "016x") for digest in every[chosen]],
        "rows": to_records(whole, rows),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    (folder / HELD_OUT_NAME).write_bytes(gzip.compress(text.encode(), mtime=0))
    with (folder / TRAINED_NAME).open("wb") as stream:
        np.save(stream, np.unique(trained), allow_pickle=False)


def read_rows(folder: Path) -> HeldOut | None:
    """Read the rows of a version; None for a version that keeps none.

    Raises:
        ArtifactFault: They are of another format.
    """
    path = folder / HELD_OUT_NAME
    if not path.is_file():
        return None
    content = json.loads(gzip.decompress(path.read_bytes()))
    if content["format"] != ROWS_FORMAT:
        raise ArtifactFault(
            f"{HELD_OUT_NAME} of {folder.name} is of format {content['format']}, not {ROWS_FORMAT}",
            hint="build the version again with this release",
        )
    trained = np.load(io.BytesIO((folder / TRAINED_NAME).read_bytes()), allow_pickle=False)
    target, rows = content["target"], content["rows"]
    truth = [row[target[0]] for row in rows] if target is not None and len(target) == 1 else None
    return HeldOut(
        records=rows,
        truth=truth,
        digests=np.array([int(digest, 16) for digest in content["digests"]], dtype=np.uint64),
        trained=trained,
        columns=tuple(content["columns"]),
        scored=content["scored"],
    )


def _plain(column: pd.Series[Any]) -> Any:
    """Return a column in the one form that digests are taken of: numbers, or texts with nulls as empty."""
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return whole_moments(column).to_numpy(dtype=np.float64, na_value=np.nan)
    nulls = column.isna().to_numpy()
    texts = column.astype(object).map(str).to_numpy(object)
    texts[nulls] = ""
    return texts
