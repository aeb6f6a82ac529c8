"""Paired resampling: how sure a difference on the same rows is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Positions = npt.NDArray[np.int64]

RESAMPLES = 2000
SEED = 20_000
"""Of every resampling, so that the same rows always give the same verdict."""

_POWER = 0.8


@dataclass(frozen=True, slots=True)
class Estimate:
    """A difference with its uncertainty.

    Attributes:
        value: On all rows.
        low: One-sided lower bound.
        high: One-sided upper bound.
        detectable: The smallest true difference that would be found in 80 of 100 cases.
        n: Rows.
    """

    value: float
    low: float
    high: float
    detectable: float
    n: int


def estimate(difference: Callable[[Positions], float], n: int, confidence: float) -> Estimate:
    """Estimate a difference by a paired bootstrap of its rows (Efron and Tibshirani 1993, percentile bounds).

    Args:
        difference: The difference on the rows at some positions; rows may repeat.
        n: How many rows there are.
        confidence: Of each of the two bounds by itself.
    """
    rng = np.random.default_rng(SEED)
    drawn = np.array([difference(rng.integers(0, n, n)) for _ in range(RESAMPLES)])
    low, high = np.quantile(drawn, [1 - confidence, confidence])
    deviations = float(special.ndtri(confidence) + special.ndtri(_POWER))
    spread = float(np.std(drawn)) if np.isfinite(drawn).all() else float("inf")
    return Estimate(difference(np.arange(n)), float(low), float(high), deviations * spread, n)


def mcnemar(only_candidate: int, only_champion: int) -> float:
    """Return the exact two-sided p-value of McNemar's test (Psychometrika 12, 1947).

    Args:
        only_candidate: Rows that only the candidate answers rightly.
        only_champion: Rows that only the champion answers rightly.
    """
    n = only_candidate + only_champion
    if n == 0:
        return 1.0
    return min(1.0, 2 * float(special.bdtr(min(only_candidate, only_champion), n, 0.5)))


def wilson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's two-sided interval of a share (Journal of the American Statistical Association 22, 1927)."""
    if n == 0:
        return 0.0, 1.0
    z = float(special.ndtri((1 + confidence) / 2))
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))
