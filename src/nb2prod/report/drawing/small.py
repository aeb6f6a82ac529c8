"""Small drawings without axes, for the cells of a table."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from nb2prod.report.drawing.scale import short
from nb2prod.report.drawing.svg import element, picture

_WIDTH, _HEIGHT, _BINS = 180.0, 34.0, 30


def sketch_of_numbers(quantiles: Sequence[float]) -> Markup:
    """Return the distribution of a number by its evenly spaced quantiles, smallest first."""
    low, high = quantiles[0], quantiles[-1]
    if low == high:
        return sketch_of_counts([(short(low), len(quantiles))])
    counts = [0] * _BINS
    for value in quantiles:
        counts[min(_BINS - 1, int((value - low) / (high - low) * _BINS))] += 1
    return _columns(counts, f"from {short(low)} to {short(high)}")


def _columns(counts: Sequence[int], said: str) -> Markup:
    most, width = max(counts), _WIDTH / len(counts)
    marks = [
        element(
            "rect",
            x=number * width + 0.4,
            y=_HEIGHT - max(1.0, count / most * (_HEIGHT - 2)),
            width=width - 0.8,
            height=max(1.0, count / most * (_HEIGHT - 2)),
            class_="bar s0",
        )
        for number, count in enumerate(counts)
        if count
    ]
    return picture((_WIDTH, _HEIGHT), said, marks, "sketch")


def sketch_of_counts(counts: Sequence[tuple[str, int]]) -> Markup:
    """Return the shares of categories as parts of one bar, most frequent first."""
    total = sum(count for _, count in counts) or 1
    start, marks = 0.0, []
    for number, (name, count) in enumerate(counts):
        width = count / total * _WIDTH
        marks.append(
            element(
                "rect",
                element("title", f"{name}: {count} ({count / total:.1%})"),
                x=start,
                y=8,
                width=max(0.5, width - 1),
                height=_HEIGHT - 16,
                class_=f"bar s{min(number, 7)}",
            )
        )
        start += width
    return picture((_WIDTH, _HEIGHT), f"{len(counts)} categories", marks, "sketch")
