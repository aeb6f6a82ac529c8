"""Where a model ends, as the proof and the training data show it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nb2prod.report.told.gathering import Told
from nb2prod.runtime.manifest import Manifest
from nb2prod.runtime.schema import Column

_MOST_NAMES = 12


def limits(told: Told) -> Iterator[str]:
    """Yield what the proof and the training data say of where the model ends."""
    manifest = told.manifest
    if not told.parity.get("held_out"):
        yield (
            "The metrics are of rows that the model was fitted on: new rows will do worse, and by how much is "
            "not known."
        )
    yield from _domain(told)
    yield from _nulls(told.snapshot.schema.columns)
    yield from _categories(told.snapshot.schema.columns)
    yield from _ranges(told.snapshot.schema.columns)
    yield from _rows(told, manifest)


_OUTSIDE = {
    "flag": "answered, with a warning",
    "reject": "refused",
    "fallback": "answered with a fallback",
}


def _domain(told: Told) -> Iterator[str]:
    """Yield the filters of training that requests are checked against."""
    found = [where for code in told.snapshot.code.values() for where in _filters(code)]
    for where in dict.fromkeys(found):
        yield (
            f"Training dropped rows here: {where}. Requests with such rows are {_OUTSIDE[told.config.domain]}; "
            "the model never saw any."
        )


def _filters(code: str) -> Iterator[str]:
    """Yield the place of each filter that an emitted module checks rows against."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "in_domain":
            for argument in node.args[1:2]:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value)


def _nulls(found: Sequence[Column]) -> Iterator[str]:
    never = [column.name for column in found if not column.nullable]
    if never and len(never) == len(found):
        yield "No column had missing values in training, and a request with one is refused."
    elif never:
        yield f"Training saw no missing values in {_named(never)}; a request with one there is refused."


def _categories(found: Sequence[Column]) -> Iterator[str]:
    known = [column.name for column in found if column.kind == "category"]
    if known:
        yield (
            f"Training saw a fixed set of values in {_named(known)}; another value is answered with a warning, or "
            "refused where the notebook's own code has no answer to it."
        )


def _ranges(found: Sequence[Column]) -> Iterator[str]:
    known = [column.name for column in found if column.minimum is not None]
    if known:
        yield (
            f"Values of {_named(known)} beyond those of training are answered with a warning: what the model makes "
            "of them was not measured."
        )


def _rows(told: Told, manifest: Manifest) -> Iterator[str]:
    if told.performance is not None and told.performance.rows < 1000:
        yield (
            f"The scores rest on {told.performance.rows} rows; the intervals say how far they may be off."
        )
    if manifest.task == "classification" and told.reference is not None:
        for column in told.reference.target:
            counts = dict(column.counts or {})
            if counts:
                label, count = min(counts.items(), key=lambda item: item[1])
                yield (f"The rarest class, {label!r}, has {count} of {sum(counts.values())} rows.")


def _named(names: Sequence[str]) -> str:
    listed = ", ".join(f"`{name}`" for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{listed} and {more} more" if more > 0 else listed
