"""How one value became another, as fields and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

_LONGEST = 60
_SHOWN_PARTS = 6
_COUNTED = " entries differ"


class Area(StrEnum):
    """What a difference is about; the value is the heading."""

    METRICS = "metrics"
    PARAMETERS = "parameters"
    DATA = "data"
    STATISTICS = "frozen statistics"
    SCHEMA = "schema"
    MODEL = "model"
    CODE = "code"
    SETTINGS = "settings"
    LIBRARIES = "libraries"


_MEASURED = frozenset({Area.METRICS, Area.STATISTICS, Area.SCHEMA})
"""Where numbers were measured and their difference says something; elsewhere somebody chose them."""


class Absent:
    """The value of what a version does not have."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class Part:
    """One entry of a table or list that changed.

    Attributes:
        key: Its key; empty for an entry of a list of names.
        said: How it changed, in words.
    """

    key: str
    said: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same in both versions.

    Attributes:
        area: What it is about.
        subject: Its name.
        before: The value in the first version as JSON, or None where it has none.
        after: The value in the second version, or None.
        said: How it changed, in words.
        parts: Each entry that changed, where the value is a table or a list.
        cell: Cell of the notebook's expression in the second version, where there is one.
        line: Line within the cell.
        expression: The expression.
    """

    area: Area
    subject: str
    before: Any
    after: Any
    said: str
    parts: tuple[Part, ...] = ()
    cell: int | None = None
    line: int | None = None
    expression: str = ""

    @property
    def lists_parts(self) -> bool:
        """Tell whether the words only count the entries, so that these must be listed."""
        return self.said.endswith(_COUNTED)

    @property
    def place(self) -> str:
        """Return where it is in the notebook, in words; empty where that is nowhere."""
        if self.cell is None:
            return ""
        return f"cell {self.cell}" + ("" if self.line is None else f", line {self.line}")

    def as_json(self) -> dict[str, Any]:
        """Return the fields."""
        parts = [asdict(part) for part in self.parts]
        return {**asdict(self), "area": self.area.name.lower(), "parts": parts}


def difference(
    area: Area,
    subject: str,
    before: Any,
    after: Any,
    *,
    place: tuple[int | None, int | None, str] = (None, None, ""),
) -> Difference | None:
    """Return how a value changed, or None where it is the same.

    Args:
        area: What it is about.
        subject: Its name.
        before: The value in the first version as JSON, or ``ABSENT``.
        after: The value in the second version.
        place: Cell, line and expression.
    """
    if is_same(before, after):
        return None
    cell, line, expression = place
    parts = tuple(_parts(before, after))
    words = said if area in _MEASURED else said_plainly
    return Difference(
        area,
        subject,
        None if before is ABSENT else before,
        None if after is ABSENT else after,
        _counted(parts) if parts else words(before, after),
        parts,
        cell,
        line,
        expression,
    )


def is_same(before: Any, after: Any) -> bool:
    """Tell whether two JSON values are the same; 1, 1.0 and true are three values, and order counts in lists."""
    if type(before) is not type(after):
        return False
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(is_same(before[k], after[k]) for k in before)
    if isinstance(before, list):
        pairs = zip(before, after, strict=False)
        return len(before) == len(after) and all(is_same(one, other) for one, other in pairs)
    return bool(before == after)


def said(before: Any, after: Any) -> str:
    """Say how a measured value changed: ``43.9 became 47.1 (+3.2, +7.3 %)``."""
    if not (_is_number(before) and _is_number(after)):
        return said_plainly(before, after)
    by = after - before
    return f"{said_plainly(before, after)} ({by:+.4g}{_share(before, by)})"


def said_plainly(before: Any, after: Any) -> str:
    """Say how a chosen value changed: ``42 became 7``."""
    if before is ABSENT:
        return f"new: {shown(after)}"
    if after is ABSENT:
        return f"gone; it was {shown(before)}"
    texts = shown(before), shown(after)
    if texts[0] == texts[1] and _is_number(before) and _is_number(after):
        texts = repr(before), repr(after)
    return f"{texts[0]} became {texts[1]}"


def _share(before: float, by: float) -> str:
    if not before:
        return ""
    percent = 100 * by / abs(before)
    return f", {percent:+.0f} %" if abs(percent) >= 10 else f", {percent:+.2g} %"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def shown(value: Any) -> str:
    """Return a value for people: short, numbers to six digits, lists by their length."""
    if _is_number(value):
        return f"{value:.6g}" if isinstance(value, float) else str(value)
    if isinstance(value, list) and len(value) > _SHOWN_PARTS:
        return f"{len(value)} entries"
    if isinstance(value, Mapping) and len(value) > _SHOWN_PARTS:
        return f"a table of {len(value)} entries"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _parts(before: Any, after: Any) -> Iterator[Part]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            one, other = before.get(key, ABSENT), after.get(key, ABSENT)
            if not is_same(one, other):
                yield Part(key, said_of_entry(one, other))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _entries(before, after)


def said_of_entry(before: Any, after: Any) -> str:
    """Say how one entry of a table changed; of lists within it, what came and went."""
    if isinstance(before, list) and isinstance(after, list):
        inner = [part.said for part in _entries(before, after)]
        return ", ".join(inner) if len(inner) <= _SHOWN_PARTS else f"{len(inner)}{_COUNTED}"
    return said(before, after)


def _entries(before: list[Any], after: list[Any]) -> Iterator[Part]:
    """Say what came and went in a list of names, or which places of a list of numbers changed."""
    if _is_listing(before) and _is_listing(after):
        old, new = set(map(repr, before)), set(map(repr, after))
        yield from (Part("", f"+ {shown(one)}") for one in after if repr(one) not in old)
        yield from (Part("", f"- {shown(one)}") for one in before if repr(one) not in new)
        if old == new:
            yield Part("", "the same entries in another order")
        return
    for index in range(max(len(before), len(after))):
        one = before[index] if index < len(before) else ABSENT
        other = after[index] if index < len(after) else ABSENT
        if not is_same(one, other):
            yield Part(f"[{index}]", said_of_entry(one, other))


def _is_listing(value: list[Any]) -> bool:
    """Tell whether a list holds names: texts, each once."""
    return all(isinstance(one, str) for one in value) and len(set(value)) == len(value)


def _counted(parts: tuple[Part, ...]) -> str:
    if len(parts) == 1:
        (part,) = parts
        return f"{part.key}: {part.said}" if part.key else part.said
    if len(parts) <= _SHOWN_PARTS and not any(part.key for part in parts):
        return ", ".join(part.said for part in parts)
    return f"{len(parts)}{_COUNTED}"
