"""Schema compatibility: whoever sends requests to the champion can send them to the candidate."""

from __future__ import annotations

from collections.abc import Iterator

from nb2prod.gates.gate import Question
from nb2prod.gates.verdict import GateResult, Verdict
from nb2prod.runtime.schema import Column, Schema


def schema_compatibility(question: Question) -> Iterator[GateResult]:
    """Compare the raw record with the champion's.

    A field that is gone, has another type, no longer takes nulls or is new and required fails: callers would be
    answered 422. A new optional field passes. Changed categories and ranges are reported.
    """
    if question.champion is None:
        return
    broken, reported = compare_schemas(question.champion.schema, question.candidate.schema)
    name = question.champion.name
    yield GateResult(
        "schema",
        Verdict.FAIL if broken else Verdict.PASS,
        f"callers of {name} would be refused: {'; '.join(broken)}"
        if broken
        else f"takes every record that {name} takes",
        value=float(len(broken)),
        threshold=0.0,
        evidence={"champion": name, "broken": broken, "reported": reported},
    )


def compare_schemas(champion: Schema, candidate: Schema) -> tuple[list[str], list[str]]:
    """Return what breaks callers of the champion, and what only is to be known."""
    old = {column.name: column for column in champion.columns}
    new = {column.name: column for column in candidate.columns}
    broken = [f"`{name}` is gone" for name in old if name not in new]
    reported: list[str] = []
    for name, column in new.items():
        if name in old:
            broken += _breaks(old[name], column)
            reported += _remarks(old[name], column)
        elif column.nullable:
            reported.append(f"`{name}` is new and optional")
        else:
            broken.append(f"`{name}` is new and required")
    old_target = [(column.name, column.kind) for column in champion.target]
    new_target = [(column.name, column.kind) for column in candidate.target]
    if old_target != new_target:
        broken.append(f"it predicts {new_target} instead of {old_target}")
    return broken, reported


def _breaks(old: Column, new: Column) -> Iterator[str]:
    if _json_type(old) != _json_type(new):
        yield f"`{new.name}` is {new.kind} instead of {old.kind}"
    if old.nullable and not new.nullable:
        yield f"`{new.name}` takes no null any more"


def _json_type(column: Column) -> str:
    """Return what a caller sends for a column: a category is of the type of its values."""
    if column.kind != "category":
        return {"integer": "whole number"}.get(column.kind, column.kind)
    kinds = {type(value) for value in column.categories or ()}
    names = {bool: "boolean", str: "text", int: "whole number", float: "number"}
    return names[kinds.pop()] if len(kinds) == 1 else "mixed"


def _remarks(old: Column, new: Column) -> Iterator[str]:
    before, after = set(old.categories or ()), set(new.categories or ())
    for word, values in (("no longer knows", before - after), ("now knows", after - before)):
        if values and old.kind == new.kind == "category":
            yield f"`{new.name}` {word} {', '.join(sorted(map(repr, values)))}"
    if (old.minimum, old.maximum) != (new.minimum, new.maximum):
        yield (
            f"`{new.name}` ranges from {new.minimum} to {new.maximum} "
            f"instead of {old.minimum} to {old.maximum}"
        )
