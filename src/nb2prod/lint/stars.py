"""What ``from module import *`` binds, read from the module's source without importing it."""

import ast
import sys
import warnings
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

from nb2prod.notebook.session import Session


def star_names(session: Session, folder: str) -> dict[str, frozenset[str]]:
    """Return the names that star imports bind, by module, where the module's source tells all.

    Args:
        session: The notebook, played.
        folder: Its folder, where its own modules are.
    """
    found: dict[str, frozenset[str]] = {}
    for blind in session.blinds:
        node = blind.node
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = _names_of(node.module, [folder, *sys.path])
            if names is not None:
                found[node.module] = names
    return found


def _names_of(module: str, paths: list[str]) -> frozenset[str] | None:
    origin = ""
    for depth in range(1, module.count(".") + 2):
        spec = PathFinder.find_spec(".".join(module.split(".")[:depth]), paths)
        if spec is None or not spec.origin:
            return None
        origin, paths = spec.origin, list(spec.submodule_search_locations or ())
    if not origin.endswith(".py"):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(Path(origin).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None
    return _public(tree)


def _public(tree: ast.Module) -> frozenset[str] | None:
    """Return what a module exports, or None where it computes that."""
    listed: list[str] | None = None
    names: set[str] = set()
    for statement in tree.body:
        bound = set(_bound(statement))
        names |= bound
        if "__all__" in bound:
            listed = _literal(statement) if listed is None else None
            if listed is None:
                return None
        if isinstance(statement, ast.ImportFrom) and any(
            one.name == "*" for one in statement.names
        ):
            return None
    calls = {getattr(node.func, "id", "") for node in ast.walk(tree) if isinstance(node, ast.Call)}
    if listed is not None:
        return frozenset(listed)
    return (
        None
        if calls & {"globals", "exec", "vars"}
        else frozenset(one for one in names if not one.startswith("_"))
    )


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement may bind, those in its blocks included."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    if isinstance(statement, definitions):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, definitions):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _literal(statement: ast.stmt) -> list[str] | None:
    value = statement.value if isinstance(statement, ast.Assign) else None
    if not isinstance(value, ast.List | ast.Tuple):
        return None
    texts = [one.value for one in value.elts if isinstance(one, ast.Constant)]
    is_whole = len(texts) == len(value.elts) and all(isinstance(one, str) for one in texts)
    return [str(one) for one in texts] if is_whole else None
