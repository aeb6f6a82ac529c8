"""Take the function that holds the scored predict apart: its statements stand where it was called.

Notebooks often prepare, predict and score in one function. Its statements then become statements of the program, with
the call path under which they were recorded, so that features, prediction and metric can be told apart.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from nb2prod.compile.names import load
from nb2prod.compile.program import Step
from nb2prod.compile.simplifying import has_return, simplified, single_exit
from nb2prod.notebook.names import names_of
from nb2prod.notebook.recording import place_key
from nb2prod.notebook.trees import copied

_Statement = ast.Assign | ast.AnnAssign | ast.Expr


def inlined(steps: Sequence[Step], path: Sequence[str]) -> list[Step] | None:
    """Return the program with the calls of a path taken apart, or None where one of them cannot be.

    Args:
        steps: The program.
        path: Places of the calls that lead to the scored predict, outermost first.
    """
    made = list(steps)
    for depth, place in enumerate(path):
        found = _position(made, place, tuple(path[:depth]))
        if found is None:
            return None
        taken = _taken_apart(made, found, place)
        if taken is None:
            return None
        made[found : found + 1] = taken
    return made


def _position(steps: Sequence[Step], place: str, path: tuple[str, ...]) -> int | None:
    for position, step in enumerate(steps):
        if step.path == path and _call_at(step, place) is not None:
            return position
    return None


def _call_at(step: Step, place: str) -> ast.Call | None:
    """Return the call at a place of a simple statement."""
    if not isinstance(step.node, _Statement):
        return None
    for node in ast.walk(step.node):
        if isinstance(node, ast.Call) and place_key(step.cell.number, node) == place:
            return node
    return None


def _taken_apart(steps: Sequence[Step], position: int, place: str) -> list[Step] | None:
    step = steps[position]
    call = _call_at(step, place)
    definition = _definition(steps[:position], call)
    if call is None or definition is None or not _is_plain(definition.node):
        return None
    assert isinstance(definition.node, ast.FunctionDef)
    arguments = _arguments(call, definition.node)
    bound = {name for s in steps[steps.index(definition) :] for name in names_of(s.node).binds}
    if arguments is None or _has_other_default(arguments, definition.node, bound):
        return None
    function = single_exit(definition.node)
    names = _new_names(function, arguments, steps)
    body = [_Renamer(names).visit(copied(s)) for s in simplified(function.body)]
    last = body.pop() if isinstance(body[-1], ast.Return) else None
    if any(has_return(s) for s in body) or _hides_names(function, names):
        return None
    value = last.value if isinstance(last, ast.Return) and last.value else ast.Constant(None)
    own = [
        ast.copy_location(ast.Assign([ast.Name(names[p], ast.Store())], a), call)
        for p, a in arguments.items()
        if not (isinstance(a, ast.Name) and names[p] == a.id)
    ]
    inner = Step(
        definition.cell,
        definition.code,
        step.node,
        caller=step.caller or step.cell,
        path=(*step.path, place),
    )
    ended = _ended(step, call, value, inner, names)
    return [*(replace(step, node=s) for s in own), *(replace(inner, node=s) for s in body), *ended]


def _ended(
    step: Step, call: ast.Call, value: ast.expr, inner: Step, names: Mapping[str, str]
) -> list[Step]:
    """Return the statement that called the function, with what it returns."""
    assert isinstance(step.node, _Statement)
    if step.node.value is call:
        node = copied(step.node)
        node.value = value
        return [replace(inner, node=node)]
    result = _unused(f"{call.func.id if isinstance(call.func, ast.Name) else ''}_result", names)
    bound = ast.copy_location(ast.Assign([ast.Name(result, ast.Store())], value), value)
    outer: Any = _Replacer(call, load(result)).visit(step.node)
    return [replace(inner, node=ast.copy_location(bound, step.node)), replace(step, node=outer)]


def _definition(steps: Sequence[Step], call: ast.Call | None) -> Step | None:
    if call is None or not isinstance(call.func, ast.Name):
        return None
    name = call.func.id
    found = [s for s in steps if isinstance(s.node, ast.FunctionDef) and s.node.name == name]
    return found[-1] if found else None


def _is_plain(node: ast.stmt) -> bool:
    """Tell whether a function is nothing but its statements."""
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return False
    arguments = node.args
    is_starred = arguments.vararg is not None or arguments.kwarg is not None
    strange = (ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom, ast.Await)
    return not is_starred and not any(isinstance(n, strange) for n in ast.walk(node))


def _arguments(call: ast.Call, definition: ast.FunctionDef) -> dict[str, ast.expr] | None:
    """Return what each parameter is given, or None where that is not plain to see."""
    starred = any(isinstance(a, ast.Starred) for a in call.args)
    if starred or any(k.arg is None for k in call.keywords):
        return None
    parameters = definition.args
    names = [a.arg for a in (*parameters.posonlyargs, *parameters.args)]
    defaults = dict(
        zip(names[len(names) - len(parameters.defaults) :], parameters.defaults, strict=True)
    )
    keyword_only = zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
    defaults |= {a.arg: default for a, default in keyword_only if default is not None}
    given = dict(zip(names, call.args, strict=False))
    given |= {k.arg: k.value for k in call.keywords if k.arg is not None}
    every = [*names, *(a.arg for a in parameters.kwonlyargs)]
    if len(call.args) > len(names) or not set(every) <= given.keys() | defaults.keys():
        return None
    return {name: given.get(name) or defaults[name] for name in every}


def _has_other_default(
    arguments: Mapping[str, ast.expr], definition: ast.FunctionDef, bound: set[str]
) -> bool:
    """Tell whether a default that is used may be another value at the call than where the function is defined."""
    own = {id(d) for d in (*definition.args.defaults, *definition.args.kw_defaults)}
    used = [a for a in arguments.values() if id(a) in own]
    parts = [part for default in used for part in ast.walk(default)]
    return any(
        isinstance(p, ast.Call) or (isinstance(p, ast.Name) and p.id in bound) for p in parts
    )


def _new_names(
    function: ast.FunctionDef, arguments: Mapping[str, ast.expr], steps: Sequence[Step]
) -> dict[str, str]:
    """Give the function's own names a form that the program does not use; a parameter may be what it is given."""
    bound = {name for s in function.body for name in names_of(s).binds}
    taken = _names_outside(steps)
    names: dict[str, str] = {}
    for name in [*arguments, *sorted(bound - arguments.keys())]:
        given = arguments.get(name)
        if isinstance(given, ast.Name) and name not in bound:
            names[name] = given.id
            continue
        is_free = name not in taken and name not in names.values()
        names[name] = (
            name if is_free else _unused(f"{name}_{function.name}", [*taken, *names.values()])
        )
    return names


def _names_outside(steps: Sequence[Step]) -> set[str]:
    """Return the names that the program uses outside of functions."""
    found: set[str] = set()
    for step in steps:
        if isinstance(step.node, ast.FunctionDef | ast.ClassDef):
            found |= {step.node.name} | names_of(step.node).calls_need
        else:
            found |= names_of(step.node).binds
            found |= {n.id for n in ast.walk(step.node) if isinstance(n, ast.Name)}
    return found


def _unused(wanted: str, taken: object) -> str:
    name, number = wanted, 2
    while name in taken:  # type: ignore[operator]  # any container of names
        name, number = f"{wanted}_{number}", number + 1
    return name


def _hides_names(function: ast.FunctionDef, names: Mapping[str, str]) -> bool:
    """Tell whether a lambda, an inner function or a text gives a renamed name another meaning."""
    changed = {old for old, new in names.items() if old != new}
    inner = {a.arg for s in function.body for a in ast.walk(s) if isinstance(a, ast.arg)}
    texts = [n.value for n in ast.walk(function) if isinstance(n, ast.Constant)]
    in_text = any(isinstance(t, str) and f"@{name}" in t for t in texts for name in changed)
    return bool(inner & changed) or in_text


class _Renamer(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Give a name its new form."""
        return ast.copy_location(ast.Name(self._names.get(node.id, node.id), node.ctx), node)


class _Replacer(ast.NodeTransformer):
    """Put a name in the place of one call, in a copy."""

    def __init__(self, call: ast.Call, name: ast.expr) -> None:
        self._call = call
        self._name = name

    def visit(self, node: ast.AST) -> ast.AST:
        """Replace the call, and copy what holds it."""
        if node is self._call:
            return ast.copy_location(self._name, node)
        if not any(n is self._call for n in ast.walk(node)):
            return node
        made = type(node).__new__(type(node))
        made.__dict__.update(node.__dict__)
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                setattr(
                    made, field, [self.visit(v) if isinstance(v, ast.AST) else v for v in value]
                )
            elif isinstance(value, ast.AST):
                setattr(made, field, self.visit(value))
        return made
