"""Walk the statements of one scope and note what they do to names."""

import ast
import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nb2prod.notebook.events import Action, Body, Event
from nb2prod.notebook.guards import (
    catches_name_errors,
    constant_truth,
    is_namespace,
    names_guarded_by,
    suppresses_name_errors,
)
from nb2prod.notebook.mutation import base_name

# Reading a member off its class takes as long as a call of a function, and every event has one.
_BIND, _READ, _MUTATE = Action.BIND, Action.READ, Action.MUTATE
_DELETE, _BLIND = Action.DELETE, Action.BLIND

# Shared by all walkers, because the events of an inner scope are put among those of the outer one.
_BLOCK_NUMBERS = itertools.count(1)

Handler = Callable[[Any, Any], None]


class Handlers(dict[type[ast.AST], Handler]):
    """The methods of a walker by kind of node.

    Attributes:
        walker: The class whose methods these are.
    """

    walker: "type[StatementWalker]"

    def __missing__(self, kind: type[ast.AST]) -> Handler:
        """Look up the method that is named after a kind of node, once for all walkers."""
        made = getattr(self.walker, f"_on_{kind.__name__.lower()}", StatementWalker.visit_children)
        return self.setdefault(kind, made)


HANDLERS = Handlers()
"""What visits a node of each kind: where most nodes pass, it is called without `visit` in between."""

# Making a named tuple by its class costs a call in Python, and a notebook has an event for every name.
_made = tuple.__new__
_ENDS = frozenset({ast.Return, ast.Raise, ast.Continue, ast.Break})
# What most events do not say: `body` and what comes after it.
_NO_MORE = (None, False, False, None, None, None, False)
_LEAVES = frozenset({ast.Load, ast.Store, ast.Del, ast.Constant, ast.Pass})


class StatementWalker(ABC):
    """Collect the events of one scope in the order of execution.

    Attributes:
        events: What was found so far.
        outer_names: Names declared ``global`` or ``nonlocal`` in this scope.
        calls: Every call, inner scopes included, with the function that it stands in.
        owner: Name of the function whose body this is; empty outside functions.
        properties: Names of properties of the classes seen so far: to read one runs its function.
    """

    def __init__(
        self, calls: list[tuple[str, ast.Call]], properties: set[str], owner: str = ""
    ) -> None:
        self.calls = calls
        self.properties = properties
        self.owner = owner
        self.events: list[Event] = []
        self.outer_names: set[str] = set()
        self.path: tuple[int, ...] = ()
        self.guarded: frozenset[str] = frozenset()
        self.is_tolerant = False
        self.unused: set[int] = set()
        self.consumed: set[int] = set()
        self.is_function = False
        self.is_generator = False

    def note(
        self,
        action: Action,
        name: str,
        node: ast.AST,
        *,
        silent: bool = False,
        body: Body | None = None,
        is_import: bool = False,
        made_by: str | None = None,
    ) -> None:
        """Add an event at the place in the control flow where the walk is."""
        silent = silent or self.is_tolerant or name in self.guarded
        happened = (action, name, node, self.path, silent, body, is_import)
        self.events.append(_made(Event, (*happened, False, None, None, made_by, False)))

    def absorb(self, events: Iterable[Event], *, silent: bool = False) -> None:
        """Add the events of an inner scope as happening here."""
        for event in events:
            quiet = silent or event.silent or self.is_tolerant or event.name in self.guarded
            self.events.append(event._replace(path=self.path + event.path, silent=quiet))

    def visit(self, node: ast.AST) -> None:
        """Visit one node by the method that is named after its kind, else its children."""
        HANDLERS[type(node)](self, node)

    def visit_children(self, node: ast.AST) -> None:
        """Visit what a node holds, in source order."""
        for field in node._fields:
            value = getattr(node, field, None)
            if type(value) is list:
                for child in value:
                    if isinstance(child, ast.AST) and type(child) not in _LEAVES:
                        HANDLERS[type(child)](self, child)
            elif isinstance(value, ast.AST) and type(value) not in _LEAVES:
                HANDLERS[type(value)](self, value)

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        """Visit nodes in order, leaving out what is absent, and what is never reached."""
        for node in nodes:
            if node is not None:
                HANDLERS[type(node)](self, node)
                if type(node) in _ENDS:
                    return

    def block(
        self,
        nodes: Sequence[ast.AST],
        *,
        guarded: frozenset[str] = frozenset(),
        is_certain: bool = False,
    ) -> None:
        """Visit nodes that may be passed over."""
        saved_path, saved_guarded = self.path, self.guarded
        if not is_certain:
            self.path = (*self.path, next(_BLOCK_NUMBERS))
        self.guarded |= guarded
        self.visit_all(nodes)
        self.path, self.guarded = saved_path, saved_guarded

    # Names and the objects behind them.

    def _on_name(self, node: ast.Name) -> None:
        name, context = node.id, type(node.ctx)
        # Half of all events are made here, so without `note`.
        silent = self.is_tolerant or name in self.guarded
        action = _BIND if context is ast.Store else _READ
        event = (action, name, node, self.path, silent, *_NO_MORE)
        self.events.append(_made(Event, event))
        if context is ast.Del:
            self.events.append(Event(_DELETE, name, node, self.path, silent))

    def _on_attribute(self, node: ast.Attribute) -> None:
        value = node.value
        HANDLERS[type(value)](self, value)
        if type(node.ctx) is not ast.Load:
            self._mutate(node)
        elif node.attr in self.properties:
            self.method_run(node, node)

    def _on_subscript(self, node: ast.Subscript) -> None:
        value, key = node.value, node.slice
        HANDLERS[type(value)](self, value)
        if type(key) not in _LEAVES:
            HANDLERS[type(key)](self, key)
        if type(node.ctx) is ast.Load:
            return
        self._mutate(node)
        if is_namespace(node.value):
            self._bind_by_text(node)

    def _mutate(self, node: ast.expr) -> None:
        base = base_name(node)
        if base is not None:
            self.note(_MUTATE, base.id, node)

    def _bind_by_text(self, node: ast.Subscript) -> None:
        """Take ``globals()["x"] = 1`` as a binding of x, other keys as of unknown names."""
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            self.note(_BIND, node.slice.value, node)
        else:
            self.note(_BLIND, "", node)

    # Statements that bind.

    def _on_assign(self, node: ast.Assign) -> None:
        value, body, made_by = node.value, None, None
        if type(value) is ast.Lambda:
            body = self.lambda_body(value)
        elif type(value) not in _LEAVES:
            HANDLERS[type(value)](self, value)
            made_by = _maker(value)
        for target in node.targets:
            if type(target) is ast.Name:
                self.note(_BIND, target.id, target, body=body, made_by=made_by)
            else:
                self.visit(target)

    @abstractmethod
    def lambda_body(self, node: ast.Lambda) -> Body:
        """Return what a lambda needs at a call."""

    @abstractmethod
    def method_run(self, function: ast.Attribute, node: ast.AST) -> None:
        """Note that a method runs, because it is called or is a property that is read."""

    @abstractmethod
    def annotation(self, node: ast.expr | None) -> None:
        """Note what an annotation reads."""

    def _on_annassign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
        if not self.is_function:
            # Python keeps no annotations of a function's variables, so it does not read them.
            self.annotation(node.annotation)
        if node.value is not None or not isinstance(node.target, ast.Name):
            self.visit(node.target)

    def _on_augassign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.note(_READ, node.target.id, node.target)
            self.visit(node.value)
            self.note(_MUTATE, node.target.id, node.target)
            self.note(_BIND, node.target.id, node.target)
        else:
            self.visit(node.value)
            self.visit(node.target)

    def _on_namedexpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.visit(node.target)

    def _on_import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.note(_BIND, alias.asname or alias.name.partition(".")[0], node, is_import=True)

    def _on_importfrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.note(_BLIND, "", node)
            else:
                self.note(_BIND, alias.asname or alias.name, node, is_import=True)

    def _on_global(self, node: ast.Global | ast.Nonlocal) -> None:
        self.outer_names.update(node.names)

    _on_nonlocal = _on_global

    def _on_expr(self, node: ast.Expr) -> None:
        value = node.value
        self.unused.add(id(value))
        HANDLERS[type(value)](self, value)

    # Branches.

    def _on_if(self, node: ast.If) -> None:
        self.visit(node.test)
        truth, guarded = constant_truth(node.test), names_guarded_by(node.test)
        if truth is not False:
            self.block(node.body, guarded=guarded, is_certain=truth is True)
        if truth is not True:
            self.block(node.orelse, guarded=guarded, is_certain=truth is False)

    def _on_ifexp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        truth, guarded = constant_truth(node.test), names_guarded_by(node.test)
        if truth is not False:
            self.block([node.body], guarded=guarded)
        if truth is not True:
            self.block([node.orelse], guarded=guarded)

    def _on_assert(self, node: ast.Assert) -> None:
        self.visit(node.test)
        tolerant, self.is_tolerant = self.is_tolerant, True
        self.block([node.msg] if node.msg is not None else [])
        self.is_tolerant = tolerant

    def _on_yield(self, node: ast.Yield | ast.YieldFrom) -> None:
        self.is_generator = True
        self.visit_children(node)

    _on_yieldfrom = _on_yield

    def _on_boolop(self, node: ast.BoolOp) -> None:
        self.visit(node.values[0])
        if constant_truth(node.values[0]) is isinstance(node.op, ast.Or):
            return
        self.unused.update(id(value) for value in node.values[1:])
        self.block(node.values[1:], guarded=names_guarded_by(node.values[0]))

    def _on_try(self, node: ast.Try) -> None:
        tolerant = self.is_tolerant
        self.is_tolerant = tolerant or any(
            catches_name_errors(handler) for handler in node.handlers
        )
        self.block(node.body, is_certain=not node.handlers)
        # A handler runs only after an exception, which a clean run need not meet.
        self.is_tolerant = True
        for handler in node.handlers:
            self.block([handler])
        self.is_tolerant = tolerant
        self.block(node.orelse)
        self.block(node.finalbody, is_certain=True)

    def _on_trystar(self, node: ast.TryStar) -> None:
        self.block(node.body)
        for handler in node.handlers:
            self.block([handler])
        self.block([*node.orelse, *node.finalbody])

    def _on_excepthandler(self, node: ast.ExceptHandler) -> None:
        self.visit_all([node.type])
        start = len(self.events)
        self.visit_all(node.body)
        # Python unbinds the exception's name at the end of its handler.
        if node.name is not None:
            self.events[start:] = [
                event for event in self.events[start:] if event.name != node.name
            ]

    def _on_with(self, node: ast.With | ast.AsyncWith) -> None:
        tolerant = self.is_tolerant
        self.visit_all(node.items)
        is_suppressing = any(suppresses_name_errors(item) for item in node.items)
        self.is_tolerant = tolerant or is_suppressing
        self.block(node.body, is_certain=not is_suppressing)
        self.is_tolerant = tolerant

    _on_asyncwith = _on_with

    def _on_match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        for case in node.cases:
            self.block([case.pattern, *([case.guard] if case.guard else []), *case.body])

    def _on_matchas(self, node: ast.MatchAs | ast.MatchStar) -> None:
        self.visit_children(node)
        if node.name is not None:
            self.note(_BIND, node.name, node)

    _on_matchstar = _on_matchas

    def _on_matchmapping(self, node: ast.MatchMapping) -> None:
        self.visit_children(node)
        if node.rest is not None:
            self.note(_BIND, node.rest, node)

    # Loops.

    def _on_for(self, node: ast.For | ast.AsyncFor) -> None:
        self.consumed.add(id(node.iter))
        self.visit(node.iter)
        self._loop([node.target, *node.body])
        self.block(node.orelse)

    _on_asyncfor = _on_for

    def _on_while(self, node: ast.While) -> None:
        truth = constant_truth(node.test)
        self.visit(node.test)
        if truth is not False:
            self._loop([*node.body, node.test], is_certain=truth is True)
        self.block(node.orelse)

    def _loop(self, nodes: Sequence[ast.AST], *, is_certain: bool = False) -> None:
        """Visit a loop's body.

        Conditional reads of what it binds later are silent: a former pass may have bound it.
        """
        start = len(self.events)
        depth = len(self.path) + (not is_certain)
        self.block(nodes, is_certain=is_certain)
        bound = {event.name for event in self.events[start:] if event.action is _BIND}
        for index in range(start, len(self.events)):
            event = self.events[index]
            if event.name in bound and len(event.path) > depth:
                self.events[index] = event._replace(silent=True)


def _maker(value: ast.expr) -> str | None:
    """Return C of ``C(...)``."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id
    return None
