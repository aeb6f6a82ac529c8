"""Keep what the notebook compares with the truth: that may be another answer than its model's own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.execute.recorder.instrument import Site
from nb2prod.execute.recorder.matching import Positions
from nb2prod.execute.recorder.notes import Pending
from nb2prod.execute.recorder.scoring import Scored

_KEPT = 32
"""So many comparisons are kept, the last ones: more come from a search, whose end they are."""

_COMPARED = frozenset({"frame", "series", "array", "list", "extension"})
_COMPARING = frozenset({"call", "method", "binary", "compare"})
_RELATIVE_TOLERANCE = 1e-9
"""A truth that was transformed and back is the raw column, but for its last digits."""

Key = tuple[str, tuple[str, ...]]
"""Place of an operation and the calls that led to it."""


@dataclass(frozen=True, slots=True)
class _Compared:
    positions: Mapping[str, Positions]
    operands: Mapping[str, Any]
    is_repeated: bool


class Answering:
    """Keep the operands of operations that meet values of the same rows, once there are predictions."""

    def __init__(self) -> None:
        self._kept: dict[Key, _Compared] = {}
        self._rows: set[bytes] = set()

    def meets(self, positions: Positions) -> bool:
        """Tell whether an operation met several values of just these rows."""
        return _digest(positions) in self._rows

    def note(self, site: Site, pending: Pending, path: tuple[str, ...], *, is_empty: bool) -> None:
        """Copy the operands of an operation that has two or more with the same rows.

        Args:
            site: The operation.
            pending: Its operands.
            path: The calls that led to it.
            is_empty: Whether it gave nothing, as ``print`` does: then it compared nothing.
        """
        if site.kind not in _COMPARING:
            return
        # Equal rows are not told apart by content, and what a loop gathered has no rows: only their number tells.
        found = {n.name: n for n in pending.notes if n.kind in _COMPARED and (n.length or 0) > 1}
        values = {name: note.alive() for name, note in found.items()}
        is_one_length = len({note.length for note in found.values()}) == 1
        if len(found) < 2 or not is_one_length or any(v is None for v in values.values()):
            return
        earlier = next(reversed(self._kept.values()), None)
        key = (site.key, tuple(part.partition("@")[0] for part in path))
        self._kept.pop(key, None)
        positions = {n: note.tracked.positions for n, note in found.items() if note.tracked}
        if not is_empty:
            self._rows |= {_digest(p) for p in positions.values()}
        self._kept[key] = _Compared(positions, _copies(values, earlier), bool(site.loops))
        for old in list(self._kept)[:-_KEPT]:
            del self._kept[old]

    def conclude(
        self, chosen: Scored, every: Sequence[Scored], raw: pd.DataFrame
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Say of each operand on the scored rows what it was compared with.

        Args:
            chosen: The scored predict.
            every: All predicts that were watched.
            raw: The raw table.

        Returns:
            What the compiler is told, and the values by the key that it is told with each.
        """
        scores = [s for s in every if np.array_equal(s.positions, chosen.positions)]
        rows = raw.iloc[chosen.positions]
        told: list[dict[str, Any]] = []
        values: dict[str, Any] = {}
        for (place, path), compared in self._kept.items():
            scored = [
                n for n, p in compared.positions.items() if np.array_equal(p, chosen.positions)
            ]
            if not scored:
                continue
            columns = {name: _raw_columns(value, rows) for name, value in compared.operands.items()}
            for name, value in compared.operands.items():
                key = f"{len(told)}"
                values[key] = value
                told.append(
                    {
                        "key": key,
                        "place": place,
                        "path": list(path),
                        "operand": name,
                        "is_repeated": compared.is_repeated,
                        "is_scored": name in scored,
                        "raw": columns[name],
                        "others": [other for other in columns if other != name],
                        "is_prediction": any(_is(value, s.predictions) for s in scores),
                        "is_score": any(_is_score(value, s) for s in scores),
                        "is_label": _are_labels(value, compared.operands, name),
                    }
                )
        return told, values


def _digest(positions: Positions) -> bytes:
    return hashlib.blake2b(np.asarray(positions, dtype=np.int64).tobytes()).digest()


def _copies(values: Mapping[str, Any], earlier: _Compared | None) -> dict[str, Any]:
    """Copy values; what was copied just before and is the same, as the truth of every metric, is shared."""
    known = [] if earlier is None else list(earlier.operands.values())
    made = {}
    for name, value in values.items():
        same = next((k for k in known if type(k) is type(value) and _is_identical(k, value)), None)
        made[name] = value.copy() if same is None else same
    return made


def _is_identical(one: Any, other: Any) -> bool:
    if isinstance(one, pd.DataFrame | pd.Series):
        return bool(one.equals(other))
    try:
        return len(one) == len(other) and bool(np.all(np.asarray(one) == np.asarray(other)))
    except (TypeError, ValueError):
        return False


def _raw_columns(value: Any, rows: pd.DataFrame) -> list[Any]:
    """Return the raw columns that hold the same values, row by row."""
    if isinstance(value, pd.DataFrame):
        names = [c for c in value.columns if c in rows.columns]
        same = [c for c in names if _is(value[c], rows[c])]
        return same if same and len(same) == len(value.columns) else []
    return [column for column in rows.columns if _is(value, rows[column])]


def _is(value: Any, other: Any) -> bool:
    """Tell whether two values hold the same, number by number within rounding."""
    if other is None:
        return False
    try:
        one, two = _plain(value), _plain(other)
        if one.shape != two.shape:
            return False
        if one.dtype.kind in "fc" or two.dtype.kind in "fc":
            numbers = one.astype(float), two.astype(float)
            return bool(np.allclose(*numbers, rtol=_RELATIVE_TOLERANCE, atol=0.0, equal_nan=True))
        return bool(np.all(one == two))
    except (TypeError, ValueError):
        return False


def _plain(value: Any) -> npt.NDArray[Any]:
    """Return values as an array without axes of length one."""
    made = np.asarray(value)
    if made.ndim == 2 and made.shape[1] == 1:
        made = made[:, 0]
    return made


def _is_score(value: Any, scored: Scored) -> bool:
    """Tell whether values are a model's probabilities or decisions, or a column of them."""
    for given in (scored.probabilities, scored.given):
        tables = given if isinstance(given, list) else [given]
        for table in (np.asarray(t) for t in tables if t is not None):
            if _is(value, table):
                return True
            if table.ndim == 2 and any(_is(value, column) for column in table.T):
                return True
    return False


def _are_labels(value: Any, operands: Mapping[str, Any], name: str) -> bool:
    """Tell whether values are of the kind of what they are compared with: labels, not scores of them."""
    others = [_plain(other) for key, other in operands.items() if key != name]
    try:
        mine = set(_plain(value).ravel().tolist())
        return any(mine <= set(other.ravel().tolist()) for other in others)
    except (TypeError, ValueError):
        return False
