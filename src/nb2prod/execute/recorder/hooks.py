"""The functions that instrumented code calls; they hand back what they are given.

Only the standard library is imported here: functions from cells travel to worker processes, which import this module
by its name and find no recorder, so the hooks cost next to nothing there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Protocol

OPERAND, LAST_OPERAND, RESULT, TEST, LOOP, PLAIN, PARTS, HAS_ROWS, SAME, QUIETLY = (
    "_rec_operand",
    "_rec_last",
    "_rec_result",
    "_rec_test",
    "_rec_loop",
    "_rec_plain",
    "_rec_parts",
    "_rec_has_rows",
    "_rec_same",
    "_rec_quietly",
)
"""Names under which the hooks stand in the user's namespace. One leading underscore: class bodies mangle two."""

QUIET_TYPES = frozenset({int, float, str, bool, bytes, complex, type(None), slice, type(...)})
"""Types that never carry rows: the hooks return at once for them unless they meet data."""


class Listener(Protocol):
    """What a recorder offers to the hooks."""

    def operand(self, value: Any, place: int, index: Any, frame_depth: int) -> None:
        """Note an operand of the operation at ``place`` before the operation runs."""

    def last_operand(self, value: Any, place: int, index: Any, frame_depth: int) -> None:
        """Note the operand that is evaluated last of a store, which has no result."""

    def result(self, value: Any, place: int, frame_depth: int) -> Any:
        """Note the result of the operation at ``place``, and return what the notebook goes on with."""

    def test(self, value: Any, place: int) -> None:
        """Note the outcome of a condition."""

    def loop_value(self, value: Any, place: int) -> None:
        """Note the value that a loop goes on with."""

    def is_plain(self, function: int) -> bool:
        """Tell whether a function has used up its budget of calls without data."""

    def has_rows(self, columns: Callable[[], Sequence[Any]], *, is_loop: bool) -> bool:
        """Tell whether rows go into what a statement may be written as."""

    def quietly(self, make: Callable[[], Any]) -> Any:
        """Return what the notebook did not ask for."""

    def is_filled(self, filled: Callable[[], Any], made: Any, key: str) -> bool:
        """Tell whether a statement left what its operation made."""


_listener: Listener | None = None


def listen(listener: Listener | None) -> None:
    """Give the hooks a recorder, or None to silence them."""
    global _listener
    _listener = listener


def listening() -> Listener | None:
    """Return the recorder that the hooks report to."""
    return _listener


def operand(value: Any, place: int, index: Any) -> Any:
    """Report an operand and return it."""
    if _listener is not None:
        _listener.operand(value, place, index, 2)
    return value


def last_operand(value: Any, place: int, index: Any) -> Any:
    """Report the last operand of a store and return it."""
    if _listener is not None:
        _listener.last_operand(value, place, index, 2)
    return value


def parts(value: Any, count: int, *places: int) -> Any:
    """Report what a parallel assignment stores, by position and place in turn, and return the whole."""
    if _listener is not None and type(value) in (tuple, list) and len(value) == count:
        for position, place in zip(places[::2], places[1::2], strict=True):
            _listener.operand(value[position], place, "value", 2)
    return value


def result(value: Any, place: int) -> Any:
    """Report a result and return it."""
    return value if _listener is None else _listener.result(value, place, 2)


def test(value: Any, place: int) -> Any:
    """Report a condition and return it."""
    if _listener is not None:
        _listener.test(value, place)
    return value


def loop(iterable: Iterable[Any], place: int) -> Iterator[Any]:
    """Return an iterator over the same values in the same order that reports each; it adds no line to tracebacks."""
    return map(partial(_looped, place), iterable)


def _looped(place: int, value: Any) -> Any:
    if _listener is not None:
        _listener.loop_value(value, place)
    return value


def plain(function: int) -> bool:
    """Tell an instrumented function to run its plain body."""
    return _listener is None or _listener.is_plain(function)


def has_rows(columns: Callable[[], Sequence[Any]], *, is_loop: bool) -> bool:
    """Tell whether a statement is to run beside its operation: rows go in, and somebody listens."""
    return _listener is not None and _listener.has_rows(columns, is_loop=is_loop)


def quietly(make: Callable[[], Any]) -> Any:
    """Return what a statement's operation makes, which the notebook did not ask for."""
    return None if _listener is None else _listener.quietly(make)


def same(filled: Callable[[], Any], made: Any, key: str) -> bool:
    """Tell whether a statement left what its operation made."""
    return _listener is not None and _listener.is_filled(filled, made, key)


NAMESPACE = {
    OPERAND: operand,
    LAST_OPERAND: last_operand,
    RESULT: result,
    TEST: test,
    LOOP: loop,
    PLAIN: plain,
    PARTS: parts,
    HAS_ROWS: has_rows,
    SAME: same,
    QUIETLY: quietly,
}
"""What the recorder puts into the user's namespace."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: listen(None))
