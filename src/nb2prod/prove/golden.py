"""Golden rows: raw records with the notebook's own answers, as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nb2prod.prove.captured import Captured, open_scored, open_table
from nb2prod.prove.covering import SAMPLE_ROWS, covering_sample
from nb2prod.prove.equality import tolerance_of
from nb2prod.runtime.frames import to_records
from nb2prod.runtime.predictor import label_key
from nb2prod.runtime.schema import Schema

GOLDEN_FORMAT = 1
"""Format of ``golden.json``; raise it when a reader of the old one would compare something else."""

_KEPT_ROWS = 25


def golden_rows(
    schema: Schema, captured: Captured, classes: Sequence[Any] | None, *, sample: bool
) -> dict[str, Any]:
    """Return scored rows as records with the notebook's answers.

    Args:
        schema: The raw record.
        captured: The notebook's run.
        classes: Names of the classes in answers, in the order of the probabilities.
        sample: Take the covering sample instead of every scored row.
    """
    scored = open_scored(captured.scored, captured.answer)
    names = [column.name for column in schema.columns]
    rows = open_table(captured.raw)[names].iloc[scored["positions"]].reset_index(drop=True)
    chosen = covering_sample(rows, SAMPLE_ROWS if sample else len(rows))
    predictions = np.asarray(scored["predictions"], dtype=object)
    probabilities = _probabilities(scored["probabilities"], classes)
    targets = [column.name for column in schema.target]
    made = [
        {
            "record": record,
            "prediction": _native(predictions[position], targets),
            "probabilities": None if probabilities is None else probabilities[position],
        }
        for record, position in zip(to_records(schema, rows.iloc[chosen]), chosen, strict=True)
    ]
    tolerance = max(tolerance_of(scored["predictions"]), tolerance_of(scored["probabilities"]))
    return {"format": GOLDEN_FORMAT, "tolerance": tolerance, "rows": made}


def shortened(golden: Mapping[str, Any]) -> dict[str, Any]:
    """Return the golden rows that a version keeps for its service's tests."""
    return {**golden, "rows": list(golden["rows"])[:_KEPT_ROWS]}


def _probabilities(values: Any, classes: Sequence[Any] | None) -> list[dict[str, float]] | None:
    if values is None or classes is None or isinstance(values, list) or np.ndim(values) != 2:
        return None
    labels = [label_key(label) for label in classes]
    return [dict(zip(labels, map(float, row), strict=True)) for row in np.asarray(values)]


def _native(value: Any, targets: Sequence[str]) -> Any:
    if isinstance(value, np.ndarray):
        values = [_native(each, targets) for each in value]
        return values[0] if len(values) == 1 else dict(zip(targets, values, strict=True))
    plain = value.item() if isinstance(value, np.generic) else value
    # JSON has neither NaN nor infinity: the service answers null.
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain
