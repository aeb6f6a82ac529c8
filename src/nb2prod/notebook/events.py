"""What a statement does to names, as events in the order in which Python performs them."""

import ast
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple


class Action(Enum):
    """What happens to a name."""

    BIND = "bind"
    READ = "read"
    MUTATE = "mutate"
    DELETE = "delete"
    CALL = "call"
    BLIND = "blind"
    """Any name may be bound from here on: a star import, ``exec``, ``globals()[...] =``."""


class Body(NamedTuple):
    """The names that a function or class needs from outside at each call.

    Attributes:
        name: Its name; ``<lambda>`` for a lambda.
        parameters: Names of its positional parameters in order.
        events: Reads, calls, mutations and bindings of outer names in the body's order.
        mutated_parameters: Parameters whose object the body changes.
        methods: For a class: its functions by name.
        self_calls: For a method: names of the methods that it calls on its own object.
        is_generator: Whether a call only makes a generator, which runs when somebody goes through it.
    """

    name: str
    parameters: tuple[str, ...] = ()
    events: tuple["Event", ...] = ()
    mutated_parameters: frozenset[str] = frozenset()
    methods: Mapping[str, "Body"] = MappingProxyType({})
    self_calls: frozenset[str] = frozenset()
    is_generator: bool = False

    @property
    def all_events(self) -> tuple["Event", ...]:
        """Return the body's events and those of every method."""
        return self.events + tuple(
            event for body in self.methods.values() for event in body.all_events
        )


class Event(NamedTuple):
    """One thing that happens to one name.

    Attributes:
        action: What happens.
        name: The name; empty for a blind event.
        node: Where: the node that the place is taken from.
        path: The branches and loops around it, outermost first; empty when it happens each time the
            statement runs.
        silent: Whether a read may find nothing without harm, because the code guards against it or
            may never run it.
        body: What a bound function or class needs at a call.
        is_import: Whether a binding is an import.
        is_annotation: Whether a read belongs to an annotation.
        call: The call, for a CALL event of a name that is called itself.
        method: The method called on the name, for a CALL event.
        made_by: For a binding ``x = C(...)``: the name ``C``.
        is_consumed: Whether something goes through what a call gives, as ``list(f())`` does.
    """

    action: Action
    name: str
    node: ast.AST
    path: tuple[int, ...] = ()
    silent: bool = False
    body: Body | None = None
    is_import: bool = False
    is_annotation: bool = False
    call: ast.Call | None = None
    method: str | None = None
    made_by: str | None = None
    is_consumed: bool = False

    def dominates(self, other: "Event") -> bool:
        """Say whether this event surely happened when a later one of the same statement happens."""
        return self.path == other.path[: len(self.path)]
