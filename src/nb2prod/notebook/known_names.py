"""Names that exist in a notebook before any cell has run."""

import builtins

from nb2prod.notebook.lazy_pattern import LazyPattern

# A script has __file__; a notebook has not.
_MODULE = frozenset(
    {"__name__", "__doc__", "__package__", "__loader__", "__spec__", "__builtin__", "__builtins__"}
)
_IPYTHON = frozenset({"display", "get_ipython", "In", "Out", "exit", "quit", "_", "__", "___"})
_HISTORY = LazyPattern(r"_(?:i{1,3}|[iod]h|i?\d+)")
_BUILTINS = frozenset(dir(builtins))

KNOWN_NAMES = _BUILTINS | _MODULE | _IPYTHON
"""Python's built-in names and IPython's own."""


def is_known(name: str) -> bool:
    """Say whether a name exists in every notebook."""
    return name in KNOWN_NAMES or _HISTORY.fullmatch(name) is not None
