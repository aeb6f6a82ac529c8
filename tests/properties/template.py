"""Two programs from one text: what a data scientist writes, and the same with every statistic kept apart.

A template marks what is a statistic of the table, ``@<df["age"].mean()>@``, and gives two forms where the notebook's
own cannot be marked: ``@[df = df.dropna()@|if training: df = df.dropna()]@``. The notebook's text leaves the marks out.
In the oracle's text a marked expression is evaluated in training and looked up in serving, by the order of its
evaluations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count

_EITHER = re.compile(r"@\[(.*?)@\|(.*?)\]@", re.DOTALL)
_KEPT = re.compile(r"@<(.*?)>@", re.DOTALL)
_NAME = re.compile(r"\bdf\b")


def notebook_text(template: str) -> str:
    """Return what stands in the notebook."""
    return _KEPT.sub(lambda found: found[1], _EITHER.sub(lambda found: found[1], template))


def oracle_text(template: str, numbers: Iterator[int] | None = None) -> str:
    """Return what the oracle runs: ``keep(number, lambda: statistic)``, and what is for training under ``training``.

    Args:
        template: The marked text.
        numbers: Numbers for its statistics; unique within a program.
    """
    numbers = count() if numbers is None else numbers
    chosen = _EITHER.sub(lambda found: found[2], template)
    return _KEPT.sub(lambda found: f"keep({next(numbers)}, lambda: {found[1]})", chosen)


def renamed(template: str, name: str) -> str:
    """Return a template whose frame has another name."""
    return _NAME.sub(name, template)


def either(notebook: str, oracle: str) -> str:
    """Return a template of two forms."""
    return f"@[{notebook}@|{oracle}]@"


def each_line(template: str, change: Callable[[str], str]) -> str:
    """Change every line of a template."""
    return "\n".join(change(line) for line in template.split("\n"))
