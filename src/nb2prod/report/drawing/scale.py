"""Numbers to places on an axis, and round numbers to mark it with."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear axis.

    Attributes:
        low: Value at its start.
        high: Value at its end.
        start: Place of its start.
        end: Place of its end.
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value; what lies beyond the axis stays at its end."""
        span = self.high - self.low
        share = 0.5 if span <= 0 else (value - self.low) / span
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)

    def ticks(self, count: int = 6) -> list[float]:
        """Return round values on the axis, about so many."""
        span = self.high - self.low
        if span <= 0 or not math.isfinite(span):
            return [self.low]
        rough = span / count
        magnitude = 10.0 ** math.floor(math.log10(rough))
        step = next(
            magnitude * factor
            for factor in (1, 2, 2.5, 5, 10)
            if magnitude * factor >= rough * (1 - 1e-9)
        )
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


def short(value: float) -> str:
    """Return a number for an axis: few digits, with k and M for thousands and millions."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    for factor, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= factor:
            unit = 1e3 if letter == "k" else factor
            return f"{value / unit:.3g}{letter}"
    return f"{value:.4g}"
