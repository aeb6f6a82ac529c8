"""Rewrite a statement so that the recorder sees every operand and result, in place.

The call stays in the user's frame: ``V.m(A)`` becomes ``result(operand(V, s, 0).m(operand(A, s, 1)), s)``. Nothing is
moved, bound or inserted, so ``super()``, ``eval``, tracebacks and evaluation order stay what they were.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from nb2prod.execute.recorder import hooks
from nb2prod.notebook.recording import place_key
from nb2prod.notebook.slots import Slot, placeholder, slots_of
from nb2prod.notebook.trees import copied

_Node = TypeVar("_Node", ast.expr, ast.stmt)


@dataclass(frozen=True, slots=True)
class Site:
    """A place in the source that the recorder knows by number.

    Attributes:
        key: The place as ``notebook.recording.place_key`` writes it.
        kind: ``call``, ``method``, ``getitem``, ``attr``, ``binary``, ``unary``, ``compare``, ``setitem``, ``delitem``,
            ``setattr``, ``augmented``, ``test``, ``loop`` or ``function``.
        name: Method, attribute, operator or function.
        loops: Numbers of the loops around it within its function, outermost first.
        function: Number of the function that it stands in, 0 for the cell itself.
        template: The operation with its operands replaced by placeholders, for the probe.
    """

    key: str
    kind: str
    name: str
    loops: tuple[int, ...]
    function: int
    template: ast.expr | ast.stmt | None


class Instrumenter(ast.NodeTransformer):
    """Wrap operands and results of one cell's statements.

    Args:
        cell: Position of the cell in the notebook.
        register: Gives a number to a site.
    """

    def __init__(self, cell: int, register: Callable[[Site], int]) -> None:
        self._cell = cell
        self._register = register
        self._loops: tuple[int, ...] = ()
        self._function = 0

    def _site(
        self,
        node: ast.expr | ast.stmt,
        kind: str,
        name: str = "",
        suffix: str = "",
        template: ast.expr | ast.stmt | None = None,
    ) -> int:
        key = place_key(self._cell, node) + suffix
        return self._register(Site(key, kind, name, self._loops, self._function, template))

    def _call(self, hook: str, node: ast.expr, *arguments: int | str) -> ast.expr:
        parts = [node, *(ast.Constant(value=argument) for argument in arguments)]
        call = ast.Call(func=ast.Name(id=hook, ctx=ast.Load()), args=parts, keywords=[])
        for part in (call, call.func, *parts[1:]):
            ast.copy_location(part, node)
        return call

    def _operation(self, node: ast.expr, kind: str, name: str = "") -> ast.expr:
        """Wrap an expression: every operand, then the result."""
        site = self._site(node, kind, name, template=_template(node))
        for slot in list(slots_of(node)):
            slot.put(self._call(hooks.OPERAND, self.visit(slot.get()), site, slot.name))
        return self._call(hooks.RESULT, node, site)

    def _store(self, node: ast.stmt, place: ast.expr | ast.stmt, kind: str, name: str = "") -> None:
        """Wrap a statement that stores or deletes a part: it has operands, and no result."""
        site = self._site(place, kind, name, template=_template(node))
        slots = list(slots_of(node))
        for slot in slots:
            hook = hooks.LAST_OPERAND if slot is slots[-1] else hooks.OPERAND
            slot.put(self._call(hook, self.visit(slot.get()), site, slot.name))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Wrap a call of a function or method."""
        if isinstance(node.func, ast.Attribute):
            return self._operation(node, "method", node.func.attr)
        return self._operation(node, "call")

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Wrap an attribute that is read."""
        if isinstance(node.ctx, ast.Load):
            return self._operation(node, "attr", node.attr)
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Wrap a subscript that is read; slices part by part."""
        if isinstance(node.ctx, ast.Load):
            return self._operation(node, "getitem")
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Wrap an operator, unless it joins two literals."""
        if isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant):
            return node
        return self._operation(node, "binary", type(node.op).__name__)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """Wrap a negation or inversion, but no negative literal."""
        if isinstance(node.operand, ast.Constant):
            return node
        return self._operation(node, "unary", type(node.op).__name__)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Wrap every side of a comparison; a chain stays a chain."""
        return self._operation(node, "compare", ",".join(type(op).__name__ for op in node.ops))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        """Leave f-strings alone: Python 3.11 gives their parts no reliable places."""
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """Wrap the condition of a conditional expression."""
        site = self._site(node, "test")
        self.generic_visit(node)
        node.test = self._call(hooks.TEST, node.test, site)
        return node

    def visit_If(self, node: ast.If) -> ast.stmt:
        """Wrap the condition."""
        site = self._site(node, "test")
        self.generic_visit(node)
        node.test = self._call(hooks.TEST, node.test, site)
        return node

    def visit_For(self, node: ast.For) -> ast.stmt:
        """Wrap what the loop runs over and know the body to be within the loop."""
        site = self._site(node, "loop")
        node.iter = self._looped(node.iter, site)
        outer, self._loops = self._loops, (*self._loops, site)
        node.body = [self.visit(statement) for statement in node.body]
        self._loops = outer
        node.orelse = [self.visit(statement) for statement in node.orelse]
        return node

    def _looped(self, iterable: ast.expr, site: int, whole: int | None = None) -> ast.expr:
        visited = self._call(hooks.OPERAND, self.visit(iterable), site, "0")
        if whole is not None:
            visited = self._call(hooks.OPERAND, visited, whole, "0")
        return self._call(hooks.LOOP, visited, site)

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        """Treat a comprehension as the loop that it is, and as an operation on what it runs over."""
        return self._comprehension(node, "elt")

    def visit_SetComp(self, node: ast.SetComp) -> ast.expr:
        """Treat a comprehension as the loop that it is, and as an operation on what it runs over."""
        return self._comprehension(node, "elt")

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        """Treat a generator expression as the loop that it is, and as an operation on what it runs over."""
        return self._comprehension(node, "elt")

    def visit_DictComp(self, node: ast.DictComp) -> ast.expr:
        """Treat a comprehension as the loop that it is, and as an operation on what it runs over."""
        return self._comprehension(node, "key", "value")

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, *fields: str
    ) -> ast.expr:
        is_async = any(generator.is_async for generator in node.generators)
        whole = None if is_async else self._site(node, "comprehension", template=_template(node))
        outer = self._loops
        for index, generator in enumerate(node.generators):
            site = self._site(node, "loop", suffix=f"#{index}")
            if not generator.is_async:
                first = whole if index == 0 else None
                generator.iter = self._looped(generator.iter, site, first)
            self._loops = (*self._loops, site)
            generator.ifs = [self.visit(condition) for condition in generator.ifs]
        for name in fields:
            setattr(node, name, self.visit(getattr(node, name)))
        self._loops = outer
        return node if whole is None else self._call(hooks.RESULT, node, whole)

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        """Wrap the value, and the parts of a single target that is stored into."""
        target = node.targets[0]
        if len(node.targets) == 1 and isinstance(target, ast.Subscript):
            self._store(node, target, "setitem")
        elif len(node.targets) == 1 and isinstance(target, ast.Attribute):
            self._store(node, target, "setattr", target.attr)
        elif len(node.targets) == 1 and isinstance(target, ast.Tuple | ast.List):
            self._parallel(node, target)
        else:
            node.value = self.visit(node.value)
        return node

    def _parallel(self, node: ast.Assign, target: ast.Tuple | ast.List) -> None:
        """Wrap the parts of a parallel assignment that are stored into a table, each as a store of its own."""
        places: list[int] = []
        for position, part in enumerate(target.elts):
            if not isinstance(part, ast.Subscript | ast.Attribute):
                continue
            single = ast.copy_location(ast.Assign([part], node.value), node)
            kind = "setitem" if isinstance(part, ast.Subscript) else "setattr"
            name = part.attr if isinstance(part, ast.Attribute) else ""
            site = self._site(part, kind, name, template=_template(single))
            places += [position, site]
            slots = [slot for slot in slots_of(single) if slot.name != "value"]
            for slot in slots:
                hook = hooks.LAST_OPERAND if slot is slots[-1] else hooks.OPERAND
                slot.put(self._call(hook, self.visit(slot.get()), site, slot.name))
        node.value = self.visit(node.value)
        if places and not any(isinstance(part, ast.Starred) for part in target.elts):
            node.value = self._call(hooks.PARTS, node.value, len(target.elts), *places)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        """Wrap the parts of an augmented assignment."""
        self._store(node, node, "augmented", type(node.op).__name__)
        return node

    def visit_Delete(self, node: ast.Delete) -> ast.stmt:
        """Wrap the container and key of ``del container[key]``."""
        for target in node.targets:
            if not isinstance(target, ast.Subscript):
                continue
            single = ast.copy_location(ast.Delete(targets=[copied(target)]), node)
            site = self._site(target, "delitem", template=_template(single))
            slots = list(slots_of(target))
            for slot in slots:
                hook = hooks.LAST_OPERAND if slot is slots[-1] else hooks.OPERAND
                slot.put(self._call(hook, self.visit(slot.get()), site, slot.name))
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        """Leave the annotation alone."""
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Match(self, node: ast.Match) -> ast.stmt:
        """Leave the patterns alone."""
        node.subject = self.visit(node.subject)
        for case in node.cases:
            if case.guard is not None:
                case.guard = self.visit(case.guard)
            case.body = [self.visit(statement) for statement in case.body]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        """Give the function a plain body beside the instrumented one."""
        return self._definition(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.stmt:
        """Give the function a plain body beside the instrumented one."""
        return self._definition(node)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.stmt:
        site = self._site(node, "function", node.name)
        node.decorator_list = [self.visit(decorator) for decorator in node.decorator_list]
        self._defaults(node.args)
        head, body = _split_head(node.body)
        if not body:
            return node
        plain_body = [copied(statement) for statement in body]
        outer = self._loops, self._function
        self._loops, self._function = (), site
        recorded = [self.visit(statement) for statement in body]
        self._loops, self._function = outer
        branch = ast.If(test=self._plain(site, body[0]), body=plain_body, orelse=recorded)
        node.body = [*head, ast.copy_location(branch, body[0])]
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        """Give the lambda a plain body beside the instrumented one."""
        site = self._site(node, "function", "<lambda>")
        self._defaults(node.args)
        plain_body = copied(node.body)
        outer = self._loops, self._function
        self._loops, self._function = (), site
        recorded = self.visit(node.body)
        self._loops, self._function = outer
        branch = ast.IfExp(test=self._plain(site, plain_body), body=plain_body, orelse=recorded)
        node.body = ast.copy_location(branch, plain_body)
        return node

    def _plain(self, site: int, near: ast.expr | ast.stmt) -> ast.expr:
        number = ast.copy_location(ast.Constant(value=site), near)
        return self._call(hooks.PLAIN, number)

    def _defaults(self, arguments: ast.arguments) -> None:
        arguments.defaults = [self.visit(default) for default in arguments.defaults]
        arguments.kw_defaults = [
            None if default is None else self.visit(default) for default in arguments.kw_defaults
        ]


def _template(node: _Node) -> _Node:
    """Copy an operation with placeholders for its operands."""
    template = copied(node)
    for slot in list(slots_of(template)) or list(_deleted_slots(template)):
        slot.put(ast.copy_location(ast.Name(id=placeholder(slot.name), ctx=ast.Load()), slot.get()))
    return template


def _deleted_slots(node: ast.AST) -> list[Slot]:
    return list(slots_of(node.targets[0])) if isinstance(node, ast.Delete) else []


def _split_head(body: list[ast.stmt]) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """Split off what must stay at the top of a function: its docstring, ``global`` and ``nonlocal``."""
    head: list[ast.stmt] = []
    rest = list(body)
    if rest and isinstance(rest[0], ast.Expr) and isinstance(rest[0].value, ast.Constant):
        head.append(rest.pop(0))
    declarations = [s for s in rest if isinstance(s, ast.Global | ast.Nonlocal)]
    return [*head, *declarations], [s for s in rest if s not in declarations]
