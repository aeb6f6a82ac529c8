"""What a cell looks like as a whole, whatever it calls: imports, constants, functions, parts of a table."""

import ast
from collections.abc import Iterator


def divided(tree: ast.Module) -> tuple[str, ...]:
    """Return names that are bound to parts of one and the same table: ``train = df[mask]``."""
    parts: dict[str, list[str]] = {}
    for target, value in _bindings(tree):
        table = _sliced(value)
        if table is not None:
            parts.setdefault(table, []).append(target)
    return next((tuple(names) for names in parts.values() if len(names) >= 2), ())


def changed_in_loops(tree: ast.Module) -> Iterator[str]:
    """Yield names of tables that a loop goes over and changes: ``for t in (train, test): t["c"] = ...``."""
    for loop in ast.walk(tree):
        match loop:
            case ast.For(
                target=ast.Name(id=name), iter=ast.List(elts=tables) | ast.Tuple(elts=tables)
            ):
                if any(_changes(node, name) for node in ast.walk(loop)):
                    yield from (table.id for table in tables if isinstance(table, ast.Name))


def _changes(node: ast.AST, name: str) -> bool:
    """Tell whether a node stores into an object by its name, or calls a method of it with ``inplace``."""
    match node:
        case (
            ast.Subscript(value=owner, ctx=ast.Store() | ast.Del())
            | ast.Attribute(value=owner, ctx=ast.Store() | ast.Del())
        ):
            return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(owner))
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner_name)), keywords=keywords):
            return owner_name == name and any(one.arg == "inplace" for one in keywords)
    return False


def _bindings(tree: ast.Module) -> list[tuple[str, ast.expr]]:
    found: list[tuple[str, ast.expr]] = []
    for statement in tree.body:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        target, value = statement.targets[0], statement.value
        pairs: list[tuple[ast.expr, ast.expr]] = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=False))
        found += [(name.id, part) for name, part in pairs if isinstance(name, ast.Name)]
    return found


def _sliced(value: ast.expr) -> str | None:
    """Return the table that an expression takes rows of, or None where it takes no rows."""
    rows = False
    while isinstance(value, ast.Subscript | ast.Attribute | ast.Call):
        if isinstance(value, ast.Subscript):
            rows = rows or _takes_rows(value.slice)
            value = value.value
        else:
            value = value.func if isinstance(value, ast.Call) else value.value
    return value.id if isinstance(value, ast.Name) and rows else None


def _takes_rows(index: ast.expr) -> bool:
    if isinstance(index, ast.Tuple) and index.elts:
        index = index.elts[0]
        return not (isinstance(index, ast.Slice) and index.lower is None and index.upper is None)
    return isinstance(index, ast.Slice | ast.Compare | ast.UnaryOp | ast.BinOp | ast.Name)


def is_imports(tree: ast.Module) -> bool:
    """Tell whether a cell holds nothing but imports, settings and constants."""
    has_import = any(isinstance(one, ast.Import | ast.ImportFrom) for one in tree.body)
    return has_import and all(_is_import_or_setting(one) or _is_constant(one) for one in tree.body)


def _is_import_or_setting(statement: ast.stmt) -> bool:
    """Take imports, and calls and stores that set options, such as ``pd.set_option(...)``."""
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass):
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call | ast.Constant)
    if isinstance(statement, ast.Assign):
        return not any(isinstance(target, ast.Name | ast.Tuple) for target in statement.targets)
    return False


def is_definitions(tree: ast.Module) -> bool:
    """Tell whether a cell holds functions or classes, and beside them only imports and constants."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(one, definitions) for one in tree.body) and all(
        isinstance(one, (*definitions, ast.Import, ast.ImportFrom))
        or is_literal(one)
        or _is_constant(one)
        for one in tree.body
    )


def is_literal(statement: ast.stmt) -> bool:
    """Tell whether a statement binds names to literals one by one, as papermill needs it of parameters."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return _is_constant(statement) and not any(
        isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store)
        for node in ast.walk(statement)
    )


def is_scalar(statement: ast.stmt) -> bool:
    """Tell whether a statement binds names to a single number, text or truth value."""
    value = getattr(statement, "value", None)
    if isinstance(value, ast.UnaryOp):
        value = value.operand
    return is_literal(statement) and isinstance(value, ast.Constant)


def _is_constant(statement: ast.stmt) -> bool:
    """Tell whether a statement binds names to literals, perhaps several at once."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    names = [
        part
        for target in targets
        for part in (target.elts if isinstance(target, ast.Tuple) else [target])
    ]
    try:
        ast.literal_eval(statement.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return all(isinstance(name, ast.Name) for name in names)
