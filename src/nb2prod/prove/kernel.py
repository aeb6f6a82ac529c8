"""Compare a row kernel with the notebook's answers and with the pipeline's, record by record.

The kernel serves records that the schema takes without a warning. So the rows are the scored ones, others of the raw
table, every category and null that the schema knows, and mixtures of known values that no row has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nb2prod.prove.covering import covering_sample
from nb2prod.prove.equality import difference, tolerance_of
from nb2prod.prove.invented import invented_requests
from nb2prod.runtime.checks import Checked
from nb2prod.runtime.frames import to_records
from nb2prod.runtime.kernel import Answered, Kernel
from nb2prod.runtime.predictor import Answer, Predictor
from nb2prod.runtime.schema import Schema

_MOST_SCORED = 20_000
_MOST_OTHERS = 5_000
_MIXTURES = 1_000
_BESIDE = 5
_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class KernelProof:
    """How a kernel compares.

    Attributes:
        rows: Records that both sides were asked for.
        answered: How many of them the kernel answered; the others it leaves to the pipeline.
        mismatches: Records whose answers differ.
        largest: Largest relative difference of two numbers that count as equal.
        first: The first difference in words, or None.
    """

    rows: int
    answered: int
    mismatches: int
    largest: float = 0.0
    first: str | None = None

    @property
    def holds(self) -> bool:
        """Tell whether the kernel may serve: it is never wrong, and it answers at all."""
        return self.mismatches == 0 and self.answered > 0

    def joined(self, other: KernelProof) -> KernelProof:
        """Return both as one."""
        return KernelProof(
            self.rows + other.rows,
            self.answered + other.answered,
            self.mismatches + other.mismatches,
            max(self.largest, other.largest),
            self.first or other.first,
        )


class KernelProver:
    """Ask a kernel and its version for the same records.

    Args:
        kernel: The kernel.
        predictor: The version.
        tolerance: Largest relative difference of two numbers that count as equal.
    """

    def __init__(self, kernel: Kernel, predictor: Predictor, tolerance: float) -> None:
        self._kernel = kernel
        self._predictor = predictor
        self._schema = predictor.version.schema
        self._tolerance = tolerance

    def prove(self, raw: pd.DataFrame, scored: Mapping[str, Any]) -> KernelProof:
        """Compare on every kind of record.

        Args:
            raw: The raw table.
            scored: What the scored predict received and answered.
        """
        names = [column.name for column in self._schema.columns]
        table = raw[names].reset_index(drop=True)
        found = self._notebook_s(table, scored)
        others = _spread(np.arange(len(table)), _MOST_OTHERS)
        sample = np.union1d(others, covering_sample(table))
        known = to_records(self._schema, table.iloc[sample])
        mixed = to_records(self._schema, invented_requests(table, _MIXTURES))
        bases = known[:_BESIDE]
        return found.joined(self._as_the_pipeline([*known, *mixed, *varied(self._schema, bases)]))

    def _notebook_s(self, table: pd.DataFrame, scored: Mapping[str, Any]) -> KernelProof:
        """Compare with the notebook's own answers to its scored rows."""
        positions = np.asarray(scored["positions"])
        predictions = np.asarray(scored["predictions"], dtype=object).reshape(len(positions), -1)
        probabilities = scored["probabilities"]
        found = KernelProof(0, 0, 0)
        picked = _spread(np.arange(len(positions)), _MOST_SCORED)
        for start in range(0, len(picked), _CHUNK):
            part = picked[start : start + _CHUNK]
            records = to_records(self._schema, table.iloc[positions[part]])
            for row, checked in zip(part, map(self._predictor.check, records), strict=True):
                if is_in_contract(checked):
                    shares = None if probabilities is None else list(probabilities[row])
                    found = found.joined(self._compare(checked, (predictions[row][0], shares)))
        return found

    def _as_the_pipeline(self, records: Sequence[object]) -> KernelProof:
        found = KernelProof(0, 0, 0)
        checked = [one for one in map(self._predictor.check, records) if is_in_contract(one)]
        for start in range(0, len(checked), _CHUNK):
            part = checked[start : start + _CHUNK]
            for one, answer in zip(part, self._predictor.answer_each(part), strict=True):
                found = found.joined(self._compare(one, _expected(answer)))
        return found

    def _compare(self, checked: Checked, expected: Answered | None) -> KernelProof:
        """Compare one answer; ``expected`` is None where the pipeline gives none or a warning."""
        try:
            prediction, shares = self._kernel(checked.values)
        except Exception:  # noqa: BLE001 - whatever it raises, the pipeline answers such a record
            return KernelProof(1, 0, 0)
        if expected is None:
            return KernelProof(1, 1, 1, first="an answer where the pipeline has none of its own")
        largest = 0.0
        for ours, theirs in _pairs((prediction, shares), expected):
            apart = difference(ours, theirs)
            if not apart <= self._tolerance:
                return KernelProof(1, 1, 1, first=f"{ours!r} instead of {theirs!r}")
            largest = max(largest, apart)
        return KernelProof(1, 1, 0, largest)


def tolerance_for(scored: Mapping[str, Any]) -> float:
    """Return the relative difference that numbers may have."""
    return max(tolerance_of(scored["predictions"]), tolerance_of(scored["probabilities"]))


def is_in_contract(checked: Checked) -> bool:
    """Tell whether a record is one that the service would ask the kernel for."""
    return not checked.errors and not checked.warnings


def varied(schema: Schema, records: Sequence[Mapping[str, object]]) -> Iterator[dict[str, object]]:
    """Yield records with each category and each null that the schema knows, beside known values."""
    for record in records:
        for column in schema.columns:
            if column.nullable:
                yield {**record, column.name: None}
            for category in column.categories or ():
                yield {**record, column.name: category}


def _pairs(ours: Answered, theirs: Answered) -> Iterator[tuple[object, object]]:
    yield ours[0], theirs[0]
    if theirs[1] is not None:
        mine: Sequence[object] = ours[1] or [None] * len(theirs[1])
        yield from zip(mine, theirs[1], strict=True)


def _expected(answer: Answer | Exception) -> Answered | None:
    if isinstance(answer, Exception) or answer.warnings or answer.prediction is None:
        return None
    shares = None if answer.probabilities is None else list(answer.probabilities.values())
    return answer.prediction, shares


def _spread(rows: np.ndarray[Any, Any], most: int) -> np.ndarray[Any, Any]:
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)]
