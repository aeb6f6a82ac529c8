"""Compare answers, as a service gives them, with golden rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nb2prod.prove.equality import Comparison, difference

Row = Mapping[str, Any]
"""A golden row: ``record``, ``prediction`` and ``probabilities``."""


def compare_answer(
    prediction: object, probabilities: Mapping[str, Any] | None, row: Row, tolerance: float
) -> Comparison:
    """Compare one answer with that of a golden row.

    Args:
        prediction: What was answered.
        probabilities: By class, or None.
        row: The golden row.
        tolerance: Largest relative difference of two numbers that count as equal.
    """
    expected = _entries(row["prediction"], "prediction") | _entries(
        row["probabilities"] or {}, "probability of"
    )
    given = _entries(prediction, "prediction")
    if row["probabilities"] is not None:
        given |= _entries(probabilities or {}, "probability of")
    largest = 0.0
    for name, value in expected.items():
        apart = difference(given.get(name), value)
        if apart > tolerance:
            return differs(f"{name}: {given.get(name)!r} instead of {value!r}")
        largest = max(largest, apart)
    return Comparison(1, 0, largest)


def _entries(value: object, name: str) -> dict[str, object]:
    """Return the values of an answer by name: one for each target or class, where there are several."""
    if isinstance(value, dict):
        return {f"{name} {key!r}": each for key, each in value.items()}
    return {name: value}


def differs(text: str) -> Comparison:
    """Return the comparison of one row that differs, and why in words."""
    return Comparison(1, 1, first=text, row=0)
