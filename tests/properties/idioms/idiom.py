"""One idiom of a notebook, as a template with slots for columns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Idiom:
    """A statement or a few.

    Slots stand for literals: ``$n`` and ``$m`` columns of numbers, ``$i`` of integers without nulls, ``$c`` and ``$e``
    of categories, ``$t`` text, ``$d`` dates as text, ``$p`` dates as such, ``$b`` booleans, ``$z`` prices and ``$s``
    sizes as text, ``$N`` and ``$C`` lists of columns; ``$o`` and ``$q`` new columns of numbers, ``$oc`` one of
    categories; ``$f`` a number; ``$u`` makes names unique. ``$D``, ``$S``, ``$Z`` and ``$x`` are columns that become
    dates (the first) or numbers, and ``$X`` a column of categories that vanishes.

    Attributes:
        name: What a report calls it.
        form: The template.
        is_whole: Whether it must stand alone: it cannot be moved into a function or a loop.
    """

    name: str
    form: str
    is_whole: bool = False
