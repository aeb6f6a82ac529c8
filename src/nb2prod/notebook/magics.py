"""Translate a cell's IPython syntax to plain Python without moving anything else.

Line numbers hold exactly, and so do columns except where `Translated.shifts` says otherwise: a place in the translated
code is a place in the cell.
"""

import re

from nb2prod.notebook.translated import Dropped, Problem, Translated

__all__ = ["Dropped", "Problem", "Translated", "translate"]

# Searching a text for one character is many times faster than the expression, and most cells hold none.
_SHORTCUT = re.compile(r"\n[ \t]*[,;/]")
_CANDIDATE = re.compile(
    r"^[ \t]*[%!?,;/]|\?[ \t]*$|=[ \t]*[%!]|^[ \t]*(?:pip|conda|mamba)[ \t]", re.MULTILINE
)


def translate(source: str, magics: frozenset[str] = frozenset()) -> Translated:
    """Translate one cell's source.

    Args:
        source: The cell's text, lines ended by newlines.
        magics: Names of further magics that bind nothing.

    Returns:
        Plain Python of the same number of lines, and what was dropped, required or left unsolved.
    """
    code, shifts = _unindented(source)
    if not _may_hold_magic(code):
        return Translated(code, shifts=shifts)
    # Most cells hold no magic, and many notebooks none at all.
    from nb2prod.notebook.translation import translate_lines

    return translate_lines(code, shifts, magics)


def _may_hold_magic(code: str) -> bool:
    if "%" in code or "!" in code or "?" in code or _may_install(code):
        return _CANDIDATE.search(code) is not None
    return code[:1] in (",", ";", "/") or _SHORTCUT.search(code) is not None


def _may_install(code: str) -> bool:
    return "pip " in code or "conda " in code or "mamba " in code


def _unindented(source: str) -> tuple[str, dict[int, int]]:
    """Take the first line's indentation off all lines that have it, as IPython does."""
    if source[:1] not in (" ", "\t", "\n"):
        return source, {}
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    width = len(first) - len(first.lstrip(" \t"))
    if not width:
        return source, {}
    prefix = first[:width]
    shifts = {number: width for number, line in enumerate(lines, 1) if line.startswith(prefix)}
    return "\n".join(line.removeprefix(prefix) for line in lines), shifts
