"""The leaks of a compiled notebook, and its metrics without them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nb2prod.build.clock import Clock
from nb2prod.build.draft import Draft
from nb2prod.build.running import refitting_options
from nb2prod.compile.leaking.finding import find_leaks
from nb2prod.compile.leaking.leak import Kind, Leak
from nb2prod.compile.leaking.telling import FIGURE, WORDS, changes, listed, told
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.errors import Nb2prodError
from nb2prod.execute.recorder.refitting_session import REFITTED
from nb2prod.execute.run import execute

LEAKS_FORMAT = 1
"""Format of ``leaks.json``; raise it when a reader of the old one would misread the new one."""

LEAKS_NAME = "leaks.json"
"""File of a version that holds its leaks."""


_EXPECT = "expect the second figure of new rows; nothing that is shipped was changed"
_NO_EFFECT = "the leaks cost nothing on these data; on others they may"


@dataclass(frozen=True, slots=True)
class Leaks:
    """What saw held-out rows, and what the metrics are without it.

    Attributes:
        found: Each leak, in the order of the places.
        held_out_rows: Rows that are held out.
        shared_rows: Rows that are both fitted on and scored.
        before: The notebook's metrics.
        after: The metrics where leaks are learned from training rows; empty where they are not known.
        why_not: Why ``after`` is empty, where there is something to learn again.
        places: What became of each place that was learned again, by its key.
    """

    found: Sequence[Leak]
    held_out_rows: int
    shared_rows: int
    before: Mapping[str, float]
    after: Mapping[str, float] = field(default_factory=dict)
    why_not: str = ""
    places: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def refittable(self) -> list[Leak]:
        """The leaks that can be learned again."""
        return [leak for leak in self.found if leak.is_refitted]

    @property
    def relearned(self) -> list[Leak]:
        """The leaks that were learned again."""
        known = {key for key, told in self.places.items() if not told["failure"]}
        return [leak for leak in self.refittable if leak.key in known]

    @property
    def has_fitted_rows(self) -> bool:
        """Tell whether a leak says that scored rows were fitted on."""
        return any(leak.kind in {Kind.FIT, Kind.RESAMPLED} for leak in self.found)

    def said(self) -> str:
        """Return in one line what was found."""
        weighty = sum(not leak.is_mild for leak in self.found)
        count = f"{weighty} leak{'' if weighty == 1 else 's'}"
        return f"{count}; {changes(self.before, self.after)}" if self.after else count

    def as_json(self) -> dict[str, Any]:
        """Return the content of ``leaks.json``."""
        entries = [
            {
                "code": WORDS[leak.kind].code,
                **leak.as_json(),
                "is_relearned": leak in self.relearned,
            }
            for leak in self.found
        ]
        metrics = {
            name: {"notebook": _finite(self.before[name]), "without_leaks": _finite(value)}
            for name, value in self.after.items()
            if name in self.before
        }
        return {
            "format": LEAKS_FORMAT,
            "held_out_rows": self.held_out_rows,
            "shared_rows": self.shared_rows,
            "leaks": entries,
            "metrics": metrics,
            "why_no_metrics": self.why_not,
        }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def leaks_of(draft: Draft) -> Leaks:
    """Find the leaks of a compiled notebook; nothing is run."""
    recording = draft.runs.recording
    scored = recording.scored
    found = find_leaks(draft.order.notebook, recording, draft.plan)
    held_out, shared = (scored.held_out_rows, scored.shared_rows) if scored else (0, 0)
    return Leaks(found, held_out, shared, recording.metrics)


def examined(draft: Draft, folder: Path, clock: Clock) -> Leaks:
    """Find the leaks of a compiled notebook, and its metrics without them.

    A notebook without leaks waits for nothing here.

    Args:
        draft: The compiled notebook.
        folder: The build's temporary folder, with what the recorded run left.
        clock: Times the step.
    """
    leaks = leaks_of(draft)
    if not leaks.refittable:
        return leaks
    with clock.step("leaks") as step:
        step.progress = lambda: "learning from the training rows alone"
        leaks = refitted(draft, leaks, folder)
        step.result = leaks.said()
    return leaks


def refitted(draft: Draft, leaks: Leaks, folder: Path) -> Leaks:
    """Run the tagged cells once more, where leaks are learned from training rows only.

    Whatever goes wrong there is the reason for which there is no figure; it never ends a build.

    Args:
        draft: The compiled notebook.
        leaks: Its leaks.
        folder: The build's temporary folder, with what the recorded run left.
    """
    own = folder / "refitting"
    own.mkdir()
    keys = [leak.key for leak in leaks.refittable]
    options = refitting_options(draft.order, own, folder, keys)
    try:
        run = execute(draft.order.notebook.path, replace(options, timeout=draft.training_timeout))
        run.discard()
        found = json.loads((own / REFITTED).read_text(encoding="utf-8"))
    except (Nb2prodError, OSError, ValueError) as fault:
        why = " ".join(str(fault).split())
        return replace(leaks, why_not=f"the notebook does not run that way: {why}")
    made = replace(leaks, places=found["places"])
    why = _why_not(made, found)
    return replace(made, why_not=why) if why else replace(made, after=found["metrics"])


def _why_not(leaks: Leaks, found: Mapping[str, Any]) -> str:
    """Return why the metrics of a refitting run say nothing about the leaks; empty where they do."""
    if found["unrecorded"]:
        return f"the rows could not be followed: {found['unrecorded'][0]}"
    if not found["is_scored_on_same_rows"]:
        return "other rows are held out then: a leak takes part in how the rows are split"
    if not leaks.relearned:
        failures = [told["failure"] for told in leaks.places.values() if told["failure"]]
        return f"nothing could be learned again: {failures[0]}" if failures else "nothing was run"
    if not leaks.before:
        return "no metric is computed"
    return ""


def leak_findings(draft: Draft, leaks: Leaks) -> list[Diagnostic]:
    """Return a finding for each leak, and one for the metrics without them."""
    notebook = draft.order.notebook
    found = [
        told(notebook, leak, leaks.shared_rows, _value(leaks.places.get(leak.key)))
        for leak in leaks.found
    ]
    return [*found, *_figure(leaks)]


def _value(place: Mapping[str, Any] | None) -> str:
    """Say what the training rows alone give."""
    if place is None or place["failure"]:
        return ""
    if place["is_same"]:
        return ". The training rows alone give the same value here"
    is_one = place["times"] == 1 and place["before"] != place["after"]
    if is_one and place["before"]:
        return f". It is {place['before']}, and {place['after']} on the training rows alone"
    return ""


def _figure(leaks: Leaks) -> list[Diagnostic]:
    if not leaks.refittable:
        return []
    code, name = FIGURE
    if leaks.after:
        message = (
            f"learned from the training rows alone, {changes(leaks.before, leaks.after)}, "
            f"on the same {leaks.held_out_rows} held-out rows{_except(leaks)}"
        )
        differs = any(leaks.after.get(name) != value for name, value in leaks.before.items())
        hint = _EXPECT if differs else _NO_EFFECT
    else:
        message = f"what the metrics are without leaks is not known: {leaks.why_not}"
        hint = "mend the leaks in the notebook, and the metrics are those that new rows will show"
    return [Diagnostic(code=code, name=name, severity=Severity.INFO, message=message, hint=hint)]


def _except(leaks: Leaks) -> str:
    """Say which leaks are still in the figure."""
    kept = [leak for leak in leaks.found if not leak.is_mild and leak not in leaks.relearned]
    if not kept:
        return ""
    places = listed([(leak.cell, leak.line) for leak in kept])
    reasons = {told["failure"] for told in leaks.places.values() if told["failure"]}
    why = f": {min(reasons)}" if reasons and _all_failed(kept) else ""
    return f" (with what is in {places} as it was{why})"


def _all_failed(leaks: Sequence[Leak]) -> bool:
    return all(leak.is_refitted and leak.kind is not Kind.ROWS for leak in leaks)
