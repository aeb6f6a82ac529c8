"""Remember something of an object for as long as the object lives, without changing it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, Generic, TypeVar

_Told = TypeVar("_Told")
_KEPT = 16
"""So many of the objects that take no weak references are kept alive: else their address could be reused unseen."""


class ByIdentity(Generic[_Told]):
    """What is known of objects, by which object it is."""

    def __init__(self) -> None:
        self._told: dict[int, tuple[Callable[[], Any], _Told]] = {}
        self._kept: list[Any] = []

    def remember(self, value: Any, told: _Told) -> None:
        """Remember what is told of an object."""
        key = id(value)
        alive: Callable[[], Any]
        try:
            alive = weakref.ref(value, lambda _: self._told.pop(key, None))
        except TypeError:
            self._kept.append(value)
            if len(self._kept) > _KEPT:
                self._told.pop(id(self._kept.pop(0)), None)
            alive = lambda: value  # noqa: E731 (in the place of a weak reference)
        self._told[key] = (alive, told)

    def find(self, value: Any) -> _Told | None:
        """Return what was told of an object, or None."""
        found = self._told.get(id(value))
        return found[1] if found is not None and found[0]() is value else None
