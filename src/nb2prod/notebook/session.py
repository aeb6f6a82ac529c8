"""Play a notebook from top to bottom without running it, to see what each use of a name finds."""

import ast
import sys
import warnings
from collections.abc import Container, Iterable, Iterator

from nb2prod.notebook.events import Action, Body, Event
from nb2prod.notebook.known_names import is_known
from nb2prod.notebook.lazy_pattern import LazyPattern
from nb2prod.notebook.magic_table import AUTOMAGIC
from nb2prod.notebook.model import Cell, Notebook
from nb2prod.notebook.parsing import Parsed, parse_quietly
from nb2prod.notebook.played import (
    NOTHING_KNOWN,
    Blind,
    Definition,
    Knowledge,
    Mutation,
    Session,
    Use,
)
from nb2prod.notebook.scopes import events_in, events_of

__all__ = [
    "Blind",
    "Definition",
    "Knowledge",
    "Mutation",
    "Session",
    "Use",
    "play",
    "play_in_order",
]

_ANNOTATIONS_ARE_LAZY = sys.version_info >= (3, 14)
_RAISING_TAGS = frozenset({"raises-exception", "nbval-raises-exception"})
_CONSTRUCTORS = ("__new__", "__init__", "__post_init__")
_MANY = 64
_BASES = 20
_DEEPEST = 100
# Reading a member off its class takes as long as a call of a function, and every event has one.
_BIND, _READ, _CALL = Action.BIND, Action.READ, Action.CALL
_MUTATE, _DELETE, _BLIND = Action.MUTATE, Action.DELETE, Action.BLIND
# Making a named tuple by its class costs a call in Python, and there is one for every name.
_made = tuple.__new__
_WORD = LazyPattern(r"[^\W\d]\w*")


def play(notebook: Notebook, knowledge: Knowledge = NOTHING_KNOWN) -> Session:
    """Play a notebook's cells in document order, leaving out skipped ones."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsed = {
            cell.number: parse_quietly(cell.source, knowledge.magics)
            for cell in notebook.code_cells
        }
    return play_in_order(notebook, parsed, notebook.executed_cells, knowledge)


def play_in_order(
    notebook: Notebook,
    parsed: dict[int, Parsed],
    cells: Iterable[Cell],
    knowledge: Knowledge = NOTHING_KNOWN,
) -> Session:
    """Play parsed cells in any order, as a person may have run them.

    Args:
        notebook: The notebook.
        parsed: All its code cells, parsed.
        cells: The cells in the order in which they run.
        knowledge: What is known beside the notebook.
    """
    player = _Player(knowledge)
    for cell in cells:
        player.play_cell(cell, parsed[cell.number])
    skipped: dict[str, int] = {}
    for cell in notebook.code_cells:
        if cell.is_skipped:
            for name in _bound_in(parsed[cell.number]):
                skipped.setdefault(name, cell.number)
    return Session(
        notebook,
        parsed,
        tuple(player.definitions),
        tuple(player.uses),
        tuple(player.mutations),
        skipped,
        player.calls,
        tuple(player.blinds),
        frozenset(player.doubtful),
    )


def _bound_in(parsed: Parsed) -> Iterator[str]:
    for statement in parsed.tree.body if parsed.tree else ():
        for event in events_of(statement):
            if event.action is _BIND:
                yield event.name


class _Player:
    """The namespace of a notebook while its cells are played."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.calls: dict[int, list[tuple[str, ast.Call]]] = {}
        self.blinds: list[Blind] = []
        self.doubtful: set[str] = set()
        self.definitions: list[Definition] = []
        self.uses: list[Use] = []
        self.mutations: list[Mutation] = []
        self._live: dict[str, tuple[Definition, ...]] = {}
        self._deleted: dict[str, int] = {}
        self._uncalled: dict[int, Body] = {}
        self._properties: set[str] = set()
        # By the identity of the definition: trees compare by identity too, and definitions live as
        # long as the player.
        self._changed: dict[int, list[int]] = {}
        self._has_lazy_annotations = _ANNOTATIONS_ARE_LAZY
        self._statement = 0
        self._cell = 0
        self._is_raising = False
        self._entered: set[tuple[object, ...]] = set()

    def play_cell(self, cell: Cell, parsed: Parsed) -> None:
        """Play one cell's statements."""
        self._cell = cell.number
        self._is_raising = not _RAISING_TAGS.isdisjoint(cell.tags)
        self._entered.clear()
        if parsed.translated.is_blind:
            self.blinds.append(Blind(cell.number, None))
        if parsed.tree is None or parsed.fault is not None:
            # Nobody knows what a broken cell would bind, so any word in it may be a name that later
            # cells rightly use.
            self.doubtful.update(_WORD.findall(cell.source))
            return
        calls = self.calls.setdefault(cell.number, [])
        for statement, events in events_in(parsed.tree.body, calls, self._properties):
            self._statement += 1
            kind = type(statement)
            if kind is ast.Expr and _is_automagic(statement, self._live):
                continue
            if kind is ast.ImportFrom:
                self._has_lazy_annotations |= _is_annotations_import(statement)
            for event in events:
                if event.action is _READ:
                    # Nine of ten look-ups; the walk through functions asks for more.
                    self._read(event, event.node, event.path, (), not event.silent)
                else:
                    self._play(event)

    def _play(self, event: Event) -> None:
        action = event.action
        if action is _BIND:
            self._bind(event)
        elif action is _CALL:
            self._call(event, event.node, (), event.path)
        elif action is _MUTATE:
            self._mutate(event.name, event.node, event.path)
        elif action is _DELETE:
            if not event.path:
                self._live.pop(event.name, None)
                self._deleted[event.name] = self._cell
        else:
            self._unseen(event.node)

    def _unseen(self, node: ast.AST) -> None:
        """Bind what a star import is known to bind, else take any name as perhaps bound."""
        names = (
            self._knowledge.stars.get(node.module or "")
            if isinstance(node, ast.ImportFrom) and not node.level
            else None
        )
        if names is None:
            self.blinds.append(Blind(self._cell, node))
            return
        for name in names:
            self._bind(Event(_BIND, name, node, is_import=True))

    def _bind(self, event: Event) -> None:
        name = event.name
        definition = _made(Definition, (name, self._cell, event, self._statement))
        self.definitions.append(definition)
        if self._deleted:
            self._deleted.pop(name, None)
        if event.path:
            live = (*self._live.get(name, ()), definition)
            self._live[name] = live if len(live) <= _MANY else _thinned(live)
        else:
            self._live[name] = (definition,)
        if event.body is not None:
            if getattr(event.node, "decorator_list", None):
                # A decorator may call it, or keep it for somebody who does.
                self._bind_from_within(event.body)
            else:
                self._uncalled[id(definition)] = event.body

    def _bind_from_within(self, body: Body) -> None:
        """Take what a function may bind globally as perhaps bound from here on."""
        for inner in body.all_events:
            if inner.action is _BIND:
                self._bind(inner._replace(path=(*inner.path, -1), body=None))
            elif inner.action is _BLIND:
                self._unseen(inner.node)

    def _find(self, name: str, path: tuple[int, ...]) -> tuple[Definition, ...]:
        """Return the bindings that a look-up may find, the last first."""
        live = self._live.get(name, ())
        if len(live) <= 1:
            return live
        found: list[Definition] = []
        for definition in reversed(live):
            found.append(definition)
            bound_at = definition.event.path
            if not bound_at or (
                definition.statement == self._statement and path[: len(bound_at)] == bound_at
            ):
                break
        return tuple(found)

    def _read(
        self,
        event: Event,
        node: ast.AST,
        path: tuple[int, ...],
        via: tuple[Definition, ...],
        is_sure: bool,  # noqa: FBT001 - the busiest call of all, and keywords cost
    ) -> None:
        name = event.name
        found = self._live.get(name, ())
        if len(found) > 1:
            found = self._find(name, path)
        if event.is_annotation and self._has_lazy_annotations:
            return
        if not found and is_known(name):
            return
        is_sure = is_sure and not (self._is_raising or self.blinds or name in self.doubtful)
        changed = self._changed_in(found) if self._changed else ()
        deleted_in = self._deleted.get(name) if self._deleted else None
        use = (name, self._cell, node, found, via, is_sure, deleted_in, changed)
        self.uses.append(_made(Use, use))
        for definition in found:
            body = definition.event.body
            if body is not None:
                self._mention(definition, body)
                self._enter(definition, body.all_events, node, path, via, is_sure=False)

    def _mention(self, definition: Definition, body: Body) -> None:
        """Take a function that is mentioned as one that may be called."""
        if self._uncalled.pop(id(definition), None) is not None:
            self._bind_from_within(body)

    def _changed_in(self, found: tuple[Definition, ...]) -> tuple[int, ...]:
        if len(found) == 1:
            known = self._changed.get(id(found[0]))
            return tuple(sorted({*known})) if known else ()
        cells = [self._changed[id(one)] for one in found if id(one) in self._changed]
        return tuple(sorted(set[int]().union(*cells))) if cells else ()

    def _call(
        self, event: Event, node: ast.AST, via: tuple[Definition, ...], path: tuple[int, ...]
    ) -> None:
        found = self._find(event.name, path)
        if event.call is not None:
            for definition in found:
                self._change_arguments(definition, event.call, path)
        if len(found) != 1 or event.silent or not _may_run(found[0]):
            return
        events = tuple(self._called_events(found[0], event))
        self._enter(found[0], events, node, path, via, is_sure=True, method=event.method)

    def _called_events(self, definition: Definition, event: Event) -> Iterator[Event]:
        """Yield what runs when a function, a class or a method of an object is called."""
        body = definition.event.body
        if event.method is not None:
            makers = self._find(definition.event.made_by or "", ())
            maker = makers[0].event.body if len(makers) == 1 else body
            if maker is not None:
                yield from self._method_events(maker, [event.method])
        elif body is not None:
            if not body.is_generator or event.is_consumed:
                yield from body.events
            yield from self._method_events(body, _CONSTRUCTORS)
        elif definition.event.made_by is not None:
            makers = self._find(definition.event.made_by, ())
            if len(makers) == 1 and makers[0].event.body is not None:
                yield from self._method_events(makers[0].event.body, ["__call__"])

    def _method_events(self, body: Body, names: Iterable[str], depth: int = 0) -> Iterator[Event]:
        """Yield what runs in methods of a class, in those that they call, and in inherited ones."""
        pending, seen, absent = list(names), set[str](), set[str]()
        while pending:
            name = pending.pop()
            method = body.methods.get(name)
            if method is None:
                absent.add(name)
            elif name not in seen:
                yield from method.events
                pending += method.self_calls
            seen.add(name)
        for base in body.events if absent and depth < _BASES else ():
            found = self._find(base.name, ()) if isinstance(base.node, ast.Name) else ()
            inherited = found[0].event.body if len(found) == 1 else None
            if inherited is not None and isinstance(found[0].event.node, ast.ClassDef):
                yield from self._method_events(inherited, sorted(absent), depth + 1)

    def _enter(
        self,
        definition: Definition,
        events: tuple[Event, ...],
        node: ast.AST,
        path: tuple[int, ...],
        via: tuple[Definition, ...],
        *,
        is_sure: bool,
        method: str | None = None,
    ) -> None:
        """Follow a function's body at a call, each body once a cell and state of deletions."""
        key = (id(definition), method, len(events), is_sure, len(self._deleted))
        if key in self._entered or not events or len(via) > _DEEPEST:
            return
        self._entered.add(key)
        inner_via = (*via, definition)
        for event in events:
            inner_path = path + event.path
            if event.action is _READ:
                self._read(event, node, inner_path, inner_via, is_sure and not event.silent)
            elif event.action is _CALL and is_sure:
                self._call(event, node, inner_via, inner_path)
            elif event.action is _MUTATE and is_sure:
                self._mutate(event.name, node, inner_path)

    def _change_arguments(
        self, definition: Definition, call: ast.Call, path: tuple[int, ...]
    ) -> None:
        """Note that a function changes what it is given."""
        body = definition.event.body
        if body is None or not body.mutated_parameters:
            return
        given = [*zip(body.parameters, call.args, strict=False)]
        given += [(keyword.arg or "", keyword.value) for keyword in call.keywords]
        for parameter, value in given:
            if parameter in body.mutated_parameters and isinstance(value, ast.Name):
                self._mutate(value.id, call, path)

    def _mutate(self, name: str, node: ast.AST, path: tuple[int, ...]) -> None:
        found = self._find(name, path)
        if found:
            self.mutations.append(Mutation(name, self._cell, node, found))
        for definition in found:
            self._changed.setdefault(id(definition), []).append(self._cell)


def _may_run(definition: Definition) -> bool:
    """Say whether a call of what is bound may run code of the notebook."""
    event = definition.event
    return event.body is not None or event.made_by is not None


def _thinned(definitions: tuple[Definition, ...]) -> tuple[Definition, ...]:
    """Keep the last bindings, and of the older ones one for each cell, so that generated code stays linear."""
    older, recent = definitions[: -_MANY // 2], definitions[-_MANY // 2 :]
    return (*{one.cell: one for one in older}.values(), *recent)


def _is_automagic(statement: ast.stmt, bound: Container[str]) -> bool:
    """Say whether a statement is a magic's bare name, and no name that is bound."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Name) and value.id in AUTOMAGIC and value.id not in bound


def _is_annotations_import(statement: ast.stmt) -> bool:
    """Say whether a statement makes annotations lazy; IPython keeps that for all later cells."""
    return (
        isinstance(statement, ast.ImportFrom)
        and statement.module == "__future__"
        and any(alias.name == "annotations" for alias in statement.names)
    )
