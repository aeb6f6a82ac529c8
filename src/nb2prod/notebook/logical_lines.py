"""Logical lines of a cell: where a statement can begin, and so where IPython looks for a magic.

The standard tokenizer gives up on cells that hold magics, so this scanner knows just enough of
Python's lexical structure: strings, comments, brackets and continued lines.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

_PIECE = re.compile(r"""\#[^\n]*|'''|\"\"\"|['"]|[()\[\]{}]|\\\n|\n|\\|[^\#'"()\[\]{}\\\n]+""")
_CLOSING = {
    "'": re.compile(r"(?:[^\\'\n]|\\.)*'?", re.DOTALL),
    '"': re.compile(r'(?:[^\\"\n]|\\.)*"?', re.DOTALL),
    "'''": re.compile(r"(?:[^\\]|\\.)*?(?:'''|\Z)", re.DOTALL),
    '"""': re.compile(r'(?:[^\\]|\\.)*?(?:"""|\Z)', re.DOTALL),
}
_REST_OF_COMMAND = re.compile(r"(?:[^\n]*\\\n)*[^\n]*\n?")


class Special(NamedTuple):
    """A logical line that is no Python.

    Attributes:
        line: Index of its first physical line, from 0.
        length: How many physical lines it takes.
        text: Those lines, continuations included.
    """

    line: int
    length: int
    text: str


def special_lines(source: str, is_special: Callable[[str], bool]) -> Iterator[Special]:
    """Find the logical lines that a predicate takes for something else than Python.

    Args:
        source: The cell's text.
        is_special: Judges the physical line at which a logical line starts.

    Yields:
        Those lines in order. A special line ends with its physical line, unless a backslash
        continues it.
    """
    position, depth, at_start = 0, 0, True
    while position < len(source):
        if at_start:
            end = source.find("\n", position)
            first = source[position : end if end >= 0 else len(source)]
            if is_special(first):
                match = _REST_OF_COMMAND.match(source, position)
                text = match.group() if match else first
                yield Special(
                    source.count("\n", 0, position),
                    text.rstrip("\n").count("\n") + 1,
                    text.rstrip("\n"),
                )
                position += len(text)
                continue
        position, depth, at_start = _step(source, position, depth)


def _step(source: str, position: int, depth: int) -> tuple[int, int, bool]:
    """Pass one piece of Python.

    Returns:
        Where it ends, the bracket depth there, and whether a statement may begin there.
    """
    match = _PIECE.match(source, position)
    if match is None:
        return len(source), depth, False
    piece, position = match.group(), match.end()
    if piece in _CLOSING:
        closing = _CLOSING[piece].match(source, position)
        return (closing.end() if closing else len(source)), depth, False
    if piece in "([{":
        depth += 1
    elif piece in ")]}":
        depth = max(0, depth - 1)
    return position, depth, piece == "\n" and depth == 0
