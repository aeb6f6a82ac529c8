"""The columns of a raw record with their distributions in the training data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from nb2prod.report.change import shown
from nb2prod.report.drawing.plots import cut
from nb2prod.report.drawing.small import sketch_of_counts, sketch_of_numbers
from nb2prod.report.told.gathering import Told
from nb2prod.runtime.profile import ColumnProfile
from nb2prod.runtime.schema import Column

_NAMED = 4
_LONGEST = 48


def columns(told: Told) -> list[dict[str, Any]]:
    """Return the columns that a request holds, then those that are predicted."""
    reference = told.reference
    profiles = (
        {}
        if reference is None
        else {one.name: one for one in (*reference.columns, *reference.target)}
    )
    schema = told.snapshot.schema
    return [
        *_rows(schema.columns, profiles, is_target=False),
        *_rows(schema.target, profiles, is_target=True),
    ]


def _rows(
    found: Sequence[Column], profiles: dict[str, ColumnProfile], *, is_target: bool
) -> list[dict[str, Any]]:
    return [
        {
            "name": column.name,
            "is_target": is_target,
            "kind": column.kind,
            "dtype": column.dtype,
            "nulls": _nulls(column, profiles.get(column.name)),
            "range": _range(column, profiles.get(column.name)),
            "sketch": _sketch(profiles.get(column.name)),
        }
        for column in found
    ]


def _nulls(column: Column, profile: ColumnProfile | None) -> str:
    if profile is None:
        return "some" if column.nullable else "none"
    return f"{profile.nulls / max(1, profile.rows):.1%}" if profile.nulls else "none"


def _range(column: Column, profile: ColumnProfile | None) -> str:
    if column.minimum is not None and column.maximum is not None:
        return f"{_plain(column.minimum)} to {_plain(column.maximum)}"
    counts = {} if profile is None or profile.counts is None else dict(profile.counts)
    names = [name for name in counts if not name.startswith("\0")]
    if names:
        kept = ", ".join(cut(name, _LONGEST) for name in names[:_NAMED])
        more = len(column.categories or names) - _NAMED
        return f"{kept} and {more} more" if more > 0 else kept
    return ", ".join(cut(str(one), _LONGEST) for one in column.examples[:2])


def _plain(value: object) -> str:
    return value if isinstance(value, str) else shown(value)


def _sketch(profile: ColumnProfile | None) -> Markup | None:
    if profile is None:
        return None
    if profile.quantiles:
        return sketch_of_numbers(profile.quantiles)
    if profile.counts:
        named = {
            "others" if name.startswith("\0") else name: count
            for name, count in profile.counts.items()
        }
        return sketch_of_counts(list(named.items()))
    return None


def moment(text: str) -> str:
    """Return a time of the audit log for people; another text as it is."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    except ValueError:
        return text
