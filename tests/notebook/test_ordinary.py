"""Roles that are proposed for notebooks as people write them; `ordinary/` holds them with the roles that are right."""

import re
from pathlib import Path

import pytest

from nb2prod.notebook.percent import from_percent
from nb2prod.notebook.suggesting import suggest

_SECTION = re.compile(r"^# ==== (\w+)\n", re.MULTILINE)
_MARK = re.compile(r"^# %%(?P<roles>.*)$", re.MULTILINE)


def _notebooks() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / "ordinary").glob("*.txt")):
        parts = _SECTION.split(path.read_text(encoding="utf-8"))
        found |= dict(zip(parts[1::2], parts[2::2], strict=True))
    return found


_NOTEBOOKS = _notebooks()


def _expected(text: str) -> dict[int, set[str]]:
    marks = [mark["roles"].strip() for mark in _MARK.finditer(text)]
    return {
        number: set(roles.split(",")) if roles else set()
        for number, roles in enumerate(marks, 1)
        if roles != "[markdown]"
    }


def _without_roles(text: str) -> str:
    return _MARK.sub(lambda mark: mark[0] if "[markdown]" in mark[0] else "# %%", text)


def test_there_are_many() -> None:
    assert len(_NOTEBOOKS) >= 39


@pytest.mark.parametrize("name", _NOTEBOOKS)
def test_the_roles_are_right(name: str) -> None:
    text = _NOTEBOOKS[name]
    found = {one.cell: set(one.roles) for one in suggest(from_percent(_without_roles(text)))}
    expected = _expected(text)
    assert {number: found.get(number, set()) for number in expected} == expected
