"""Methods of texts and parts of dates, for one value."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from nb2prod.compile.kernel.node import NoKernel

Make = Callable[..., Any]

_PLAIN = frozenset(
    {"lower", "upper", "title", "capitalize", "strip", "lstrip", "rstrip", "zfill", "split"}
)
_TESTS = frozenset({"startswith", "endswith"})
_DATES = frozenset(
    {
        "year", "month", "day", "hour", "minute", "second", "dayofweek", "day_of_week", "weekday",
        "dayofyear", "day_of_year", "quarter", "is_month_start", "is_month_end",
    }
)  # fmt: skip


class Texts:
    """Methods of a column of texts.

    Args:
        make: Makes a column of a template.
    """

    def __init__(self, make: Make) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        if name in _PLAIN:
            return lambda *args: self._call(name, args, "nan")
        if name in _TESTS:
            return lambda *args: self._call(name, args, "False")
        raise NoKernel(f"Series.str.{name}")

    def len(self) -> Any:
        """Return the number of characters, or of parts where the value is a list of them."""
        return self._make("nan if missing(x) else len(x)")

    def contains(self, pattern: str, *, regex: bool = True, **options: Any) -> Any:
        """Return whether a pattern occurs."""
        if options:
            raise NoKernel("Series.str.contains with options")
        if not regex or re.escape(pattern) == pattern:
            return self._make("isinstance(x, str) and p in x", p=pattern)
        return self._make("isinstance(x, str) and search(p, x) is not None", p=pattern)

    def replace(self, old: str, new: str, *, regex: bool = False) -> Any:
        """Return the texts with a part replaced."""
        if regex or not isinstance(old, str):
            raise NoKernel("Series.str.replace with a pattern")
        return self._make("x.replace(a, b) if isinstance(x, str) else nan", a=old, b=new)

    def get(self, position: int) -> Any:
        """Return one part of a list or one character."""
        return self[position]

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            if key.step is not None:
                raise NoKernel("Series.str with a step")
            return self._make("nan if missing(x) else x[a:b]", a=key.start, b=key.stop)
        return self._make("nan if missing(x) else x[a]", a=key)

    def _call(self, method: str, args: tuple[Any, ...], otherwise: str) -> Any:
        names = {f"a{position}": value for position, value in enumerate(args)}
        call = f"x.{method}({', '.join(names)})"
        if method in _TESTS:
            return self._make(f"isinstance(x, str) and {call}", **names)
        return self._make(f"{call} if isinstance(x, str) else {otherwise}", **names)


class Dates:
    """Parts of a column of dates.

    Args:
        make: Makes a column of a template.
    """

    def __init__(self, make: Make) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        if name not in _DATES:
            raise NoKernel(f"Series.dt.{name}")
        part = {"weekday": "dayofweek"}.get(name, name)
        return self._make(f"nan if missing(x) else x.{part}")
