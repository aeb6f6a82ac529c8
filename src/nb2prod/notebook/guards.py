"""Code that expects a name to be absent, about which nothing should be said."""

import ast

_TOLERANT = frozenset({"NameError", "UnboundLocalError", "Exception", "BaseException"})
_NAMESPACES = frozenset({"globals", "locals", "vars", "dir"})
_SUPPRESSORS = frozenset({"suppress", "raises", "assertRaises"})


def is_namespace(node: ast.expr) -> bool:
    """Say whether an expression is ``globals()`` or one of its kind."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _NAMESPACES
    )


def catches_name_errors(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler would catch a NameError."""
    return handler.type is None or _is_tolerant(handler.type)


def _is_tolerant(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple):
        return any(_is_tolerant(element) for element in node.elts)
    return isinstance(node, ast.Name) and node.id in _TOLERANT


def suppresses_name_errors(item: ast.withitem) -> bool:
    """Say whether a context manager, such as ``suppress(NameError)``, lets NameErrors vanish."""
    call = item.context_expr
    if not isinstance(call, ast.Call):
        return False
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in _SUPPRESSORS and any(_is_tolerant(argument) for argument in call.args)


def names_guarded_by(test: ast.expr) -> frozenset[str]:
    """Return the names whose presence a condition asks for, as ``"x" in globals()`` does."""
    found: set[str] = set()
    for node in ast.walk(test):
        if isinstance(node, ast.Compare) and any(
            _mentions_namespace(side) for side in node.comparators
        ):
            found.update(_texts([node.left]))
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and is_namespace(node.func.value)
        ):
            found.update(_texts(node.args))
    return frozenset(found)


def _mentions_namespace(node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return is_namespace(node.func.value)
    return is_namespace(node)


def _texts(nodes: list[ast.expr]) -> list[str]:
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def constant_truth(test: ast.expr) -> bool | None:
    """Return what a condition always is, or None when that depends on the run."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = constant_truth(test.operand)
        return None if inner is None else not inner
    if (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
    ):
        right = test.comparators[0]
        is_main = isinstance(right, ast.Constant) and right.value == "__main__"
        return True if is_main and isinstance(test.ops[0], ast.Eq) else None
    return None
