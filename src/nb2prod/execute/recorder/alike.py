"""Run the operation that a statement may be written as, quietly, and compare what both leave."""

from __future__ import annotations

import contextlib
import io
import random
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from nb2prod.execute.recorder.rows import RowTable


class Alike:
    """Which statements left what their operations give.

    Args:
        rows: Where the rows of living values come from.
        namespace: The user's globals.
    """

    def __init__(self, rows: RowTable, namespace: Mapping[str, Any]) -> None:
        self._rows = rows
        self._namespace = namespace
        self.same: list[str] = []

    def has_rows(self, columns: Callable[[], Sequence[Any]], *, is_loop: bool) -> bool:
        """Tell whether rows of the raw table go in, and can go in twice.

        Args:
            columns: Gives what goes in.
            is_loop: Whether a loop runs over it: a table gives its columns' names then.
        """
        given = quietly(columns) or ()
        refused = Iterator | pd.DataFrame if is_loop else Iterator
        if any(isinstance(column, refused) for column in given):
            return False
        return any(self._rows.find(column) is not None for column in given)

    def compare(self, filled: Callable[[], Any], made: Any, key: str) -> bool:
        """Tell whether a statement left what its operation made, and know the rows of that.

        Args:
            filled: Gives what the statement left.
            made: What the operation gave before.
            key: Key of the statement's place.
        """
        found = quietly(filled)
        if isinstance(made, dict) and _is_same_table(found, made):
            self.same.append(key)
            return True
        tracked = self._rows.find(made) if _is_same(found, made) else None
        if tracked is None or self._is_shared(found):
            return False
        if isinstance(found, list) or type(found) is type(made):
            self._rows.add(found, tracked.positions, tracked.method)
        self.same.append(key)
        return True

    def _is_shared(self, value: Any) -> bool:
        """Tell whether a change of the value where it stands changes what another name stands for."""
        named = list(self._namespace.values())
        if sum(other is value for other in named) > 1:
            return True
        if not isinstance(value, np.ndarray):
            return False
        arrays = [v for v in named if isinstance(v, np.ndarray)] + self._rows.arrays()
        return any(v is not value and np.may_share_memory(value, v) for v in arrays)


def quietly(make: Callable[[], Any]) -> Any:
    """Run what the notebook did not ask for: nothing is printed, warned of, raised or drawn; None where it fails."""
    states = random.getstate(), np.random.get_state()
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            return make()
    except Exception:  # the loop itself did not need it
        return None
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])


def _is_same(filled: Any, made: Any) -> bool:
    """Compare what a statement left with what its operation made: of the same kind, or a list for a column."""
    if isinstance(made, pd.DataFrame | pd.Series):
        return type(filled) is type(made) and bool(filled.equals(made))  # type: ignore[arg-type]  # of one type
    if isinstance(made, np.ndarray):
        return (
            type(filled) is type(made)
            and filled.dtype == made.dtype
            and filled.shape == made.shape
            and (filled.tobytes() == made.tobytes() if filled.dtype.kind != "O" else False)
        )
    if type(made) is not list or not hasattr(filled, "__len__") or len(filled) != len(made):
        return False
    if isinstance(filled, pd.Series):
        stored = pd.Series(made, index=filled.index)
        return stored.dtype == filled.dtype and stored.equals(filled)
    if isinstance(filled, np.ndarray):
        array = np.array(made, dtype=filled.dtype) if filled.ndim == 1 else filled
        return filled.ndim == 1 and all(map(_is_same_value, filled.tolist(), array.tolist()))
    return type(filled) is list and all(map(_is_same_value, filled, made))


def _is_same_table(filled: Any, made: dict[Any, Any]) -> bool:
    if type(filled) is not dict or list(filled) != list(made):
        return False
    return all(map(_is_same_value, filled.values(), made.values()))


def _is_same_value(one: Any, other: Any) -> bool:
    """Compare as rows are compared; an array's own numbers count as Python's, which a column's iteration gives."""
    one, other = (v.item() if isinstance(v, np.generic) else v for v in (one, other))
    if type(one) is not type(other):
        return False
    try:
        return bool(one == other or (one != one and other != other))
    except ValueError:  # arrays have no one truth
        return bool(np.array_equal(one, other))
