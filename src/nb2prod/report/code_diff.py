"""How the emitted code changed: line by line, as a unified diff and side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

_CONTEXT = 3
_MARK = re.compile(r"^(\s*# cell )\d+$")
_RELEASE = re.compile(r"made by nb2prod from \S+\.ipynb")


@dataclass(frozen=True, slots=True)
class Row:
    """One line in both versions.

    Attributes:
        kind: ``same``, ``changed``, ``added``, ``removed``, or ``gap`` for lines that are left out.
        before_number: Line number in the first version; 0 where it has no such line.
        before: The line there.
        after_number: Line number in the second version; 0 where it has none.
        after: The line there.
    """

    kind: Literal["same", "changed", "added", "removed", "gap"]
    before_number: int = 0
    before: str = ""
    after_number: int = 0
    after: str = ""


@dataclass(frozen=True, slots=True)
class CodeDifference:
    """One module that is not the same in both versions.

    Attributes:
        file: Its file name.
        rows: What changed with some lines around it, side by side.
        unified: The same as a unified diff.
        added: Lines that came.
        removed: Lines that went.
    """

    file: str
    rows: tuple[Row, ...]
    unified: str
    added: int
    removed: int

    def as_json(self) -> dict[str, Any]:
        """Return the fields but the rows, which the unified diff holds."""
        return {key: value for key, value in asdict(self).items() if key != "rows"}


def code_differences(
    before: Mapping[str, str], after: Mapping[str, str], names: tuple[str, str]
) -> list[CodeDifference]:
    """Return the modules that differ, by name.

    ``# cell N`` marks count as equal whatever their number: a cell that was put in front changes no code.

    Args:
        before: Text by file name in the first version.
        after: The same in the second.
        names: The versions' names, for the heads of the unified diffs.
    """
    found = []
    for file in sorted({*before, *after}):
        old, new = before.get(file, "").splitlines(), after.get(file, "").splitlines()
        groups = _groups(old, new)
        if not groups:
            continue
        rows = tuple(_rows(groups, old, new))
        changed = [row for row in rows if row.kind not in {"same", "gap"}]
        found.append(
            CodeDifference(
                file,
                rows,
                "\n".join(_unified(file, names, groups, old, new)) + "\n",
                sum(row.after_number > 0 for row in changed),
                sum(row.before_number > 0 for row in changed),
            )
        )
    return found


_Group = Sequence[tuple[str, int, int, int, int]]


def _groups(old: Sequence[str], new: Sequence[str]) -> list[_Group]:
    matcher = SequenceMatcher(None, _comparable(old), _comparable(new), autojunk=False)
    if all(tag == "equal" for tag, *_ in matcher.get_opcodes()):
        return []
    return list(matcher.get_grouped_opcodes(_CONTEXT))


def _comparable(lines: Sequence[str]) -> list[str]:
    return [_RELEASE.sub("", _MARK.sub(r"\1", line)) for line in lines]


def _rows(groups: Sequence[_Group], old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    for number, group in enumerate(groups):
        if number or group[0][1] or group[0][3]:
            yield Row("gap")
        for tag, old_start, old_end, new_start, new_end in group:
            length = max(old_end - old_start, new_end - new_start)
            for offset in range(length):
                left, right = old_start + offset, new_start + offset
                has_left, has_right = left < old_end, right < new_end
                yield Row(
                    _kind(tag, has_left=has_left, has_right=has_right),
                    left + 1 if has_left else 0,
                    old[left] if has_left else "",
                    right + 1 if has_right else 0,
                    new[right] if has_right else "",
                )


def _kind(
    tag: str, *, has_left: bool, has_right: bool
) -> Literal["same", "changed", "added", "removed"]:
    if tag == "equal":
        return "same"
    if has_left and has_right:
        return "changed"
    return "removed" if has_left else "added"


def _unified(
    file: str,
    names: tuple[str, str],
    groups: Sequence[_Group],
    old: Sequence[str],
    new: Sequence[str],
) -> Iterator[str]:
    yield f"--- {names[0]}/code/{file}"
    yield f"+++ {names[1]}/code/{file}"
    for group in groups:
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                yield from (f" {line}" for line in new[new_start:new_end])
                continue
            yield from (f"-{line}" for line in old[old_start:old_end])
            yield from (f"+{line}" for line in new[new_start:new_end])


def _range(start: int, end: int) -> str:
    length = end - start
    # An empty range is named by the line before it.
    return f"{start + 1 if length else start},{length}"
