"""Keep some rows of the parts that a split hands out, as they are before the notebook goes on with each on its own.

Features made after the split may rightly differ between the parts, as by ``fit_transform`` and ``transform``; what was
made before it is the same for all rows. So rows of one part show what the version must make of them up to there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from nb2prod.execute.recorder.instrument import Site
from nb2prod.execute.recorder.rows import RowTable
from nb2prod.execute.recorder.values import kind_of, take
from nb2prod.notebook.recording import place_key

PART_ROWS = 5_000
"""At most so many rows of a part are kept."""
_MOST_ARRAYS = 3
"""Arrays have no names: among more than train, test and validation, some may be targets."""


class Partings:
    """Watch the calls that bind several names.

    Args:
        statements: The statements of the tagged cells, each with its cell's number.
    """

    def __init__(self, statements: Iterable[tuple[int, ast.stmt]] = ()) -> None:
        self._names = dict(_calls_with_names(statements))
        self.kept: list[Mapping[str, Any]] = []

    def note(self, value: Any, site: Site, rows: RowTable) -> None:
        """Keep rows of a call's parts, where the call binds a name for each and has not run before.

        Args:
            value: What the call returned.
            site: The call.
            rows: Where the rows of living values come from.
        """
        names = self._names.pop(site.key, ())
        if not isinstance(value, list | tuple) or len(value) != len(names):
            return
        parts = [pair for pair in zip(names, value, strict=True) if _shape(pair[1]) is not None]
        for shape, found in groupby(sorted(parts, key=_order), key=_order):
            self._keep(list(found), rows, is_array=shape.startswith("array"))

    def _keep(self, parts: Sequence[tuple[str, Any]], rows: RowTable, *, is_array: bool) -> None:
        if len(parts) < 2 or (is_array and len(parts) > _MOST_ARRAYS):
            return
        for _, part in parts:
            tracked = rows.find(part)
            if tracked is None:
                continue
            count = min(len(tracked.positions), PART_ROWS)
            offsets = np.linspace(0, len(tracked.positions) - 1, count).astype(np.int64)
            table, positions = take(part, kind_of(part), offsets), tracked.positions[offsets]
            names = [name for name, other in parts if other is not part]
            self.kept.append({"names": names, "table": table, "positions": positions})


def _calls_with_names(
    statements: Iterable[tuple[int, ast.stmt]],
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for cell, statement in statements:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
            continue
        target = statement.targets[0]
        if isinstance(target, ast.Tuple | ast.List):
            names = tuple(e.id for e in target.elts if isinstance(e, ast.Name))
            if len(names) == len(target.elts):
                yield place_key(cell, statement.value), names


def _order(pair: tuple[str, Any]) -> str:
    return _shape(pair[1]) or ""


def _shape(part: Any) -> str | None:
    """Return what parts of one table have in common; None for what is no table."""
    if isinstance(part, pd.DataFrame):
        return f"frame {list(part.columns)}"
    if isinstance(part, pd.Series):
        return f"series {part.name}"
    if isinstance(part, np.ndarray) and part.ndim == 2:
        return f"array {part.shape[1]} {part.dtype}"
    return None
