"""Lay a comparison out for its page."""

from __future__ import annotations

from typing import Any

from nb2prod.report.change import Area, Difference, shown
from nb2prod.report.comparison import Comparison

_SECTIONS = (
    (Area.METRICS, "What the notebook's evaluation computed."),
    (Area.STATISTICS, "Computed at training, stored in the artifact, and used for every request."),
    (Area.SCHEMA, "What a raw record looks like, from the data of training."),
    (Area.DATA, "The files that training read, by their digests."),
    (Area.PARAMETERS, "The notebook's parameters."),
    (Area.MODEL, "Class and hyperparameters of the fitted model."),
    (Area.SETTINGS, "Seed, threads and releases."),
    (Area.LIBRARIES, "Versions in the locks."),
)
_LONGEST = 200
_NONE = "-"


def view_of(comparison: Comparison) -> dict[str, Any]:
    """Return the values of the page."""
    number = len(comparison.differences) + len(comparison.code)
    return {
        "service": comparison.service,
        "before": comparison.before,
        "after": comparison.after,
        "summary": f"{number} difference{'' if number == 1 else 's'}"
        if number
        else "No difference",
        "notes": comparison.notes,
        "sections": [
            {
                "id": area.name.lower(),
                "title": area.value.capitalize(),
                "meaning": meaning,
                "rows": [_row(one) for one in comparison.of(area)],
            }
            for area, meaning in _SECTIONS
            if comparison.of(area)
        ],
        "code": comparison.code,
    }


def _row(one: Difference) -> dict[str, Any]:
    return {
        "subject": one.subject,
        "before": _NONE if one.before is None else _value(one.before),
        "after": _NONE if one.after is None else _value(one.after),
        "said": one.said,
        "parts": one.parts if one.lists_parts else (),
        "place": one.place,
        "expression": one.expression,
    }


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
    return shown(value)
