"""Functions, classes, comprehensions and calls: where inner scopes meet the outer one."""

import ast
from collections.abc import Iterable, Iterator

from nb2prod.notebook.events import Action, Body, Event
from nb2prod.notebook.guards import is_namespace
from nb2prod.notebook.lazy_pattern import LazyPattern
from nb2prod.notebook.mutation import (
    called_name,
    calls_its_arguments,
    changed_by_call,
    may_change,
)
from nb2prod.notebook.statements import HANDLERS, StatementWalker

_BIND, _READ, _MUTATE = Action.BIND, Action.READ, Action.MUTATE
_CALL, _BLIND = Action.CALL, Action.BLIND

# As in `statements`: there is an event for every call.
_made = tuple.__new__
_QUERY_NAME = LazyPattern(r"@([A-Za-z_]\w*)")
_PROPERTY = LazyPattern(r"(?:functools\.)?(?:cached_)?property")
_QUERIES = frozenset({"query", "eval"})
_SHELL_METHODS = frozenset({"run_line_magic", "run_cell_magic", "magic", "run_cell", "ex", "push"})
_CLASS_NAMES = frozenset({"__module__", "__qualname__", "__class__", "__doc__"})


def events_of(statement: ast.stmt) -> tuple[Event, ...]:
    """Return what a top-level statement does to names, in order."""
    return tuple(event for _, events in events_in([statement], [], set()) for event in events)


def events_in(
    statements: Iterable[ast.stmt], calls: list[tuple[str, ast.Call]], properties: set[str]
) -> Iterator[tuple[ast.stmt, list[Event]]]:
    """Yield each of a cell's statements with what it does to names, in order.

    Never raises: a statement nested too deeply to follow is read flatly, each name in it on its
    own.

    Args:
        statements: The statements.
        calls: Where to add their calls, each with the name of the function that it stands in.
        properties: Names of properties of classes; those that the statements define are added.
    """
    walker = ScopeWalker(calls, properties)
    for statement in statements:
        walker.events = []
        try:
            walker.visit(statement)
        except RecursionError:
            # Where the walk broke off, it stood within branches.
            walker = ScopeWalker(calls, properties)
            walker.events = list(_flat_events(statement))
        yield statement, walker.events


def _flat_events(statement: ast.stmt) -> Iterator[Event]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            action = _READ if isinstance(node.ctx, ast.Load) else _BIND
            yield Event(action, node.id, node, path=(1,), silent=True)


class ScopeWalker(StatementWalker):
    """Collect the events of one scope, nested scopes included."""

    def _on_constant(self, _: ast.Constant) -> None:
        """Pass over a constant, which names nothing."""

    # Calls.

    def _on_call(self, node: ast.Call) -> None:
        self.calls.append((self.owner, node))
        function, arguments = node.func, node.args
        if node.keywords:
            arguments = arguments + [keyword.value for keyword in node.keywords]
        name = called_name(node)
        calls_arguments = calls_its_arguments(name)
        HANDLERS[type(function)](self, function)
        self._arguments(arguments, calls_them=calls_arguments)
        if may_change(node, name):
            for changed in changed_by_call(node, is_unused=id(node) in self.unused):
                self.note(_MUTATE, changed.id, node)
        if calls_arguments:
            for argument in arguments:
                if isinstance(argument, ast.Name):
                    self._call(argument.id, argument)
        if name in _QUERIES:
            self._query_names(node)
        self._called(node)

    def _arguments(self, arguments: list[ast.expr], *, calls_them: bool) -> None:
        for argument in arguments:
            if isinstance(argument, ast.Lambda):
                self._lambda(argument, is_called=calls_them)
            elif type(argument) is not ast.Constant:
                self.consumed.add(id(argument))
                HANDLERS[type(argument)](self, argument)

    def _called(self, node: ast.Call) -> None:
        function = node.func
        if isinstance(function, ast.Name):
            self._call(function.id, node, call=node)
            if function.id == "exec":
                self.note(_BLIND, "", node)
        elif isinstance(function, ast.Attribute):
            self.method_run(function, node)
            if _is_blind(function):
                self.note(_BLIND, "", node)
        elif isinstance(function, ast.Call) and isinstance(function.func, ast.Name):
            self._call(function.func.id, node, method="__call__")

    def method_run(self, function: ast.Attribute, node: ast.AST) -> None:
        """Note that a method runs, of what a name holds or of what a class makes here."""
        made = function.value
        if isinstance(made, ast.Name):
            self._call(made.id, node, method=function.attr)
        elif isinstance(made, ast.Call) and isinstance(made.func, ast.Name):
            self._call(made.func.id, node, method=function.attr)

    def _call(
        self, name: str, node: ast.AST, *, call: ast.Call | None = None, method: str | None = None
    ) -> None:
        silent = self.is_tolerant or name in self.guarded
        is_consumed = id(node) in self.consumed
        happened = (_CALL, name, node, self.path, silent, None, False, False)
        self.events.append(_made(Event, (*happened, call, method, None, is_consumed)))

    def _query_names(self, node: ast.Call) -> None:
        """Note the names that ``df.query("a > @limit")`` reads from its text."""
        if not (isinstance(node.func, ast.Attribute) and node.args):
            return
        parts = node.args[0].values if isinstance(node.args[0], ast.JoinedStr) else [node.args[0]]
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                for name in _QUERY_NAME.findall(part.value):
                    self.note(_READ, name, node, silent=True)

    # Functions.

    def _on_functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._decorators(node.decorator_list)
        self._defaults(node.args)
        for argument in _arguments(node.args):
            self.annotation(argument.annotation)
        self.annotation(node.returns)
        self.note(_BIND, node.name, node, body=self._body(node.name, node.args, node.body))

    _on_asyncfunctiondef = _on_functiondef

    def _on_lambda(self, node: ast.Lambda) -> None:
        self._lambda(node, is_called=False)

    def _lambda(self, node: ast.Lambda, *, is_called: bool) -> None:
        """Note a lambda's reads here; unless its caller is known, it may run later or never."""
        self.absorb(self.lambda_body(node).events, silent=not is_called)

    def lambda_body(self, node: ast.Lambda) -> Body:
        """Return what a lambda needs at a call."""
        self._defaults(node.args)
        self.unused.discard(id(node.body))
        expression = ast.Expr(node.body)
        return self._body("<lambda>", node.args, [expression])

    def _decorators(self, decorators: Iterable[ast.expr]) -> None:
        for decorator in decorators:
            self.visit(decorator)
            if isinstance(decorator, ast.Name):
                self._call(decorator.id, decorator)

    def _defaults(self, arguments: ast.arguments) -> None:
        self.visit_all([*arguments.defaults, *arguments.kw_defaults])

    def annotation(self, node: ast.expr | None) -> None:
        """Note what an annotation reads; texts are left alone."""
        if node is None:
            return
        start = len(self.events)
        self.visit(node)
        self.events[start:] = [event._replace(is_annotation=True) for event in self.events[start:]]

    def _body(self, name: str, arguments: ast.arguments, statements: Iterable[ast.stmt]) -> Body:
        inner = ScopeWalker(self.calls, self.properties, name)
        inner.is_function = True
        inner.visit_all(statements)
        parameters = [argument.arg for argument in _arguments(arguments)]
        bound = {event.name for event in inner.events if event.action is _BIND} - inner.outer_names
        local = bound | set(parameters)
        return Body(
            name,
            tuple(parameters),
            tuple(_free_events(inner.events, local)),
            frozenset(_mutated(inner.events, parameters)),
            self_calls=frozenset(_self_calls(inner.events, parameters[:1])),
            is_generator=inner.is_generator,
        )

    # Classes.

    def _on_classdef(self, node: ast.ClassDef) -> None:
        self._decorators(node.decorator_list)
        self.visit_all([*node.bases, *(keyword.value for keyword in node.keywords)])
        inner = ScopeWalker(self.calls, self.properties, self.owner)
        self._find_properties(node)
        inner.visit_all(node.body)
        bound = set(_CLASS_NAMES)
        methods: dict[str, Body] = {}
        for event in inner.events:
            if event.action is _BIND and event.name not in inner.outer_names:
                bound.add(event.name)
                if event.body is not None and not _is_accessor(event.node):
                    methods[event.name] = _within_class(event.body)
            elif event.name not in bound:
                self.absorb([event])
        bases = tuple(
            Event(_READ, base.id, base, silent=True)
            for base in node.bases
            if isinstance(base, ast.Name)
        )
        self.note(_BIND, node.name, node, body=Body(node.name, events=bases, methods=methods))

    def _find_properties(self, node: ast.ClassDef) -> None:
        """Note which methods of a class run when they are read; names that another class calls are none."""
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef):
                if any(_PROPERTY.fullmatch(ast.unparse(one)) for one in statement.decorator_list):
                    self.properties.add(statement.name)
                elif not _is_accessor(statement):
                    self.properties.discard(statement.name)

    # Comprehensions.

    def _on_listcomp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self._comprehension(node.generators, [node.elt])

    _on_setcomp = _on_listcomp

    def _on_generatorexp(self, node: ast.GeneratorExp) -> None:
        # Only its first iterable is read at once; the rest when somebody goes through it.
        self._comprehension(node.generators, [node.elt], is_lazy=id(node) not in self.consumed)

    def _on_dictcomp(self, node: ast.DictComp) -> None:
        self._comprehension(node.generators, [node.key, node.value])

    def _comprehension(
        self,
        generators: list[ast.comprehension],
        results: list[ast.expr],
        *,
        is_lazy: bool = False,
    ) -> None:
        self.consumed.update(id(one.iter) for one in generators)
        self.visit(generators[0].iter)
        inner = ScopeWalker(self.calls, self.properties, self.owner)
        targets: set[str] = set()
        for index, generator in enumerate(generators):
            if index:
                inner.visit(generator.iter)
            targets.update(
                name.id
                for name in ast.walk(generator.target)
                if isinstance(name, ast.Name) and _is_store(name)
            )
            inner.visit_all(generator.ifs)
        inner.unused.update(id(result) for result in results)
        inner.visit_all(results)
        # What else an inner binding can be is a walrus, which binds outside.
        outer = (event for event in inner.events if event.name not in targets)
        self.absorb(outer, silent=is_lazy)


HANDLERS.walker = ScopeWalker


def _is_accessor(node: ast.AST) -> bool:
    """Say whether a function is the part of a property that stores or deletes: ``@p.setter``."""
    return any(
        isinstance(one, ast.Attribute) and one.attr in ("setter", "deleter")
        for one in getattr(node, "decorator_list", ())
    )


def _within_class(body: Body) -> Body:
    """Leave out the name that Python gives to each method."""
    if all(event.name != "__class__" for event in body.events):
        return body
    return body._replace(events=tuple(one for one in body.events if one.name != "__class__"))


def _is_store(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _is_blind(function: ast.Attribute) -> bool:
    if is_namespace(function.value):
        return function.attr in ("update", "setdefault")
    shell = function.value
    is_shell = (
        isinstance(shell, ast.Call)
        and isinstance(shell.func, ast.Name)
        and shell.func.id == "get_ipython"
    )
    return is_shell and function.attr in _SHELL_METHODS


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return named + [
        argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None
    ]


def _free_events(events: list[Event], local: set[str]) -> Iterator[Event]:
    """Pick what concerns names outside a function, with what its inner functions need."""
    called = {event.name for event in events if event.action is _CALL}
    for event in events:
        if event.name not in local:
            yield event
        if event.body is not None and event.action is _BIND and event.name in local:
            is_silent = event.name not in called
            for inner in event.body.all_events:
                if inner.name not in local:
                    yield inner._replace(
                        path=event.path + inner.path, silent=inner.silent or is_silent
                    )


def _mutated(events: list[Event], parameters: list[str]) -> Iterator[str]:
    """Yield the parameters whose object the function changes before it binds the name anew."""
    rebound: set[str] = set()
    for event in events:
        if event.action is _BIND:
            rebound.add(event.name)
        is_plain = isinstance(event.node, ast.Name)
        if (
            event.action is _MUTATE
            and event.name in parameters
            and event.name not in rebound
            and not is_plain
        ):
            yield event.name


def _self_calls(events: list[Event], own: list[str]) -> Iterator[str]:
    for event in events:
        if event.action is _CALL and event.method is not None and event.name in own:
            yield event.method
