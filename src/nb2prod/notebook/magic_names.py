"""Which names a magic binds in the notebook's namespace, where its own line says so."""

from nb2prod.notebook.lazy_pattern import LazyPattern
from nb2prod.notebook.magic_table import SUBPROCESS_CELLS

_STREAMS = LazyPattern(r"--(?:out|err|proc)[ \t=]+([^\W\d]\w*)")
_INTO = LazyPattern(r"(?:^|\s)([^\W\d]\w*)\s*=?<<")
_OUTPUT = LazyPattern(r"(?:^|\s)(?:-o|--output)[ \t=]+([^\W\d][\w,]*)")
_WORD = LazyPattern(r"[^\W\d]\w*")
_QUERIES = frozenset({"sql", "sqlcmd", "ddl"})


def bound_by_cell_magic(name: str, rest: str) -> list[str] | None:
    """Return the names that a cell magic binds, or None when nobody can tell.

    Args:
        name: The magic's name without its percent signs.
        rest: What follows the name on its line.
    """
    if name in SUBPROCESS_CELLS:
        return _STREAMS.findall(rest)
    if name in _QUERIES:
        return _INTO.findall(rest)
    if name == "bigquery":
        return list(_WORD.findall(rest.partition("--")[0]))[:1]
    if name == "R":
        return [one for given in _OUTPUT.findall(rest) for one in given.split(",") if one]
    return None


def bound_by_line_magic(name: str, rest: str) -> list[str] | None:
    """Return the names that a line magic binds, or None when nobody can tell."""
    if name in _QUERIES:
        return _INTO.findall(rest)
    words = rest.split()
    if name == "store" and words[:1] == ["-r"] and words[1:]:
        return words[1:] if all(_WORD.fullmatch(word) for word in words[1:]) else None
    return None
