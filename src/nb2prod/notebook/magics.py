"""Translate a cell's IPython syntax to plain Python without moving anything else.

Line numbers hold exactly, and so do columns except where `Translated.shifts` says otherwise: a place in the translated
code is a place in the cell.
"""

import re

from nb2prod.notebook.translated import Dropped, Problem, Translated

__all__ = ["Dropped", "Problem", "Translated", "translate"]

_CANDIDATE = re.compile(
    r"^[ \t]*[%!?,;/]|\?[ \t]*$|=[ \t]*[%!]|^[ \t]*(?:pip|conda|mamba)[ \t]", re.MULTILINE
)


def translate(source: str) -> Translated:
    """Translate one cell's source.

    Args:
        source: The cell's text, lines ended by newlines.

    Returns:
        Plain Python of the same number of lines, and what was dropped, required or left unsolved.
    """
    code, shifts = _unindented(source)
    if not _CANDIDATE.search(code):
        return Translated(code, shifts=shifts)
    # Most cells hold no magic, and many notebooks none at all.
    from nb2prod.notebook.translation import translate_lines

    return translate_lines(code, shifts)


def _unindented(source: str) -> tuple[str, dict[int, int]]:
    """Take the first line's indentation off all lines that have it, as IPython does."""
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    width = len(first) - len(first.lstrip(" \t"))
    if not width:
        return source, {}
    prefix = first[:width]
    shifts = {number: width for number, line in enumerate(lines, 1) if line.startswith(prefix)}
    return "\n".join(line.removeprefix(prefix) for line in lines), shifts
