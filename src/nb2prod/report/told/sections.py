"""The tables of a version's report: proof, gates, leaks, frozen values, lineage."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nb2prod.report.drawing.plots import cut
from nb2prod.report.snapshot import Entry
from nb2prod.report.told.gathering import Told

PARITY_WORDS = {
    "features": "the features of the scored rows, in one batch",
    "batch": "the answers, all rows in one batch",
    "shuffled": "features and answers, in another order",
    "single": "features and answers, one row at a time",
    "http": "the answers of the packaged service, singly and in batches",
    "parts": "columns of all parts of a split, as they were when it was split",
    "target": "the features, whatever stands in the target's place",
    "synthetic": "invented requests with nulls and far values: alone as in a batch",
    "domain": "rows that training drops: flagged alone as in the table",
    "training": "rows that the model was fitted on",
    "classes": "the names of the classes, where the notebook gives them others than the model",
    "metrics": "the metrics of the training script",
}

_LOOKS = {"pass": "row-wise", "fail": "refused", "inconclusive": "training", "skip": ""}


def number(value: object) -> str:
    """Return a metric for people."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "none" if value is None else str(value)
    is_large = math.isfinite(value) and 1e4 <= abs(value) < 1e12
    return f"{value:.0f}" if is_large else f"{value:.4g}"


def scores(told: Told) -> list[dict[str, Any]]:
    """Return the scores that were measured, with their intervals."""
    found = () if told.performance is None else told.performance.scores
    return [
        {
            "name": one.name,
            "value": number(one.value),
            "interval": "too few errors to tell"
            if one.low is None
            else f"{number(one.low)} to {number(one.high)}",
            "n": one.n,
        }
        for one in found
    ]


def parity(told: Told) -> list[dict[str, Any]]:
    """Return what was compared with the notebook."""
    checks: Mapping[str, Mapping[str, Any]] = told.parity.get("checks", {})
    return [
        {
            "name": name,
            "meaning": PARITY_WORDS.get(name, ""),
            "rows": one["rows"],
            "mismatches": one["mismatches"],
            "largest": f"{one['largest']:.0e}" if one["largest"] else "0",
            "look": "refused" if one["mismatches"] else "row-wise",
        }
        for name, one in checks.items()
    ]


def gates(told: Told) -> list[dict[str, Any]]:
    """Return what each gate said."""
    found: Sequence[Mapping[str, Any]] = () if told.gates is None else told.gates["gates"]
    return [
        {
            "name": one["gate"],
            "verdict": "waived" if one["waived"] else one["verdict"],
            "look": _LOOKS.get(one["verdict"], ""),
            "message": one["message"],
            "n": one["n"],
            "waived": _waived(one["waived"]),
        }
        for one in found
    ]


def _waived(waiver: Mapping[str, str] | None) -> str:
    if waiver is None:
        return ""
    return f"waived by {waiver['by']} until {waiver['until']}: {waiver['reason']}"


_LEAK_WORDS = {
    "statistic": "a statistic",
    "target statistic": "a statistic of the target",
    "fit": "a fit",
    "own statistic": "a statistic of held-out rows alone",
    "choice": "a choice of the model",
    "resampled": "rows multiplied before the split",
    "choice of rows": "a choice of rows",
    "answer": "a feature that gives the answer away",
    "categories": "categories",
    "condition": "a condition",
}


def leaks(told: Told) -> dict[str, Any]:
    """Return what saw held-out rows, and the metrics without it."""
    found: Sequence[Mapping[str, Any]] = told.leaks.get("leaks", ())
    metrics: Mapping[str, Mapping[str, Any]] = told.leaks.get("metrics", {})
    return {
        "rows": [
            {
                "code": one["code"],
                "kind": _LEAK_WORDS.get(one["kind"], one["kind"]),
                "place": f"cell {one['cell']}, line {one['line']}",
                "expression": one["expression"],
                "said": f"{one['held_out_rows']} of {one['rows']} rows are held out",
                "look": "" if one["is_mild"] else "training",
                "weight": "mild" if one["is_mild"] else "leak",
            }
            for one in found
        ],
        "metrics": [
            {
                "name": name,
                "notebook": number(one["notebook"]),
                "without": number(one["without_leaks"]),
            }
            for name, one in metrics.items()
        ],
        "why_not": told.leaks.get("why_no_metrics", ""),
        "is_known": bool(told.leaks),
    }


def frozen(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return what training froze, with its place in the notebook.

    An object is left out where what it learned has entries of its own, and so is what holds nothing.
    """
    known = {one.name.partition(".")[0] for one in entries if "." in one.name}
    return [
        {
            "name": one.name,
            "value": "an object" if _is_object(one.value) else _summary(one.value),
            "entries": _entries(one.value),
            "expression": one.expression,
            "place": "" if one.cell is None else f"cell {one.cell}, line {one.line}",
        }
        for one in entries
        if one.value not in (None, {}, []) and not (_is_object(one.value) and one.name in known)
    ]


_MOST_ENTRIES = 60
_LONGEST = 70


def _summary(value: Any) -> str:
    text = _rounded(value)
    if isinstance(value, dict | list) and len(text) > _LONGEST:
        return f"{len(value)} entries"
    return cut(text, 4 * _LONGEST)


def _rounded(value: Any) -> str:
    """Return a value as text, every number to six digits."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_rounded(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_rounded, value)) + "]"
    return f"{value:.6g}" if isinstance(value, float) else repr(value)


def _entries(value: Any) -> list[tuple[str, str]]:
    """Return the entries of a table or a list that is too long to be shown in one line."""
    if not isinstance(value, dict | list) or not _summary(value).endswith(" entries"):
        return []
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return [(str(key), cut(_rounded(one), 4 * _LONGEST)) for key, one in pairs][:_MOST_ENTRIES]


def _is_object(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("<") and value.endswith(">")


def lineage(told: Told) -> Iterator[tuple[str, str]]:
    """Yield what the version was made from, by name."""
    manifest = told.manifest
    yield "notebook", f"{manifest.notebook.path}, {manifest.notebook.sha256}"
    build = told.build
    if build is not None and build.commit is not None:
        changes = " with changes that were not committed" if build.is_dirty else ""
        yield "commit", f"{build.commit}{changes}"
    for one in manifest.data:
        yield "data", f"{one.path}, {one.bytes} bytes, {one.sha256}"
    parameters = ", ".join(f"{name} = {value!r}" for name, value in manifest.parameters.items())
    yield "parameters", parameters or "none"
    yield "seed", f"{manifest.seed}, hash seed {manifest.hash_seed}, threads {manifest.threads}"
    yield "made by", f"nb2prod {manifest.tool.nb2prod}, Python {manifest.tool.python}"
    if manifest.machine:
        yield "machine", ", ".join(value for value in manifest.machine.values() if value)
    yield "run key", manifest.run_key
    yield "artifact digest", manifest.artifact_digest
    if build is not None:
        yield "built", f"{build.built_at} by {build.built_by}"


def history(told: Told) -> list[dict[str, str]]:
    """Return what happened to the version, oldest first."""
    return [
        {
            "time": entry.time,
            "action": f"{entry.action} to {entry.facts['alias']}"
            if "alias" in entry.facts
            else entry.action,
            "by": entry.by,
            "reason": entry.reason,
        }
        for entry in told.entries
    ]
