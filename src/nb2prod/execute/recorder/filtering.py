"""Tell a filter from other selections: of a filter, each row alone decides whether it stays.

``dropna`` and a mask are filters; ``head``, ``sample`` and ``drop_duplicates`` are none, since there a row's fate
depends on the others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.execute.recorder.operation import Operation, Rows
from nb2prod.execute.recorder.variants import LABEL, Variant, far_off, invented

Outcome = Callable[[Variant, Operation], Any]
"""Runs an operation on a variant of its sampled rows."""


def is_filter(
    outcome: Outcome,
    operation: Operation,
    common: npt.NDArray[np.int64],
    survivors: npt.NDArray[np.int64] | None,
) -> bool:
    """Tell whether an operation that selects rows decides about each row for itself.

    Args:
        outcome: Runs the operation.
        operation: The operation with its samples.
        common: Positions of the rows that all samples hold.
        survivors: Positions of the rows that it kept in the notebook, or None where that is unknown.
    """
    try:
        kept = _kept(outcome, operation, common, np.arange(len(common)))
        if kept is None or (survivors is not None and kept != _offsets(common, survivors)):
            return False
        if not _is_alike_alone(outcome, operation, common, kept):
            return False
    except Exception:  # the user's own operation may raise anything
        return False
    return all(_is_alike_with(outcome, each(operation), common) for each in (invented, far_off))


def drops_rows(outcome: Outcome, operation: Operation, common: npt.NDArray[np.int64]) -> bool:
    """Tell whether an operation that kept every row in the notebook would leave others out, and changes none."""
    source = operation.operands.get("0")
    if not isinstance(source, Rows):
        return False
    given = _dropped(outcome, operation, common)
    others = [_dropped(outcome, each(operation), common) for each in (invented, far_off)]
    found = [each for each in (given, *others) if each is not None]
    return -1 not in found and any(count > 0 for count in found)


def _dropped(outcome: Outcome, operation: Operation, common: npt.NDArray[np.int64]) -> int | None:
    """Count the rows that an operation leaves out: -1 where it changes some, None where it cannot take them."""
    everything = Variant(common, np.arange(len(common)))
    source = operation.operands["0"]
    assert isinstance(source, Rows)
    try:
        result = outcome(everything, operation)
    except Exception:  # other rows may be impossible for the operation: that says nothing
        return None
    before = everything.select(source)
    if type(result) is not type(before) or not result.index.isin(before.index).all():
        return -1
    return len(before) - len(result) if result.equals(before.loc[result.index]) else -1


def _is_alike_with(outcome: Outcome, operation: Operation, common: npt.NDArray[np.int64]) -> bool:
    """Tell whether other rows fare alone as they do together, where the operation can take them at all."""
    try:
        kept = _kept(outcome, operation, common, np.arange(len(common)))
    except Exception:  # other rows may be impossible for the operation: that says nothing
        return True
    try:
        return kept is not None and _is_alike_alone(outcome, operation, common, kept)
    except Exception:  # rows that were possible together are not so alone
        return False


def _is_alike_alone(
    outcome: Outcome, operation: Operation, common: npt.NDArray[np.int64], kept: set[int]
) -> bool:
    """Tell whether rows alone, and rows in reverse order, fare as they did together."""
    backwards = np.arange(len(common))[::-1]
    if _kept(outcome, operation, common, backwards) != kept:
        return False
    return all(
        _kept(outcome, operation, common, np.array([offset])) == kept & {offset}
        for offset in range(len(common))
    )


def _kept(
    outcome: Outcome,
    operation: Operation,
    common: npt.NDArray[np.int64],
    order: npt.NDArray[np.int64],
) -> set[int] | None:
    """Return which of the rows an operation keeps, or None where it rebuilds or repeats their labels."""
    result = outcome(Variant(common, order), operation)
    if not isinstance(result, pd.DataFrame | pd.Series):
        return None
    labels = [str(label) for label in result.index]
    if len(set(labels)) < len(labels) or not all(label.startswith(LABEL) for label in labels):
        return None
    return {int(label.removeprefix(LABEL)) for label in labels}


def _offsets(common: npt.NDArray[np.int64], survivors: npt.NDArray[np.int64]) -> set[int]:
    return set(np.flatnonzero(np.isin(common, survivors)).tolist())
