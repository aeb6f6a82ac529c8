"""Which calls and stores change an object in place, and which name holds that object."""

import ast

_ALWAYS = frozenset(
    {
        "__setitem__",
        "pop",
        "popitem",
        "setdefault",
        "fit",
        "fit_transform",
        "fit_predict",
        "fit_resample",
        "partial_fit",
    }
)
_WHEN_UNUSED = frozenset(
    {
        "append",
        "extend",
        "insert",
        "add",
        "update",
        "remove",
        "discard",
        "clear",
        "sort",
        "reverse",
        "appendleft",
        "extendleft",
        "rotate",
        "intersection_update",
        "difference_update",
        "symmetric_difference_update",
        "fill",
        "resize",
        "put",
        "itemset",
        "partition",
        "set_params",
        "set_index_inplace",
        "subtract",
    }
)
_ARGUMENT_CHANGERS = frozenset(
    {
        "shuffle",
        "heappush",
        "heappop",
        "heapify",
        "insort",
        "insort_left",
        "insort_right",
        "put",
        "copyto",
    }
)
_CHANGERS = _ALWAYS | _WHEN_UNUSED | _ARGUMENT_CHANGERS | {"setattr", "delattr"}
_CALLERS = frozenset(
    {
        "apply",
        "map",
        "applymap",
        "transform",
        "agg",
        "aggregate",
        "pipe",
        "filter",
        "assign",
        "reduce",
        "sorted",
        "min",
        "max",
        "sort_values",
        "groupby",
        "starmap",
        "accumulate",
        "takewhile",
        "dropwhile",
        "filterfalse",
        "vectorize",
        "apply_along_axis",
        "fromfunction",
        "sort",
    }
)


def base_name(node: ast.expr) -> ast.Name | None:
    """Return the name at the root of ``df.loc[a].b``, or None when a call is in between."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def changed_by_call(call: ast.Call, *, is_unused: bool) -> list[ast.Name]:
    """Return the names whose objects a call changes in place.

    Args:
        call: The call.
        is_unused: Whether its value is thrown away. ``s.add(1)`` then changes a set;
            ``df.add(1)`` whose value is used makes a new frame.
    """
    changed: list[ast.Name | None] = []
    function = call.func
    if isinstance(function, ast.Attribute) and (
        function.attr in _ALWAYS
        or (is_unused and function.attr in _WHEN_UNUSED)
        or _is_inplace(call)
    ):
        changed.append(base_name(function.value))
    name = called_name(call)
    if (name in _ARGUMENT_CHANGERS or name in ("setattr", "delattr")) and call.args:
        changed.append(base_name(call.args[0]))
    return [one for one in changed if one is not None]


def may_change(call: ast.Call, name: str) -> bool:
    """Say whether a call of such a name is worth a closer look; most are not."""
    return name in _CHANGERS or (bool(call.keywords) and _is_inplace(call))


def _is_inplace(call: ast.Call) -> bool:
    for keyword in call.keywords:
        value = keyword.value
        if keyword.arg == "inplace" and isinstance(value, ast.Constant) and value.value is True:
            return True
    return False


def calls_its_arguments(name: str) -> bool:
    """Say whether what is called so calls the functions that it is given, as ``df.apply(f)`` does."""
    return name in _CALLERS


def called_name(call: ast.Call) -> str:
    """Return the name of the function or method that a call calls; empty for other expressions."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
