"""What imported names stand for, and so what a call calls."""

import ast

from nb2prod.notebook.session import Session

_LINKS = (ast.Attribute, ast.Call, ast.Subscript)
_LONGEST = 40


def origins_of(session: Session) -> dict[str, str]:
    """Return what imported names stand for: ``pandas`` for ``pd``, and so on."""
    found: dict[str, str] = {}
    for definition in session.definitions:
        if not definition.event.is_import:
            continue
        node = definition.event.node
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                found[name] = alias.name if alias.asname else name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}"
    return found


def called_path(call: ast.Call, origins: dict[str, str]) -> str:
    """Return what is called, imported names written out: ``pandas.read_csv``.

    A call in between shows as ``()``: ``pandas.read_csv().dropna``.
    """
    return dotted(call.func, origins)


def dotted(node: ast.expr, origins: dict[str, str]) -> str:
    """Return an expression of names and attributes with imported names written out."""
    if isinstance(node, ast.Name):
        return origins.get(node.id, node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        # Nine of ten calls are one of these two.
        return f"{origins.get(node.value.id, node.value.id)}.{node.attr}"
    parts: list[str] = []
    while isinstance(node, _LINKS):
        if len(parts) == _LONGEST:
            # Calls chained by the hundred: nobody asks what such a chain is called.
            return ""
        if isinstance(node, ast.Attribute):
            parts.append("." + node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            parts.append("()")
            node = node.func
        else:
            parts.append("[]")
            node = node.value
    if isinstance(node, ast.Name):
        parts.append(origins.get(node.id, node.id))
    return "".join(reversed(parts))
