"""Replay raw rows through a stored version, in a fresh process: ``python -m nb2prod.prove.replay JOB``.

What the version gives is compared with values that were captured in the notebook's own kernel. Nothing here knows how
the version was compiled.
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.prove.blame import Blame, blame
from nb2prod.prove.captured import open_scored, open_table
from nb2prod.prove.covering import SAMPLE_ROWS, covering_sample
from nb2prod.prove.equality import Comparison, compare, table
from nb2prod.prove.invented import SYNTHETIC_ROWS, invented_requests
from nb2prod.prove.part import Part, guarded, own_model
from nb2prod.prove.parting import compare_parts
from nb2prod.runtime.loading import load_version

_SYNTHETIC_ROWS = SYNTHETIC_ROWS
_DOMAIN_ROWS = 40
_BLAMED = frozenset({"single", "synthetic", "features", "batch"})


class Replay:
    """One version against one captured run.

    Args:
        pipeline: The stored pipeline.
        raw: The raw table.
        captured: ``features``, ``positions``, ``predictions`` and ``probabilities`` of the scored predict; under
            ``training`` the same of the rows that the model was fitted on, where the notebook makes both in one way;
            under ``own`` the model's own predictions, where the notebook makes other answers of them.
            Under ``parts`` tables that splits gave, each with ``positions`` and ``names`` of its sister parts.
        limit: Rows of the covering sample, or None for every row.
    """

    def __init__(
        self, pipeline: Any, raw: pd.DataFrame, captured: Mapping[str, Any], limit: int | None
    ) -> None:
        self._step = pipeline.named_steps["features"]
        target = list(self._step.placeholders)
        self._raw = raw
        self._requests = raw.drop(columns=target).reset_index(drop=True)
        self._targets = raw[target]
        self._scored = Part(pipeline, self._requests, captured)
        self._rows = self._scored.rows
        self._columns = self._scored.columns
        self._sample = covering_sample(self._rows, limit or len(self._rows))
        fitted = captured.get("training")
        self._fitted = (
            None if fitted is None else Part(pipeline, self._requests, fitted, is_model_s_own=True)
        )
        self._pipeline = pipeline
        self._captured = captured
        self._limit = limit

    def report(self) -> dict[str, Comparison]:
        """Return every comparison by name."""
        every = np.arange(len(self._rows))
        order = np.random.default_rng(0).permutation(len(self._rows))
        found = {
            "features": self._scored.compare_features(every),
            "batch": self._scored.compare_answers(every),
            "shuffled": self._scored.compare_both(order),
            "single": self._scored.compare_alone(self._sample),
            "target": self._without_target(),
            "synthetic": self._synthetic(),
            "domain": self._domain(),
        }
        if self._fitted is not None:
            found["training"] = self._training(self._fitted)
        if self._captured.get("parts"):
            found["parts"] = self._parts()
        if "own" in self._captured and hasattr(self._pipeline, "classes_"):
            found["classes"] = guarded(self._classes, len(self._rows))
        return found

    def _classes(self) -> Comparison:
        """Check that classes which have names of their own have those that the notebook answers."""
        own, named = own_model(self._pipeline).classes_, self._pipeline.classes_
        if isinstance(own, list) or list(own) == list(named):
            return Comparison(0, 0)
        names = dict(zip(list(own), list(named), strict=True))
        expected = [names[label] for label in np.asarray(self._captured["own"])]
        return compare(expected, self._captured["predictions"])

    def _training(self, fitted: Part) -> Comparison:
        """Compare the rows that the model was fitted on: they show values that no held-out row has."""
        count = len(fitted.rows)
        found = fitted.compare_both(np.arange(count))
        if found.mismatches:
            return found
        return found.joined(
            fitted.compare_alone(covering_sample(fitted.rows, self._limit or count))
        )

    def _parts(self) -> Comparison:
        """Compare what the notebook's splits were given, where the features of the parts may differ from there on."""
        parts = self._captured["parts"]
        count = sum(len(part["positions"]) for part in parts)
        return guarded(lambda: compare_parts(self._step, self._raw, parts, self._columns), count)

    def blame(self, kind: str, comparison: Comparison) -> Blame | None:
        """Find the first statement at which a row alone and the same row in the batch part."""
        if comparison.row is None or kind not in _BLAMED:
            return None
        rows = self._invented() if kind == "synthetic" else self._rows
        # The first row that differs may be wrong in the same way beside others, as the first of a `shift`.
        tried = (comparison.row, len(rows) // 2, len(rows) - 1)
        found = (blame(self._step, rows, row) for row in dict.fromkeys(tried))
        return next((each for each in found if each is not None), None)

    def _without_target(self) -> Comparison:
        """Check that the features do not depend on what stands in the target's place."""
        rows = self._rows.iloc[self._sample].reset_index(drop=True)
        step = copy.copy(self._step)
        found = Comparison(0, 0)
        for name, (value, dtype) in self._step.placeholders.items():
            others = [v for v in self._targets[name].dropna().unique() if v != value]
            for other in (others[0], others[-1]) if others else ():
                step.placeholders = {**self._step.placeholders, name: (other, dtype)}
                again = guarded(
                    lambda: compare(
                        step.transform(rows), self._step.transform(rows), self._columns
                    ),
                    len(rows),
                )
                found = found.joined(again)
        return found

    def _invented(self) -> pd.DataFrame:
        return invented_requests(self._requests, _SYNTHETIC_ROWS)

    def _synthetic(self) -> Comparison:
        """Check that invented requests get the same features alone and beside others."""
        rows = self._invented()
        alone = {
            position: made
            for position in range(len(rows))
            if (made := self._features_alone(rows, position)) is not None
        }
        if not alone:
            return Comparison(0, 0)
        batch = rows.iloc[list(alone)].reset_index(drop=True)
        return guarded(
            lambda: compare(
                np.vstack(list(alone.values())), self._step.transform(batch), self._columns
            ),
            len(alone),
        )

    def _domain(self) -> Comparison:
        """Check that no scored row counts as one that training would have dropped, and that each row decides alone."""
        if not hasattr(self._step, "watched"):
            return Comparison(0, 0)
        return guarded(self._kept_rows, len(self._rows)).joined(self._decided_alone())

    def _kept_rows(self) -> Comparison:
        _, outside = self._step.watched(self._rows)
        dropped = np.zeros(len(self._rows), dtype=bool)
        for one in outside:
            dropped |= one.rows
        if not dropped.any():
            return Comparison(len(dropped), 0)
        first = f"a scored row counts as dropped by {outside[0].where}"
        return Comparison(
            len(dropped), int(dropped.sum()), first=first, row=int(np.flatnonzero(dropped)[0])
        )

    def _decided_alone(self) -> Comparison:
        """Check that filters say the same of a row alone and beside others; rows without features say nothing."""
        rows = self._requests.iloc[covering_sample(self._requests, _DOMAIN_ROWS)]
        alone = {
            position: said[0]
            for position in range(len(rows))
            if (said := self._filters(rows.iloc[[position]])) is not None
        }
        together = self._filters(rows.iloc[list(alone)]) if alone else []
        if together is None:
            return Comparison(len(alone), len(alone), first="rows fail together, not alone", row=0)
        found = Comparison(0, 0)
        for (position, ours), theirs in zip(alone.items(), together, strict=True):
            first = None
            if ours != theirs:
                first = f"dropped by {sorted(ours)} alone, by {sorted(theirs)} beside others"
            found = found.joined(Comparison(1, int(first is not None), first=first, row=position))
        return found

    def _filters(self, rows: pd.DataFrame) -> list[set[str]] | None:
        """Return by row the filters of training that would drop it, or None where rows have no features."""
        try:
            _, outside = self._step.watched(rows.reset_index(drop=True))
        except Exception:  # noqa: BLE001 - emitted code may refuse a record by any exception
            return None
        return [{one.where for one in outside if one.rows[row]} for row in range(len(rows))]

    def _features_alone(self, rows: pd.DataFrame, position: int) -> npt.NDArray[Any] | None:
        """Return one row's features, or None for a record that the version does not take."""
        try:
            return table(self._step.transform(rows.iloc[[position]].reset_index(drop=True)))
        except Exception:  # noqa: BLE001 - emitted code may refuse a record by any exception
            return None


def main(job_path: str) -> int:
    """Replay as a job file says and write the report that it names."""
    job = json.loads(Path(job_path).read_text(encoding="utf-8"))
    version = load_version(Path(job["version"]))
    replay = Replay(
        version.pipeline,
        open_table(Path(job["raw"])),
        open_scored(Path(job["scored"]), job["answer"]),
        SAMPLE_ROWS if job["sample"] else None,
    )
    comparisons = replay.report()
    report: dict[str, Any] = {name: asdict(found) for name, found in comparisons.items()}
    for name, found in comparisons.items():
        if found.mismatches:
            at = replay.blame(name, found)
            report[name]["blame"] = None if at is None else asdict(at)
    Path(job["report"]).write_text(json.dumps(report, default=str), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
