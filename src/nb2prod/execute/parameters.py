"""Read what a notebook's ``parameters`` cell declares, without running it."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from nb2prod.errors import Place
from nb2prod.execute.literals import Value, type_name
from nb2prod.notebook import Notebook, Role, parse_cell

_BY_ANNOTATION = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "str": "str",
    "list": "list",
    "List": "list",
    "tuple": "tuple",
    "Tuple": "tuple",
    "dict": "dict",
    "Dict": "dict",
    "None": "None",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One name that the ``parameters`` cell binds.

    Attributes:
        name: The name.
        value: Its value in the notebook; None also where it is no literal.
        types: Names of the types that a value may have; empty where any will do.
        is_literal: Whether the notebook gives it a literal, so that a run can override it.
        place: Where it is declared.
    """

    name: str
    value: Value
    types: frozenset[str]
    is_literal: bool
    place: Place


def declared(notebook: Notebook) -> Mapping[str, Parameter]:
    """Return the parameters of a notebook by name, in their order; the last binding counts."""
    found: dict[str, Parameter] = {}
    for cell in notebook.with_role(Role.PARAMETERS)[:1]:
        tree = parse_cell(cell.source).tree
        for statement in tree.body if tree is not None else ():
            for name, value, annotation in _bindings(statement):
                place = notebook.place(cell.number, statement.lineno, statement.col_offset + 1)
                found[name] = _parameter(name, value, annotation, place)
    return found


def _bindings(statement: ast.stmt) -> list[tuple[str, ast.expr, ast.expr | None]]:
    match statement:
        case ast.Assign(targets=targets, value=value):
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            return [(name, value, None) for name in names]
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value, annotation=said):
            return [(name, value, said)]
        case _:
            return []


def _parameter(name: str, value: ast.expr, annotation: ast.expr | None, place: Place) -> Parameter:
    try:
        literal: Value = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return Parameter(name, None, frozenset(), is_literal=False, place=place)
    types = _annotated(annotation)
    if not types and literal is not None:
        types = frozenset({type_name(literal)})
    known = types <= set(_BY_ANNOTATION.values())
    return Parameter(name, literal, types if known else frozenset(), known, place)


def _annotated(annotation: ast.expr | None) -> frozenset[str]:
    """Return what an annotation allows; empty where it says nothing that can be checked."""
    match annotation:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return frozenset({_BY_ANNOTATION[name]} if name in _BY_ANNOTATION else ())
        case ast.Constant(value=None):
            return frozenset({"None"})
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _all_of((left, right))
        case ast.Subscript(value=ast.Name(id="Optional") | ast.Attribute(attr="Optional")) as said:
            return _all_of((said.slice, ast.Constant(value=None)))
        case ast.Subscript(value=ast.Name(id="Union") | ast.Attribute(attr="Union")) as said:
            parts = said.slice.elts if isinstance(said.slice, ast.Tuple) else [said.slice]
            return _all_of(tuple(parts))
        case ast.Subscript(value=generic):
            return _annotated(generic)
        case _:
            return frozenset()


def _all_of(parts: tuple[ast.expr, ...]) -> frozenset[str]:
    each = [_annotated(part) for part in parts]
    return frozenset().union(*each) if all(each) else frozenset()
