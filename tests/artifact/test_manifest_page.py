"""`docs/manifest.md` has every field, and no other."""

import re
from dataclasses import fields
from pathlib import Path

from nb2prod.artifact.dvc import Tracked
from nb2prod.runtime.manifest import DataFile, Manifest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "manifest.md"


def _table(head: str) -> list[str]:
    (table,) = re.findall(
        rf"^\| {head} \| \|\n\|---\|---\|\n((?:\|.*\n)+)", PAGE.read_text(), re.MULTILINE
    )
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


def _names(kind: type) -> set[str]:
    return {field.name for field in fields(kind)}


def test_every_field_is_documented() -> None:
    assert set(_table("field")) == {"format", *_names(Manifest)}
    assert set(_table("key")) == _names(DataFile)
    assert set(_table("entry")) == _names(Tracked)
