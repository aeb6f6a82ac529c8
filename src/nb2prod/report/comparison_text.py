"""A comparison as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.report.change import Area, Difference
from nb2prod.report.code_diff import CodeDifference
from nb2prod.report.comparison import Comparison

_ORDER = (
    Area.METRICS,
    Area.STATISTICS,
    Area.SCHEMA,
    Area.DATA,
    Area.PARAMETERS,
    Area.MODEL,
    Area.CODE,
    Area.SETTINGS,
    Area.LIBRARIES,
)
_MOST_PARTS = 12
_COLOURS = {"+": "32", "-": "31", "@": "36"}


def comparison_text(comparison: Comparison, *, is_coloured: bool) -> Iterator[str]:
    """Yield the lines: what matters most first."""
    names = f"{comparison.service} {comparison.before} → {comparison.after}"
    if comparison.is_same:
        yield f"{names}: no difference"
    else:
        yield _painted(f"{names}: {_count(comparison)}", "1", is_coloured=is_coloured)
    for area in _ORDER:
        lines = list(_area(comparison, area, is_coloured=is_coloured))
        if lines:
            yield ""
            yield _painted(area.value, "1", is_coloured=is_coloured)
            yield from lines
    if comparison.notes:
        yield ""
        yield from (f"note: {note}" for note in comparison.notes)


def _count(comparison: Comparison) -> str:
    number = len(comparison.differences) + len(comparison.code)
    return f"{number} difference{'' if number == 1 else 's'}"


def _area(comparison: Comparison, area: Area, *, is_coloured: bool) -> Iterator[str]:
    if area is Area.CODE:
        for one in comparison.code:
            yield from _code(one, is_coloured=is_coloured)
        return
    for found in comparison.of(area):
        yield from _difference(found)


def _difference(found: Difference) -> Iterator[str]:
    yield f"  {found.subject}  {found.said}"
    where = ": ".join(text for text in (found.place, found.expression) if text)
    if where:
        yield f"      {where}"
    if found.lists_parts:
        for part in found.parts[:_MOST_PARTS]:
            yield f"      {f'{part.key}  ' if part.key else ''}{part.said}"
        if len(found.parts) > _MOST_PARTS:
            yield f"      … and {len(found.parts) - _MOST_PARTS} more"


def _code(one: CodeDifference, *, is_coloured: bool) -> Iterator[str]:
    yield f"  {one.file}  +{one.added} -{one.removed}"
    for line in one.unified.splitlines()[2:]:
        colour = _COLOURS.get(line[:1], "0")
        yield f"    {_painted(line, colour, is_coloured=is_coloured)}"


def _painted(text: str, colour: str, *, is_coloured: bool) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if is_coloured and colour != "0" else text
