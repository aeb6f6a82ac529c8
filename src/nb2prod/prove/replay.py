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

import joblib  # noqa: TID251 (our own captures, in our own folder)
import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.prove.blame import Blame, blame
from nb2prod.prove.covering import SAMPLE_ROWS, covering_sample
from nb2prod.prove.equality import Comparison, compare, table
from nb2prod.runtime.loading import load_version

_SYNTHETIC_ROWS = 40


class Replay:
    """One version against one captured run.

    Args:
        pipeline: The stored pipeline.
        raw: The raw table.
        captured: ``features``, ``positions``, ``predictions`` and ``probabilities`` of the scored predict.
        limit: Rows of the covering sample, or None for every row.
    """

    def __init__(
        self, pipeline: Any, raw: pd.DataFrame, captured: Mapping[str, Any], limit: int | None
    ) -> None:
        self._pipeline = pipeline
        self._step = pipeline.named_steps["features"]
        target = list(self._step.placeholders)
        self._requests = raw.drop(columns=target).reset_index(drop=True)
        self._targets = raw[target]
        self._positions: npt.NDArray[np.int64] = captured["positions"]
        self._rows = self._requests.iloc[self._positions].reset_index(drop=True)
        self._features = captured["features"]
        self._predictions = captured["predictions"]
        self._probabilities = captured["probabilities"]
        columns = getattr(self._features, "columns", None)
        self._columns = None if columns is None else list(columns)
        self._sample = covering_sample(self._rows, limit or len(self._rows))

    def report(self) -> dict[str, Comparison]:
        """Return every comparison by name."""
        return {
            "features": self._compare_features(self._rows, np.arange(len(self._rows))),
            "batch": self._compare_predictions(self._rows, np.arange(len(self._rows))),
            "shuffled": self._shuffled(),
            "single": self._single(),
            "target": self._without_target(),
            "synthetic": self._synthetic(),
        }

    def blame(self, kind: str, comparison: Comparison, folder: Path) -> Blame | None:
        """Find the first statement at which a row alone and the same row in the batch part."""
        if comparison.row is None or kind not in {"single", "synthetic", "features", "batch"}:
            return None
        rows = self._invented() if kind == "synthetic" else self._rows
        return blame(self._step, rows, comparison.row, folder)

    def _transform(self, rows: pd.DataFrame) -> Any:
        return self._step.transform(rows)

    def _compare_features(self, rows: pd.DataFrame, order: npt.NDArray[np.int64]) -> Comparison:
        return self._guarded(
            lambda: compare(
                table(self._transform(rows)), table(self._features)[order], self._columns
            ),
            len(order),
        )

    def _compare_predictions(self, rows: pd.DataFrame, order: npt.NDArray[np.int64]) -> Comparison:
        def check() -> Comparison:
            found = compare(self._pipeline.predict(rows), table(self._predictions)[order])
            if self._probabilities is not None and found.mismatches == 0:
                made = compare(
                    _flat(self._pipeline.predict_proba(rows)), _flat(self._probabilities)[order]
                )
                return made
            return found

        return self._guarded(check, len(order))

    def _guarded(self, check: Any, rows: int) -> Comparison:
        try:
            result: Comparison = check()
        except Exception as error:  # the version's code may raise anything: that is a finding
            return Comparison(rows, rows, first=f"{type(error).__name__}: {error}", row=0)
        return result

    def _shuffled(self) -> Comparison:
        order = np.random.default_rng(0).permutation(len(self._rows))
        rows = self._rows.iloc[order].reset_index(drop=True)
        features = self._compare_features(rows, order)
        return features if features.mismatches else self._compare_predictions(rows, order)

    def _single(self) -> Comparison:
        found = Comparison(0, 0)
        for position in self._sample:
            row = self._rows.iloc[[position]].reset_index(drop=True)
            order = np.array([position])
            one = self._compare_features(row, order)
            if not one.mismatches:
                one = self._compare_predictions(row, order)
            if one.mismatches and not found.mismatches:
                one = Comparison(one.rows, one.mismatches, one.largest, one.first, int(position))
            found = found.joined(one)
        return found

    def _without_target(self) -> Comparison:
        """Check that the features do not depend on what stands in the target's place."""
        rows = self._rows.iloc[self._sample].reset_index(drop=True)
        step = copy.copy(self._step)
        found = Comparison(0, 0)
        for name, (value, dtype) in self._step.placeholders.items():
            others = [v for v in self._targets[name].dropna().unique() if v != value]
            for other in (others[0], others[-1]) if others else ():
                step.placeholders = {**self._step.placeholders, name: (other, dtype)}
                again = self._guarded(
                    lambda: compare(step.transform(rows), self._transform(rows), self._columns),
                    len(rows),
                )
                found = found.joined(again)
        return found

    def _invented(self) -> pd.DataFrame:
        """Make requests that nobody has seen: each column drawn by itself, duplicates and nulls among them."""
        generator = np.random.default_rng(1)
        count = min(_SYNTHETIC_ROWS, max(2, len(self._requests)))
        columns = {}
        for name in self._requests.columns:
            drawn = self._requests[name].iloc[generator.integers(0, len(self._requests), count)]
            columns[name] = drawn.reset_index(drop=True)
        invented = pd.DataFrame(columns)
        return pd.concat([invented, invented.iloc[:3]], ignore_index=True)

    def _synthetic(self) -> Comparison:
        """Check that invented requests get the same features alone and beside others."""
        rows = self._invented()
        alone: list[Any] = []
        good: list[int] = []
        for position in range(len(rows)):
            row = rows.iloc[[position]].reset_index(drop=True)
            try:
                made = table(self._transform(row))
            except Exception:  # noqa: S112 (an impossible record: it must fail in the batch as well)
                continue
            alone.append(made)
            good.append(position)
        if not good:
            return Comparison(0, 0)
        batch = rows.iloc[good].reset_index(drop=True)
        return self._guarded(
            lambda: compare(np.vstack(alone), self._transform(batch), self._columns), len(good)
        )


def _flat(probabilities: Any) -> npt.NDArray[Any]:
    """Return probabilities with one row a record: multi-output models give a list of tables."""
    if isinstance(probabilities, list):
        return np.hstack([np.asarray(part) for part in probabilities])
    return np.asarray(probabilities)


def main(job_path: str) -> int:
    """Replay as a job file says and write the report that it names."""
    job = json.loads(Path(job_path).read_text(encoding="utf-8"))
    version = load_version(Path(job["version"]))
    raw = joblib.load(job["raw"])  # noqa: TID251 (captured by this very build)
    captured = joblib.load(job["scored"])  # noqa: TID251 (captured by this very build)
    replay = Replay(version.pipeline, raw, captured, SAMPLE_ROWS if job["sample"] else None)
    comparisons = replay.report()
    report: dict[str, Any] = {name: asdict(found) for name, found in comparisons.items()}
    for name, found in comparisons.items():
        if found.mismatches:
            at = replay.blame(name, found, Path(job["version"]))
            report[name]["blame"] = None if at is None else asdict(at)
    Path(job["report"]).write_text(json.dumps(report, default=str), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
