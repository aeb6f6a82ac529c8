"""Write a loop over groups that fills a dictionary as a dictionary comprehension."""

from __future__ import annotations

import ast

from nb2prod.notebook.rewritten import Rewritten
from nb2prod.notebook.trees import at, copied


def as_dictionary(loop: ast.stmt) -> Rewritten | None:
    """Return ``for key, part in table.groupby(k): d[key] = f(part)`` as ``d = {key: f(part) for ...}``, or None.

    Args:
        loop: A statement; its nodes keep their places.
    """
    match loop:
        case ast.For(
            target=ast.Tuple(elts=[ast.Name(id=key), ast.Name(id=part)]) as target,
            iter=ast.Call(func=ast.Attribute(attr="groupby")) as groups,
            body=[
                ast.Assign(
                    targets=[ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=stored))],
                    value=value,
                )
            ],
            orelse=[],
        ) if stored == key and name not in {key, part}:
            if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(value)):
                return None
            over = ast.comprehension(copied(target), copied(groups), [], 0)
            read = at(ast.Name(key, ast.Load()), loop)
            made = at(ast.DictComp(read, copied(value), [over]), loop)
            store = at(ast.Assign([at(ast.Name(name, ast.Store()), loop)], made), loop)
            filled = at(ast.Name(name, ast.Load()), loop)
            return Rewritten(store, filled, list_name=name, left=frozenset({key, part}))
    return None
