"""How often the gates are wrong, on simulated models and tables whose truth is known.

Usage: python benchmarks/gate_errors.py [--runs N]

- The champion gate against promoting by the bare difference: equal models, one that is a point worse, one that is two
  points worse, one that is five points better, each on 500 and 2,000 held-out rows, with a margin of nought and of a
  point.
- Drift against single figures: unchanged tables of 100 rows by PSI above 0.1, trivial shifts of 100,000 rows by the
  p-value alone, and a shift of 0.3 standard deviations.

It ends with an error where a bound does not hold.
"""

import argparse
import sys

import numpy as np
import pandas as pd

from nb2prod.gates.resampling import Positions, estimate
from nb2prod.gates.scores import METRICS
from nb2prod.runtime.drift import DriftRule, find_drift
from nb2prod.runtime.profile import profile_column
from nb2prod.runtime.schema import Column

_ACCURACY = 0.85
_DISAGREEMENT = 0.06
"""Share of rows on which two equal models differ in being right."""

_BOUNDS = {
    "margin 0, worse by 1 point": 0.05,
    "margin 0, worse by 2 points": 0.01,
    "margin 0.01, worse by 2 points": 0.08,
}
"""Largest share of promotions of a model that is worse by at least the margin and more."""

_COLUMN = Column("x", "float64", "number", nullable=False)


def main() -> int:
    """Simulate, print the shares, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=100)
    runs: int = parser.parse_args().runs
    failed = [*_champions(runs), *_drifts(runs)]
    for line in failed:
        print(f"beyond its bound: {line}")
    return 1 if failed else 0


def _champions(runs: int) -> list[str]:
    failed = []
    print("promoted, of simulated pairs of models (share by the bare difference | by the gate)")
    for rows in (500, 2000):
        for name, gain in (
            ("equal", 0.0),
            ("worse by 1 point", -0.01),
            ("worse by 2 points", -0.02),
            ("better by 5 points", 0.05),
        ):
            for margin in (0.0, 0.01):
                bare, gated = _promoted(rows, gain, margin, runs)
                case = f"margin {margin:g}, {name}"
                print(f"  {rows:>5} rows, {case:<36} {bare:5.1%} | {gated:5.1%}")
                if gated > _BOUNDS.get(case, 1.0):
                    failed.append(f"{rows} rows, {case}: {gated:.1%}")
    return failed


def _promoted(rows: int, gain: float, margin: float, runs: int) -> tuple[float, float]:
    """Return how often the bare difference and the gate promote a candidate."""
    metric, bare, gated = METRICS["accuracy"], 0, 0
    truth = np.ones(rows, dtype=bool)
    for run in range(runs):
        rng = np.random.default_rng([run, rows])
        champion = rng.random(rows) < _ACCURACY
        # Only rows on which the two differ move the difference; their shares give the true gain.
        lost = rng.random(rows) < (_DISAGREEMENT - gain) / 2 / _ACCURACY
        won = rng.random(rows) < (_DISAGREEMENT + gain) / 2 / (1 - _ACCURACY)
        candidate = np.where(champion, ~lost, won)
        bare += metric.gain(truth, candidate, champion) >= 0

        def difference(
            chosen: Positions, candidate: np.ndarray = candidate, champion: np.ndarray = champion
        ) -> float:
            return metric.gain(truth[chosen], candidate[chosen], champion[chosen])

        gated += estimate(difference, rows, 0.95).low >= -margin
    return bare / runs, gated / runs


def _drifts(runs: int) -> list[str]:
    print("called drift (share by one figure alone | by the rule)")
    failed = []
    for name, rows, shift, times, least, most in (
        ("unchanged, PSI > 0.1", 100, 0.0, max(runs, 100), 0.0, 0.05),
        ("trivial shift, p < 0.05", 100_000, 0.02, max(runs // 5, 20), 0.0, 0.0),
        ("shift of 0.3 deviations, p < 0.05", 1000, 0.3, max(runs, 100), 0.8, 1.0),
    ):
        alone = ruled = 0
        for run in range(times):
            rng = np.random.default_rng([run, rows])
            sides = [
                profile_column(_COLUMN, pd.Series(rng.normal(by, 1.0, rows))) for by in (0.0, shift)
            ]
            (found,) = find_drift(sides[:1], sides[1:], DriftRule())
            by_index = found.stability_index is not None and found.stability_index > 0.1
            alone += by_index if "PSI" in name else found.p_value < 0.05
            ruled += found.finding == "drift"
        print(f"  {rows:>6} rows, {name:<36} {alone / times:5.1%} | {ruled / times:5.1%}")
        if not least <= ruled / times <= most:
            failed.append(f"{name}: {ruled / times:.1%}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
