"""Arguments of functions from cells: what is passed for each parameter, and the calls of emitted functions."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence

from nb2prod.compile.spec import Bind, Spec
from nb2prod.compile.states import STATE
from nb2prod.notebook.names import names_of


def bind_arguments(
    node: ast.Call, definition: ast.FunctionDef, specs: dict[str, Spec]
) -> dict[str, Spec] | None:
    """Match arguments with parameters; parameters left at their default stay out."""
    arguments = definition.args
    if arguments.vararg or arguments.kwarg or any(name.startswith("*") for name in specs):
        return None
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    bound: dict[str, Spec] = {}
    for position, _ in enumerate(node.args):
        if position >= len(names):
            return None
        bound[names[position]] = specs[str(position + 1)]
    for keyword in node.keywords:
        if keyword.arg is not None:
            bound[keyword.arg] = specs[keyword.arg]
    defaults = dict(
        zip(names[len(names) - len(arguments.defaults) :], arguments.defaults, strict=True)
    )
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            defaults[argument.arg] = default
    for name, default in defaults.items():
        if name not in bound:
            bound[name] = Spec(Bind.STATIC, default, default)
    return bound


def parameter_names(definition: ast.FunctionDef) -> set[str]:
    """Return the names of a function's parameters."""
    arguments = definition.args
    return {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}


def clash(definition: ast.FunctionDef, bound: dict[str, Spec], keys: tuple[str, ...]) -> str:
    """Return why values cannot be kept by a loop variable that a parameter has the name of, or an empty text."""
    rebound = {name for s in definition.body for name in names_of(s).binds}
    for key in keys:
        spec = bound.get(key)
        is_passed = spec is not None and isinstance(spec.fit, ast.Name) and spec.fit.id == key
        if key in rebound or (spec is not None and not is_passed):
            return f"`{key}` is a loop's variable here and another value in `{definition.name}`"
    return ""


def parameters_of(names: Sequence[str]) -> ast.arguments:
    """Return parameters without defaults."""
    arguments = [ast.arg(name) for name in names]
    return ast.arguments([], arguments, None, [], [], None, [])


def plain_call(node: ast.Call, name: str, bound: dict[str, Spec], side: str) -> ast.Call:
    """Return a call of a function as it was written, with other code for its arguments."""
    made = copy.copy(node)
    made.func = ast.Name(name, ast.Load())
    given = {k.arg for k in node.keywords}
    values = list(bound.items())
    made.args = [getattr(spec, side) for _, spec in values[: len(node.args)]]
    made.keywords = [ast.keyword(n, getattr(s, side)) for n, s in values if n in given]
    return made


def state_call(name: str, bound: dict[str, Spec], keys: tuple[str, ...], side: str) -> ast.Call:
    """Return a call of an emitted function that takes a part of the fitted state."""
    arguments = [getattr(spec, side) for spec in bound.values()]
    own = [key for key in keys if key not in bound]
    arguments += [ast.Name(n, ast.Load()) for n in (STATE, *own)]
    return ast.Call(ast.Name(name, ast.Load()), arguments, [])
