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
_COLOURED = 7


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
            "sketch": _sketch(column, profiles.get(column.name)),
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
    names = [name for name, _ in _counts(profile) if not name.startswith("\0")]
    if column.kind == "text":
        # Texts of their own may be about people: a page that is passed on does not show them.
        return f"{len(names)} different texts" if names else "texts that hardly repeat"
    if names:
        kept = ", ".join(cut(name, _LONGEST) for name in names[:_NAMED])
        more = len(column.categories or names) - _NAMED
        return f"{kept} and {more} more" if more > 0 else kept
    return ", ".join(cut(str(one), _LONGEST) for one in column.examples[:2])


def _counts(profile: ColumnProfile | None) -> list[tuple[str, int]]:
    """Return categories with their counts, most frequent first."""
    found = {} if profile is None or profile.counts is None else profile.counts
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def _plain(value: object) -> str:
    return value if isinstance(value, str) else shown(value)


def _sketch(column: Column, profile: ColumnProfile | None) -> Markup | None:
    if profile is None or column.kind == "text":
        return None
    if profile.quantiles:
        return sketch_of_numbers(profile.quantiles)
    counts = _counts(profile)
    if not counts:
        return None
    named = [one for one in counts if not one[0].startswith("\0")][:_COLOURED]
    rest = sum(count for _, count in counts) - sum(count for _, count in named)
    return sketch_of_counts([*named, *([("others", rest)] if rest else [])])


def moment(text: str) -> str:
    """Return a time of the audit log for people; another text as it is."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    except ValueError:
        return text
