"""The metamorphic check: an operation is row-wise if each row alone gives what it gave in the table.

Shape alone cannot tell: a rank, a cumulative sum and a group mean all keep the row axis. So the operation is run again
on single rows, on reordered rows and on invented rows (columns shuffled against each other, duplicates, nulls), under
labels that occur nowhere else. Metamorphic testing as in Chen, Cheung and Yiu, HKUST-CS98-01 (1998).
"""

from __future__ import annotations

import contextlib
import io
import random
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.execute.recorder.filtering import drops_rows, is_filter
from nb2prod.execute.recorder.operation import Operation, rows_in, run, unknowns_in
from nb2prod.execute.recorder.values import kind_of, row_count, take
from nb2prod.execute.recorder.variants import LABEL, Variant, common_positions, far_off, invented

RELATIVE_TOLERANCE = 1e-9
"""Numbers may differ by this much between batch sizes: sums are ordered differently."""

_SINGLES = 6


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check found of one operation.

    Attributes:
        verdict: As ``notebook.recording.Verdict``.
        evidence: The reason in words.
        is_stable_dtype: Whether single rows had the batch's dtype.
        is_filter: Whether rows are dropped, and each decides for itself.
    """

    verdict: str
    evidence: str = ""
    is_stable_dtype: bool = True
    is_filter: bool = False


def probe(
    operation: Operation,
    recorded: Any,
    relation: str,
    result_from: str | None,
    survivors: npt.NDArray[np.int64] | None = None,
) -> Finding:
    """Check one operation.

    Args:
        operation: The operation with its samples.
        recorded: The rows of the recorded result that belong to the first operand's sample, or None.
        relation: ``kept`` or ``rows``, as recorded.
        result_from: Name of the operand that a store or an in-place call changes, else None.
        survivors: Positions of the rows that a selection kept, where they are known.
    """
    for unknown in unknowns_in(operation):
        return Finding("undecided", f"the operation cannot be repeated: {unknown.why}")
    samples = list(rows_in(operation))
    common = common_positions(samples)
    if len(common) == 0:
        return Finding("undecided", "its operands have no row in common")
    with _undisturbed():
        check = _Check(operation, common, result_from)
        found = check.run(recorded, relation)
        if found.verdict == "table" and isinstance(recorded, pd.DataFrame) and result_from is None:
            # Which columns there are may depend on the rows, and each cell on its own row alone.
            other = _Check(operation, common, None, recorded)
            if other.run(recorded, relation).verdict == "row":
                return Finding("columns", found.evidence)
        # A selection that dropped nothing looks like an operation that keeps every row.
        if relation == "kept" and found.verdict == "table":
            if not drops_rows(check.outcome, operation, common):
                return found
            found = Finding("rows")
        if found.verdict == "rows":
            found = replace(found, is_filter=is_filter(check.outcome, operation, common, survivors))
        return found


class _Check:
    def __init__(
        self,
        operation: Operation,
        common: npt.NDArray[np.int64],
        result_from: str | None,
        columns_of: pd.DataFrame | None = None,
    ) -> None:
        self._columns_of = columns_of
        self._operation = operation
        self._common = common
        self._result_from = result_from
        self._is_stable = True

    def run(self, recorded: Any, relation: str) -> Finding:
        count = len(self._common)
        identity = np.arange(count)
        try:
            batch = self.outcome(Variant(self._common, identity))
        except Exception as error:  # the user's own operation may raise anything
            return Finding("undecided", f"it failed on {count} rows: {_brief(error)}")
        if relation == "rows":
            return self._check_selection(batch)
        if _length(batch) != count:
            return Finding("table", f"{count} rows gave {_length(batch)}")
        if recorded is not None and (why := _difference(batch, identity, recorded, identity)):
            return Finding(
                "table", f"{count} rows alone gave another value than in the table: {why}"
            )
        checks = (
            self._check_singles,
            self._check_order,
            self._check_invented,
            self._check_far_off,
        )
        for check in checks:
            if why := check(batch):
                return Finding("table", why)
        return Finding("row", "", self._is_stable)

    def outcome(self, variant: Variant, operation: Operation | None = None) -> Any:
        """Run the operation, or another in its place, on a variant of its rows."""
        result, operands = run(operation or self._operation, variant.select)
        if self._columns_of is not None:
            return _with_columns(result, self._columns_of)
        return operands[self._result_from] if self._result_from is not None else result

    def _check_singles(self, batch: Any) -> str | None:
        return self._compare_singles(batch, self._operation)

    def _compare_singles(self, batch: Any, operation: Operation) -> str | None:
        count = len(self._common)
        tried = count if _has_new_columns(batch, operation) else min(count, _SINGLES)
        chosen = np.unique(np.linspace(0, count - 1, tried).astype(int))
        for offset in chosen:
            variant = Variant(self._common, np.array([offset]))
            try:
                single = self.outcome(variant, operation)
            except Exception as error:  # the user's own operation may raise anything
                return f"a row alone failed where the table did not: {_brief(error)}"
            if _length(single) != 1:
                return f"one row gave {_length(single)}"
            self._is_stable = self._is_stable and _dtypes(single) == _dtypes(batch)
            if _categories_differ(single, batch):
                return "the categories are those of the table"
            if why := _difference(single, np.array([0]), batch, np.array([offset])):
                return f"a row alone gave another value than beside others: {why}"
        return None

    def _check_order(self, batch: Any) -> str | None:
        count = len(self._common)
        order = np.random.default_rng(0).permutation(count)[: max(1, count - 3)]
        try:
            shuffled = self.outcome(Variant(self._common, order))
        except Exception as error:  # the user's own operation may raise anything
            return f"reordered rows failed: {_brief(error)}"
        if _length(shuffled) != len(order):
            return f"{len(order)} rows gave {_length(shuffled)}"
        if why := _difference(shuffled, np.arange(len(order)), batch, order):
            return f"reordered rows gave other values: {why}"
        return None

    def _check_invented(self, _: Any) -> str | None:
        return self._compare_others(invented(self._operation), "nulls and duplicates")

    def _compare_others(self, operation: Operation, what: str) -> str | None:
        count = len(self._common)
        try:
            strange = self.outcome(Variant(self._common, np.arange(count)), operation)
        except Exception:  # other rows may be impossible for the operation: that says nothing
            return None
        if _length(strange) != count:
            return f"rows with {what}: {count} rows gave {_length(strange)}"
        stable = self._is_stable
        why = self._compare_singles(strange, operation)
        self._is_stable = stable
        return why

    def _check_far_off(self, _: Any) -> str | None:
        """Find what the notebook's rows do not show: a filter that kept them all, a statistic of equal values."""
        return self._compare_others(far_off(self._operation), "values far off")

    def _check_selection(self, batch: Any) -> Finding:
        if not isinstance(batch, pd.DataFrame | pd.Series | pd.Index):
            return Finding("rebuilt", "rows identified by content")
        labels = batch if isinstance(batch, pd.Index) else batch.index
        if all(str(label).startswith(LABEL) for label in labels):
            return Finding("rows")
        return Finding("rebuilt", "the labels are rebuilt; rows identified by content")


def _has_new_columns(result: Any, operation: Operation) -> bool:
    """Tell whether a table was made of values: then each row may decide what columns there are."""
    if not isinstance(result, pd.DataFrame):
        return False
    tables = (rows.sample for rows in rows_in(operation) if isinstance(rows.sample, pd.DataFrame))
    return not any(set(table.columns) & set(result.columns) for table in tables)


def _with_columns(result: Any, table: pd.DataFrame) -> Any:
    """Give a result the columns of a table; what it lacks are nulls, and zeros among whole numbers.

    The class ``TableColumns`` of a version does the same at serving.
    """
    if not isinstance(result, pd.DataFrame):
        return result
    made = result.reindex(columns=table.columns)
    counts: list[Any] = [name for name, dtype in table.dtypes.items() if dtype.kind in "iub"]
    made[counts] = made[counts].fillna(0)
    return made.astype(table.dtypes)


def _length(value: Any) -> int | None:
    return row_count(value, kind_of(value))


def _dtypes(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return [str(dtype) for dtype in value.dtypes]
    return str(getattr(value, "dtype", None))


def _categories_differ(one: Any, other: Any) -> bool:
    """Tell whether a column has other categories for one row than for the table."""
    if isinstance(one, pd.DataFrame) and isinstance(other, pd.DataFrame):
        ours, theirs = list(one.dtypes), list(other.dtypes)
    else:
        ours, theirs = [getattr(one, "dtype", None)], [getattr(other, "dtype", None)]
    return any(
        isinstance(a, pd.CategoricalDtype) and a != b for a, b in zip(ours, theirs, strict=False)
    )


def _difference(
    one: Any, ours: npt.NDArray[np.int64], other: Any, theirs: npt.NDArray[np.int64]
) -> str | None:
    """Return the first difference between rows of two values, in words."""
    kind = kind_of(one)
    if kind != kind_of(other):
        return f"{kind} instead of {kind_of(other)}"
    if kind == "frame" and list(one.columns) != list(other.columns):
        return f"columns {list(one.columns)[:6]} instead of {list(other.columns)[:6]}"
    left, right = _cells(take(one, kind, ours), kind), _cells(take(other, kind, theirs), kind)
    if left.shape != right.shape:
        return f"shape {left.shape[1:]} instead of {right.shape[1:]}"
    same = np.fromiter(
        (are_close(a, b) for a, b in zip(left.ravel(), right.ravel(), strict=True)), dtype=bool
    )
    if same.all():
        return None
    at = int(np.flatnonzero(~same)[0])
    return f"{left.ravel()[at]!r} instead of {right.ravel()[at]!r}"


def _cells(value: Any, kind: str) -> npt.NDArray[Any]:
    if kind == "sparse":
        value = value.toarray()
    if kind in {"frame", "series"}:
        return np.asarray(value.to_numpy(dtype=object))
    if kind == "list":
        cells = np.empty(len(value), dtype=object)
        cells[:] = value
        return cells
    return np.asarray(value, dtype=object)


def are_close(one: Any, other: Any) -> bool:
    """Tell whether two cells are equal: numbers within the tolerance, nulls alike, all else exactly."""
    if one is other:
        return True
    if isinstance(one, int | float | np.number) and isinstance(other, int | float | np.number):
        if one == other or (one != one and other != other):
            return True
        return bool(
            abs(one - other) <= RELATIVE_TOLERANCE * float(max(abs(float(one)), abs(float(other))))
        )
    try:
        if pd.isna(one) and pd.isna(other):
            return True
        return bool(one == other)
    except (TypeError, ValueError):
        return bool(np.array_equal(np.asarray(one), np.asarray(other)))


def _brief(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:120]}"


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep random states, warnings and printed text of the repeated operations away from the notebook."""
    python_state, numpy_state = random.getstate(), np.random.get_state()
    sink = io.StringIO()
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(sink),
            contextlib.redirect_stderr(sink),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)
