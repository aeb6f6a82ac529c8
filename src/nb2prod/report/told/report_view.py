"""Lay out what is told of a version for its report."""

from __future__ import annotations

from typing import Any

from nb2prod.report.told import plots_view, sections
from nb2prod.report.told.build_record import StepTaken
from nb2prod.report.told.columns import columns, moment
from nb2prod.report.told.flowing import drawn_flow
from nb2prod.report.told.gathering import Told

_VERDICT_LOOKS = {"pass": "row-wise", "fail": "refused", "inconclusive": "training"}


def report_view(told: Told) -> dict[str, Any]:
    """Return the values of the page."""
    manifest = told.manifest
    flow = None if told.notebook is None else drawn_flow(told.notebook)
    return {
        "name": manifest.name,
        "version": manifest.version,
        "task": manifest.task,
        "target": ", ".join(manifest.target),
        "model": "" if told.snapshot.model is None else told.snapshot.model.kind,
        "aliases": told.aliases,
        "built": "" if told.build is None else moment(told.build.built_at),
        "tiles": _tiles(told),
        "steps": _steps(() if told.build is None else told.build.steps),
        "performance": _performance(told),
        "unmeasured": told.unmeasured,
        "flow": flow,
        "has_notebook": told.notebook is not None,
        "frozen": sections.frozen(told.snapshot.fitted),
        "parity": sections.parity(told),
        "tolerance": told.parity.get("tolerance"),
        "is_held_out": bool(told.parity.get("held_out")),
        "gates": sections.gates(told),
        "leaks": sections.leaks(told),
        "columns": columns(told),
        "rows": None if told.reference is None else told.reference.rows,
        "duplicates": None if told.reference is None else told.reference.duplicates,
        "lineage": list(sections.lineage(told)),
        "libraries": sorted(told.snapshot.locks.get("requirements-train.lock", {}).items()),
        "history": [{**one, "time": moment(one["time"])} for one in sections.history(told)],
        "notes": [told.snapshot.unopened] if told.snapshot.unopened else [],
    }


def _tiles(told: Told) -> list[dict[str, str]]:
    """Return what matters most, each in one word or number."""
    tiles = [
        {"label": name, "value": sections.number(value), "look": "", "said": "by the notebook"}
        for name, value in told.manifest.metrics.items()
    ]
    checks = sections.parity(told)
    differing = sum(one["mismatches"] for one in checks)
    said = f"to the notebook: {told.parity.get('rows', 0)} rows, {len(checks)} kinds of proof"
    word = f"{differing} differences" if differing else "equal"
    tiles.append(
        {
            "label": "proof",
            "value": word,
            "look": "refused" if differing else "row-wise",
            "said": said,
        }
    )
    tiles.append(_gate_tile(told))
    weighty = sum(one["weight"] == "leak" for one in sections.leaks(told)["rows"])
    tiles.append(
        {
            "label": "leaks",
            "value": str(weighty) if told.leaks else "not known",
            "look": "training" if weighty else "",
            "said": "statistics or fits that saw held-out rows",
        }
    )
    return tiles


def _gate_tile(told: Told) -> dict[str, str]:
    if told.gates is None:
        return {"label": "gates", "value": "not judged", "look": "", "said": "nb2prod gate judges"}
    verdict = str(told.gates["verdict"])
    number = len(told.gates["gates"])
    against = told.gates.get("champion")
    said = f"{number} asked" + (f", against {against}" if against else "")
    return {
        "label": "gates",
        "value": verdict,
        "look": _VERDICT_LOOKS.get(verdict, ""),
        "said": said,
    }


def _steps(steps: tuple[StepTaken, ...]) -> dict[str, Any]:
    longest = max((one.seconds for one in steps), default=1.0) or 1.0
    return {
        "rows": [
            {
                "name": one.name,
                "seconds": f"{one.seconds:.1f} s",
                "share": round(100 * one.seconds / longest, 1),
                "said": one.said,
            }
            for one in steps
        ],
        "total": f"{sum(one.seconds for one in steps):.1f} s",
    }


def _performance(told: Told) -> dict[str, Any] | None:
    found = told.performance
    if found is None:
        return None
    return {
        "rows": found.rows,
        "is_held_out": found.is_held_out,
        "scores": sections.scores(told),
        "plots": plots_view.plots(found),
        "confusion": plots_view.confusion(found.confusion),
        "importance": plots_view.importance(found),
    }
