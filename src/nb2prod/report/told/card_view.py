"""Lay out what is told of a version for its model card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nb2prod.report.told import sections
from nb2prod.report.told.columns import columns, moment
from nb2prod.report.told.gathering import Told
from nb2prod.report.told.limits import limits
from nb2prod.report.told.words import Passage, Words, words_of

_MOST_STATISTICS = 40
_NO_WORDS = Words("", None, (), (), ())


def card_view(told: Told) -> dict[str, Any]:
    """Return the values of both forms of the card."""
    manifest = told.manifest
    words = _NO_WORDS if told.notebook is None else words_of(told.notebook)
    fitted = sections.frozen(told.snapshot.fitted)
    return {
        "name": manifest.name,
        "version": manifest.version,
        "title": words.title,
        "task": manifest.task,
        "target": ", ".join(manifest.target),
        "classes": [str(label) for label in manifest.classes or ()],
        "model": "" if told.snapshot.model is None else told.snapshot.model.kind,
        "parameters": [] if told.snapshot.model is None else _parameters(told),
        "introduction": _quoted([] if words.introduction is None else [words.introduction]),
        "use": _quoted(words.use),
        "about_data": _quoted(words.data),
        "stated_limits": _quoted(words.limits),
        "has_notebook": told.notebook is not None,
        "data": [{"path": one.path, "bytes": one.bytes} for one in manifest.data],
        "rows": None if told.reference is None else told.reference.rows,
        "duplicates": None if told.reference is None else told.reference.duplicates,
        "columns": columns(told),
        "metrics": [
            {"name": name, "value": sections.number(value)}
            for name, value in manifest.metrics.items()
        ],
        "scores": sections.scores(told),
        "unmeasured": told.unmeasured,
        "is_held_out": bool(told.parity.get("held_out")),
        "fairness": list(_fairness(told)),
        "features": told.config.gates.fairness.features,
        "statistics": fitted[:_MOST_STATISTICS],
        "other_statistics": max(0, len(fitted) - _MOST_STATISTICS),
        "limits": list(limits(told)),
        "leaks": [one for one in sections.leaks(told)["rows"] if one["weight"] == "leak"],
        "owners": _owners(told),
        "verdict": None if told.gates is None else told.gates["verdict"],
        "aliases": told.aliases,
        "approvals": _approvals(told),
        "lineage": list(sections.lineage(told)),
    }


def _parameters(told: Told) -> list[dict[str, str]]:
    model = told.snapshot.model
    given = {} if model is None else model.parameters
    return [{"name": name, "value": repr(value)} for name, value in given.items()]


def _quoted(passages: Sequence[Passage]) -> list[dict[str, Any]]:
    return [
        {"cell": one.cell, "heading": one.heading, "text": one.text}
        for one in dict.fromkeys(passages)
    ]


def _fairness(told: Told) -> Iterator[dict[str, Any]]:
    """Yield what the fairness gates measured, by sensitive feature."""
    gates: Sequence[Mapping[str, Any]] = () if told.gates is None else told.gates["gates"]
    seen = set()
    for gate in gates:
        name = str(gate["gate"])
        if not name.startswith("fairness:") or name in seen:
            continue
        seen.add(name)
        evidence = gate["evidence"]
        yield {
            "feature": name.partition(":")[2],
            "positive": evidence.get("positive"),
            "verdict": gate["verdict"],
            "message": gate["message"],
            "groups": [_group(label, rates) for label, rates in evidence.get("groups", {}).items()],
        }


_RATES = ("selection_rate", "true_positive_rate", "false_positive_rate")


def _group(label: str, rates: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "name": label,
        "n": rates["selection_rate"]["n"],
        "rates": [_rate(rates[name]) for name in _RATES],
    }


def _rate(rate: Mapping[str, Any]) -> str:
    if rate["value"] is None:
        return "none"
    low, high = rate["interval"]
    return f"{rate['value']:.3f} ({low:.3f} to {high:.3f})"


def _owners(told: Told) -> list[dict[str, str]]:
    owners = told.config.governance.owners
    return [
        {"what": what, "who": ", ".join(names) or "not stated"}
        for what, names in (
            ("training", owners.training),
            ("deployment", owners.deployment),
            ("monitoring", owners.monitoring),
        )
    ]


def _approvals(told: Told) -> list[dict[str, str]]:
    return [
        {
            "time": moment(entry.time),
            "what": f"{entry.action} to {entry.facts['alias']}"
            if "alias" in entry.facts
            else entry.action,
            "by": entry.by,
            "reason": entry.reason,
        }
        for entry in told.entries
        if entry.action in {"approve", "promote", "rollback"}
    ]
