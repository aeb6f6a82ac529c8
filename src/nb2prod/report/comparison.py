"""How two versions of a service differ: pure, from what was read of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nb2prod.report.change import ABSENT, Area, Difference, difference
from nb2prod.report.code_diff import CodeDifference, code_differences
from nb2prod.report.snapshot import KEPT_ENTRIES, Snapshot
from nb2prod.report.statistics import statistic_differences
from nb2prod.runtime.schema import Column

_LOCK_WORDS = {
    "requirements-train.lock": "training",
    "requirements-serve.lock": "serving",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two versions of a service.

    Attributes:
        service: The service's name.
        before: Name of the first version.
        after: Name of the second.
        differences: What changed but for code, by area.
        code: Modules that changed.
        notes: What a reader must know of the comparison itself.
    """

    service: str
    before: str
    after: str
    differences: tuple[Difference, ...]
    code: tuple[CodeDifference, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Tell whether nothing differs."""
        return not self.differences and not self.code

    def of(self, area: Area) -> tuple[Difference, ...]:
        """Return the differences of one area."""
        return tuple(one for one in self.differences if one.area is area)

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``nb2prod compare --format json`` prints."""
        return {
            "service": self.service,
            "before": self.before,
            "after": self.after,
            "same": self.is_same,
            "differences": [one.as_json() for one in self.differences],
            "code": [one.as_json() for one in self.code],
            "notes": list(self.notes),
        }


def compare_snapshots(before: Snapshot, after: Snapshot) -> Comparison:
    """Compare two versions.

    Args:
        before: The first version.
        after: The second.
    """
    names = before.manifest.version, after.manifest.version
    found = [
        *_by_name(Area.METRICS, before.manifest.metrics, after.manifest.metrics),
        *_by_name(Area.PARAMETERS, before.manifest.parameters, after.manifest.parameters),
        *_data(before, after),
        *statistic_differences(before.fitted, after.fitted),
        *_schema(before, after),
        *_model(before, after),
        *_settings(before, after),
        *_libraries(before, after),
    ]
    code = tuple(code_differences(before.code, after.code, names))
    differs = bool(found or code)
    return Comparison(
        after.manifest.name,
        *names,
        tuple(found),
        code,
        tuple(_notes(before, after, differs=differs)),
    )


def _by_name(
    area: Area, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Difference]:
    for name in dict.fromkeys([*before, *after]):
        found = difference(area, name, before.get(name, ABSENT), after.get(name, ABSENT))
        if found is not None:
            yield found


def _data(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    old = {file.path: file for file in before.manifest.data}
    new = {file.path: file for file in after.manifest.data}
    for path in dict.fromkeys([*old, *new]):
        one, other = old.get(path), new.get(path)
        if one is None or other is None:
            word = "new" if one is None else "no longer read"
            digests = one and one.sha256, other and other.sha256
            yield Difference(Area.DATA, path, *digests, word)
        elif one.sha256 != other.sha256:
            size = f"{one.bytes} bytes became {other.bytes}"
            if one.bytes == other.bytes:
                size = f"{one.bytes} bytes as before"
            yield Difference(Area.DATA, path, one.sha256, other.sha256, f"other content, {size}")


def _schema(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    yield from _columns("", before.schema.columns, after.schema.columns)
    yield from _columns("target ", before.schema.target, after.schema.target)
    orders = [[one.name for one in each.schema.columns] for each in (before, after)]
    if orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1]):
        said = "the same columns in another order"
        yield Difference(Area.SCHEMA, "columns", orders[0], orders[1], said)


def _columns(
    prefix: str, before: tuple[Column, ...], after: tuple[Column, ...]
) -> Iterator[Difference]:
    old, new = {one.name: one for one in before}, {one.name: one for one in after}
    for name in dict.fromkeys([*old, *new]):
        one, other = old.get(name), new.get(name)
        if one is None or other is None:
            column = one or other
            assert column is not None
            word = f"new column of {column.dtype}" if one is None else "gone"
            dtypes = one and one.dtype, other and other.dtype
            yield Difference(Area.SCHEMA, f"{prefix}{name}", *dtypes, word)
        else:
            yield from _column(f"{prefix}{name}", one.to_mapping(), other.to_mapping())


def _column(
    name: str, before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[Difference]:
    for key in dict.fromkeys([*before, *after]):
        if key not in {"name", "examples"}:
            one, other = before.get(key, ABSENT), after.get(key, ABSENT)
            found = difference(Area.SCHEMA, f"{name}: {key}", one, other)
            if found is not None:
                yield found


def _model(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    old, new = before.model, after.model
    if old is None or new is None:
        return
    found = difference(Area.MODEL, "class", old.kind, new.kind)
    if found is not None:
        yield found
    yield from _by_name(Area.MODEL, old.parameters, new.parameters)


def _settings(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    def of(snapshot: Snapshot) -> dict[str, Any]:
        manifest = snapshot.manifest
        return {
            "seed": manifest.seed,
            "threads": manifest.threads,
            "hash seed": manifest.hash_seed,
            "task": manifest.task,
            "target": list(manifest.target),
            "classes": None if manifest.classes is None else list(manifest.classes),
            "notebook": manifest.notebook.path,
            "nb2prod": manifest.tool.nb2prod,
            "Python": manifest.tool.python,
        }

    yield from _by_name(Area.SETTINGS, of(before), of(after))


def _libraries(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    """Say each package once, with the locks that it changed in."""
    found: dict[tuple[str, str | None, str | None], list[str]] = {}
    for lock, word in _LOCK_WORDS.items():
        old, new = before.locks.get(lock, {}), after.locks.get(lock, {})
        for name in sorted({*old, *new}):
            if old.get(name) != new.get(name):
                found.setdefault((name, old.get(name), new.get(name)), []).append(word)
    for (name, one, other), words in found.items():
        where = " and ".join(words)
        if one is None or other is None:
            text = f"new: {other} ({where})" if one is None else f"gone; it was {one} ({where})"
        else:
            text = f"{one} became {other} ({where})"
        yield Difference(Area.LIBRARIES, name, one, other, text)


def _notes(before: Snapshot, after: Snapshot, *, differs: bool) -> Iterator[str]:
    for one in (before, after):
        if one.unopened:
            yield (
                f"The model of {one.manifest.version} could not be opened here, so classes, hyperparameters and "
                f"what fitted objects learned are not compared: {one.unopened}"
            )
    cut = [
        entry.name
        for one in (before, after)
        for entry in one.fitted
        if isinstance(entry.value, list | dict) and len(entry.value) >= KEPT_ENTRIES
    ]
    for name in dict.fromkeys(cut):
        yield f"Of {name} only the first {KEPT_ENTRIES} entries are kept in a readable form, and compared."
    is_other_model = before.manifest.artifact_digest != after.manifest.artifact_digest
    if is_other_model and not differs:
        yield "The model files differ in nothing that can be read here: only their digests say so."
    if not is_other_model:
        yield "The model files are the same, byte for byte."
