"""What a cell visibly does: facts from which roles can be proposed."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nb2prod.notebook.events import Action
from nb2prod.notebook.session import Session

_TABLES = ("pandas", "polars", "dask.dataframe", "geopandas", "modin.pandas", "cudf")
_DATASETS = ("seaborn.load_dataset", "sklearn.datasets.", "datasets.load_dataset")
_SPLITTERS = ("sklearn.model_selection.train_test_split",)
_MODELS = (
    "sklearn.linear_model.",
    "sklearn.ensemble.",
    "sklearn.tree.",
    "sklearn.svm.",
    "sklearn.neighbors.",
    "sklearn.naive_bayes.",
    "sklearn.neural_network.",
    "sklearn.discriminant_analysis.",
    "sklearn.gaussian_process.",
    "sklearn.dummy.",
    "sklearn.calibration.",
    "sklearn.multiclass.",
    "sklearn.multioutput.",
    "sklearn.kernel_ridge.",
    "sklearn.model_selection.GridSearchCV",
    "sklearn.model_selection.RandomizedSearchCV",
    "sklearn.model_selection.HalvingGridSearchCV",
    "xgboost.",
    "lightgbm.",
    "catboost.",
)
_PARTS = ("sklearn.compose.", "sklearn.pipeline.", "sklearn.preprocessing.", "sklearn.impute.")
_METRICS = "sklearn.metrics."
_PICTURES = ("Display", "_curve", "confusion_matrix", "classification_report")


@dataclass(frozen=True, slots=True)
class Facts:
    """What one cell visibly does; texts name the evidence, empty ones say that there is none.

    Attributes:
        number: The cell.
        is_imports: Whether it holds nothing but imports and settings.
        is_definitions: Whether it holds nothing but functions, classes, imports and constants.
        is_literals: Whether it holds nothing but names with literal values.
        reads: A call that reads a table.
        splits: A call that splits rows.
        fits: A call that fits a model.
        makes_model: A call that makes a model.
        makes_parts: A call that makes a transformer or a pipeline.
        scores: A call that computes a metric.
        pictures: A call that draws or tabulates a result.
    """

    number: int
    is_imports: bool = False
    is_definitions: bool = False
    is_literals: bool = False
    reads: str = ""
    splits: str = ""
    fits: str = ""
    makes_model: str = ""
    makes_parts: str = ""
    scores: str = ""
    pictures: str = ""


def facts_of(session: Session) -> dict[int, Facts]:
    """Return the facts of every executed cell that can be parsed."""
    origins = _origins(session)
    models = _model_names(session, origins)
    found: dict[int, Facts] = {}
    for cell in session.notebook.executed_cells:
        tree = session.parsed[cell.number].tree
        if tree is not None and tree.body:
            found[cell.number] = _facts_or_none(cell.number, tree, origins, models)
    return found


def _origins(session: Session) -> dict[str, str]:
    """Return what imported names stand for: ``pandas`` for ``pd``, and so on."""
    found: dict[str, str] = {}
    for definition in session.definitions:
        node = definition.event.node
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                found[name] = alias.name if alias.asname else name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}"
    return found


def _model_names(session: Session, origins: dict[str, str]) -> frozenset[str]:
    return frozenset(
        one.name
        for one in session.definitions
        if one.event.action is Action.BIND
        and origins.get(one.event.made_by or "", "").startswith(_MODELS)
    )


def _facts_or_none(
    number: int, tree: ast.Module, origins: dict[str, str], models: frozenset[str]
) -> Facts:
    try:
        return _facts(number, tree, origins, models)
    except RecursionError:
        # Calls chained by the hundred: nothing can be proposed for such a cell.
        return Facts(number)


def _facts(number: int, tree: ast.Module, origins: dict[str, str], models: frozenset[str]) -> Facts:
    calls = [(_path(call, origins), call) for call in _calls(tree)]

    def first(is_wanted: Callable[[str], bool]) -> str:
        return next((ast.unparse(call.func) for path, call in calls if is_wanted(path)), "")

    fits = [ast.unparse(call.func) for path, call in calls if _fits(path, call, models)]
    return Facts(
        number,
        is_imports=_is_imports(tree),
        is_definitions=_is_definitions(tree),
        is_literals=all(_is_literal(statement) for statement in tree.body),
        reads=first(_reads),
        splits=first(lambda path: path.startswith(_SPLITTERS)),
        fits=fits[0] if fits else "",
        makes_model=first(lambda path: path.startswith(_MODELS)),
        makes_parts=first(lambda path: path.startswith(_PARTS)),
        scores=first(_scores),
        pictures=first(lambda path: path.startswith(_METRICS)),
    )


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Yield the calls that the cell makes itself, outside the functions that it defines."""
    pending: list[ast.AST] = list(reversed(tree.body))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            pending += reversed(list(ast.iter_child_nodes(node)))


def _path(call: ast.Call, origins: dict[str, str]) -> str:
    """Return what is called, imported names written out: ``pandas.read_csv``."""
    parts: list[str] = []
    node: ast.expr = call.func
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(origins.get(node.id, node.id))
    elif isinstance(node, ast.Call):
        parts.append(f"{_path(node, origins)}()")
    return ".".join(reversed(parts))


def _reads(path: str) -> bool:
    module, _, name = path.rpartition(".")
    return (module in _TABLES and name.startswith("read_")) or path.startswith(_DATASETS)


def _fits(path: str, call: ast.Call, models: frozenset[str]) -> bool:
    receiver, _, method = path.rpartition(".")
    if method != "fit":
        return False
    # Transformers are fitted to a table alone, models to a table and its answers.
    return receiver in models or receiver.startswith(_MODELS) or len(call.args) >= 2


def _scores(path: str) -> bool:
    is_metric = path.startswith(_METRICS) and not any(one in path for one in _PICTURES)
    return is_metric or path.endswith(".score")


def _is_imports(tree: ast.Module) -> bool:
    has_import = any(isinstance(one, ast.Import | ast.ImportFrom) for one in tree.body)
    return has_import and all(_is_import_or_setting(one) for one in tree.body)


def _is_import_or_setting(statement: ast.stmt) -> bool:
    """Take imports, and calls and stores that set options, such as ``pd.set_option(...)``."""
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass):
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call | ast.Constant)
    if isinstance(statement, ast.Assign):
        return not any(isinstance(target, ast.Name | ast.Tuple) for target in statement.targets)
    return False


def _is_definitions(tree: ast.Module) -> bool:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(one, definitions) for one in tree.body) and all(
        isinstance(one, (*definitions, ast.Import, ast.ImportFrom)) or _is_literal(one)
        for one in tree.body
    )


def _is_literal(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    try:
        ast.literal_eval(statement.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return all(isinstance(target, ast.Name) for target in targets)
