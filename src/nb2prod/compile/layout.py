"""Lay out emitted code as people read it: black's style, at most 100 characters a line where that can be."""

from __future__ import annotations

import ast
from collections.abc import Mapping

LINE_LENGTH = 100


def laid_out(
    text: str, places: Mapping[int, tuple[int, int]]
) -> tuple[str, dict[int, tuple[int, int]]]:
    """Return a module laid out anew, and the notebook's places by its new lines.

    Args:
        text: The module.
        places: Cell and line in the notebook by line of ``text``, for first lines of statements.
    """
    # Only builds need it, and it takes a while to import.
    import black
    from black.mode import TargetVersion

    mode = black.Mode(line_length=LINE_LENGTH, target_versions={TargetVersion.PY311})
    made = black.format_str(text, mode=mode)
    moved = dict(zip(_first_lines(text), _first_lines(made), strict=True))
    return made, {moved[line]: place for line, place in places.items() if line in moved}


def _first_lines(text: str) -> list[int]:
    """Return the first line of each statement; laying out changes neither their number nor their order."""
    return [node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
