"""Compare a raw table with the schema and the distributions of the version whose code is to be trained on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from nb2prod.artifact.reference import Reference
from nb2prod.artifact.schema import SchemaRefused, describe
from nb2prod.retrain.predecessor import Predecessor
from nb2prod.retrain.validation import Finding, Validation, Weight
from nb2prod.runtime.profile import ColumnProfile
from nb2prod.runtime.schema import Column, Schema

_SHOWN = 5
_FEWER = 0.5
"""A table of less than this share of the rows is more often a broken export than a smaller world."""


def validate(
    raw: pd.DataFrame, predecessor: Predecessor, others: Sequence[Finding] = ()
) -> Validation:
    """Say what is new in a table.

    Args:
        raw: The table, as the version's ``load`` reads it.
        predecessor: The version.
        others: What else is new: packages, the training script.
    """
    reference = predecessor.reference
    found = [*_rows(raw, reference), *_table(raw, predecessor), *others]
    order = list(Weight)
    return Validation(
        predecessor.manifest.version,
        len(raw),
        None if reference is None else reference.rows,
        sorted(found, key=lambda finding: order.index(finding.weight)),
    )


def _rows(raw: pd.DataFrame, reference: Reference | None) -> Iterator[Finding]:
    if raw.empty:
        yield Finding("rows", Weight.ERROR, None, "the table has no rows")
    elif reference is not None and len(raw) < _FEWER * reference.rows:
        message = f"{len(raw)} rows instead of {reference.rows}"
        yield Finding("rows", Weight.WARNING, None, message)


def _table(raw: pd.DataFrame, predecessor: Predecessor) -> Iterator[Finding]:
    old = {column.name: column for column in _columns(predecessor.schema)}
    target = [column.name for column in predecessor.schema.target]
    names = [str(name) for name in raw.columns]
    for name in old:
        if name not in names:
            yield Finding("gone", Weight.ERROR, name, f"`{name}` is gone")
    if any(name not in names for name in target) or raw.empty:
        return
    try:
        schema = Schema.from_mapping(describe(raw, target))
    except SchemaRefused as fault:
        yield Finding("retyped", Weight.ERROR, None, f"{fault.what}: {fault.why}")
        return
    profiles = _profiles(predecessor.reference)
    for column in _columns(schema):
        if column.name in old:
            yield from _column(old[column.name], column, raw[column.name], profiles, target)
        else:
            yield Finding("new", Weight.WARNING, column.name, f"`{column.name}` is new")


def _columns(schema: Schema) -> tuple[Column, ...]:
    return (*schema.columns, *schema.target)


def _profiles(reference: Reference | None) -> Mapping[str, ColumnProfile]:
    if reference is None:
        return {}
    return {profile.name: profile for profile in (*reference.columns, *reference.target)}


def _column(
    old: Column,
    new: Column,
    values: pd.Series,
    profiles: Mapping[str, ColumnProfile],
    target: Sequence[str],
) -> Iterator[Finding]:
    if _sent_as(old) != _sent_as(new):
        message = f"`{new.name}` is {new.kind} ({new.dtype}) instead of {old.kind} ({old.dtype})"
        yield Finding("retyped", Weight.ERROR, new.name, message)
        return
    if new.dtype != old.dtype:
        message = f"`{new.name}` is {new.dtype} instead of {old.dtype}"
        yield Finding("retyped", Weight.WARNING, new.name, message)
    if new.nullable and not old.nullable:
        message = f"`{new.name}` has {int(values.isna().sum())} nulls, and had none"
        weight = Weight.ERROR if new.name in target else Weight.WARNING
        yield Finding("nulls", weight, new.name, message)
    yield from _categories(old, new, profiles.get(new.name), is_target=new.name in target)
    yield from _range(old, new)


def _sent_as(column: Column) -> str:
    """Return what a caller sends: whole numbers are numbers, and labels are texts."""
    if column.kind in {"category", "text"}:
        types = {type(value).__name__ for value in column.categories or ("",)}
        return "text" if types == {"str"} else "/".join(sorted(types))
    return {"integer": "number"}.get(column.kind, column.kind)


def _categories(
    old: Column, new: Column, profile: ColumnProfile | None, *, is_target: bool
) -> Iterator[Finding]:
    before = _labels(old, profile)
    now = _labels(new, None)
    if before is None or now is None:
        return
    unseen = [value for value in now if value not in before]
    gone = [value for value in before if value not in now]
    if unseen:
        message = f"`{new.name}` has values that were not there: {_listed(unseen)}"
        yield Finding("categories", Weight.WARNING, new.name, message)
    if gone:
        message = f"`{new.name}` has no more {_listed(gone)}"
        message += ", which the new model can never answer" if is_target else ""
        weight = Weight.WARNING if is_target else Weight.INFO
        yield Finding("categories", weight, new.name, message)


def _labels(column: Column, profile: ColumnProfile | None) -> list[str] | None:
    """Return a column's labels as text, where it has few; None where they say nothing."""
    if column.categories is not None:
        return [str(value) for value in column.categories]
    if column.kind == "text" and profile is not None and profile.counts is not None:
        return list(profile.counts)
    return None


def _range(old: Column, new: Column) -> Iterator[Finding]:
    if old.minimum is None or new.minimum is None:
        return
    # Datetimes are ISO texts, which sort as the moments do.
    is_beyond = _less(new.minimum, old.minimum) or _less(old.maximum, new.maximum)
    if is_beyond:
        message = (
            f"`{new.name}` ranges from {new.minimum} to {new.maximum}, "
            f"and ranged from {old.minimum} to {old.maximum}"
        )
        yield Finding("range", Weight.INFO, new.name, message)


def _less(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one < other
    is_number = isinstance(one, int | float) and isinstance(other, int | float)
    return is_number and one < other  # type: ignore[operator]  # both are numbers


def _listed(values: Sequence[str]) -> str:
    shown = ", ".join(repr(value) for value in values[:_SHOWN])
    more = len(values) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
