"""The runs of a sweep: every combination of the values that were given by name."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from nb2prod.errors import UsageError
from nb2prod.execute.literals import Value
from nb2prod.execute.overrides import overrides
from nb2prod.notebook import Notebook

MOST_RUNS = 200
"""More combinations than this are more often a slip than a plan."""


def grid(
    notebook: Notebook,
    axes: Sequence[str],
    pairs: Sequence[tuple[str, str]] = (),
    file: Path | None = None,
) -> list[dict[str, Value]]:
    """Return the parameters of each run, checked against the notebook.

    Args:
        notebook: The notebook.
        axes: Each ``NAME=VALUE,VALUE``; the last varies fastest. A list in brackets is one value of a list's elements.
        pairs: Parameters that are the same in every run.
        file: A YAML file of such.

    Raises:
        UsageError: An axis cannot be understood, is given twice, or there are too many combinations.
    """
    parsed = [_axis(text) for text in axes]
    names = [name for name, _ in parsed]
    taken = {name for name, _ in pairs}
    for name in names:
        if names.count(name) > 1 or name in taken:
            raise UsageError(f"`{name}` is given twice", hint="one --grid or -p for a parameter")
    combinations = list(product(*(values for _, values in parsed)))
    if len(combinations) > MOST_RUNS:
        raise UsageError(
            f"the grid has {len(combinations)} combinations, and {MOST_RUNS} are the most",
            why="each is a run of the whole notebook",
            hint="leave out values, or sweep over one parameter at a time",
        )
    found = []
    for combination in combinations:
        given = overrides(notebook, (*pairs, *zip(names, combination, strict=True)), file)
        if given not in found:
            found.append(given)
    return found


def _axis(text: str) -> tuple[str, list[str]]:
    name, separator, values = text.partition("=")
    split = _values(values)
    if not separator or not name.strip() or not all(split):
        raise UsageError(
            f"{text!r} is no axis of a grid", hint="name a parameter and its values: n=50,100"
        )
    return name.strip(), split


def _values(text: str) -> list[str]:
    """Split at the commas that stand outside brackets and quotes."""
    try:
        parsed = ast.parse(f"[{text}]", mode="eval").body
    except (SyntaxError, ValueError):
        return [part.strip() for part in text.split(",")]
    assert isinstance(parsed, ast.List)  # The brackets are ours.
    segments = [ast.get_source_segment(f"[{text}]", part) or "" for part in parsed.elts]
    return segments or [""]
