"""Turn what was noted of an operation into the facts that a recording holds."""

from __future__ import annotations

from typing import Any

from nb2prod.execute.recorder.instrument import Site
from nb2prod.execute.recorder.notes import Pending
from nb2prod.execute.recorder.values import callee_name, is_from_cell, kind_of, short_text


def plain_fact(value: Any, pending: Pending, site: Site) -> dict[str, Any]:
    """Return the fact of an operation as far as its rows do not matter."""
    kind = kind_of(value)
    fact: dict[str, Any] = {
        "relation": "none",
        "kind": kind,
        "operand": None,
        "operands": {
            note.name: note.kind + ("+rows" if note.carries_rows else "") for note in pending.notes
        },
        "callee": _callee(pending, site),
        "mutated": {},
        "lengths": {note.name: note.length for note in pending.notes if note.length is not None},
        "text": short_text(value),
        **shape_facts(value, kind),
    }
    first = next((n for n in pending.notes if n.name == "0"), None)
    if first is not None and first.kind == "estimator":
        fact["is_stateless"] = _is_stateless(first.value)
    return fact


def _is_stateless(estimator: Any) -> bool:
    """Tell whether an estimator says of itself that it can be used without a fit."""
    try:
        return not estimator.__sklearn_tags__().requires_fit
    except Exception:  # an own class may have no tags, or wrong ones
        return False


def shape_facts(value: Any, kind: str) -> dict[str, Any]:
    """Return the columns and dtype of a value, where it has them."""
    facts: dict[str, Any] = {}
    if kind == "frame" and len(value.columns) <= 2000:
        facts["columns"] = [_json_name(c) for c in value.columns]
    if kind in {"series", "array", "index"}:
        facts["dtype"] = str(value.dtype)
    if kind == "series" and (value.name is None or isinstance(value.name, str | int)):
        facts["columns"] = [value.name]
    return facts


def _json_name(name: Any) -> Any:
    return name if isinstance(name, str | int | float | bool) or name is None else str(name)


def _callee(pending: Pending, site: Site) -> str | None:
    first = next((n for n in pending.notes if n.name == "0"), None)
    if first is None:
        return None
    if site.kind == "call":
        return callee_name(first.value) if first.value is not None else None
    if site.kind == "method" and first.kind in {"module", "class"}:
        return callee_name(getattr(first.value, site.name, None))
    if site.kind == "method" and first.kind == "estimator":
        return f"{type(first.value).__module__}.{type(first.value).__qualname__}.{site.name}"
    return None


def is_user_call(site: Site, pending: Pending) -> bool:
    """Tell whether a function from a cell or an estimator was called: both are judged in other ways."""
    first = next((n for n in pending.notes if n.name == "0"), None)
    if first is None or first.value is None:
        return False
    if first.kind == "estimator":
        return True
    return site.kind == "call" and is_from_cell(first.value)
