"""Which names a statement binds, reads, changes and deletes."""

import ast
from typing import NamedTuple

from nb2prod.notebook.events import Action, Event
from nb2prod.notebook.scopes import events_of


class Names(NamedTuple):
    """The names that one top-level statement touches.

    Attributes:
        binds: Names that it binds, perhaps only on some path.
        reads: Names whose value from before the statement it may read; a loop's own target is none.
        mutates: Names whose object it changes in place.
        deletes: Names that it deletes.
        calls_need: Names that the functions and classes which it defines read when they are called.
        is_blind: Whether it may bind any name: a star import, ``exec``, ``globals().update``.
    """

    binds: frozenset[str]
    reads: frozenset[str]
    mutates: frozenset[str]
    deletes: frozenset[str]
    calls_need: frozenset[str] = frozenset()
    is_blind: bool = False


def names_of(statement: ast.stmt) -> Names:
    """Return the names that a top-level statement touches."""
    events = events_of(statement)

    def having(action: Action) -> frozenset[str]:
        return frozenset(event.name for event in events if event.action is action)

    return Names(
        binds=having(Action.BIND),
        reads=frozenset(_exposed_reads(events)),
        mutates=having(Action.MUTATE),
        deletes=having(Action.DELETE),
        calls_need=frozenset(_needed_at_calls(events)),
        is_blind=bool(having(Action.BLIND)),
    )


def _exposed_reads(events: tuple[Event, ...]) -> set[str]:
    bound: dict[str, list[Event]] = {}
    exposed: set[str] = set()
    for event in events:
        if event.action is Action.BIND:
            bound.setdefault(event.name, []).append(event)
        elif event.action is Action.READ and not any(
            one.dominates(event) for one in bound.get(event.name, ())
        ):
            exposed.add(event.name)
    return exposed


def _needed_at_calls(events: tuple[Event, ...]) -> set[str]:
    return {
        inner.name
        for event in events
        if event.body is not None
        for inner in event.body.all_events
        if inner.action in (Action.READ, Action.MUTATE) and inner.name != event.name
    }
