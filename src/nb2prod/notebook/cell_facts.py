"""What a cell visibly does: facts from which roles can be proposed."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nb2prod.notebook import cell_shape
from nb2prod.notebook.calls import Call, Calls
from nb2prod.notebook.events import Action
from nb2prod.notebook.session import Session

_TABLES = ("pandas", "polars", "dask.dataframe", "geopandas", "modin.pandas", "cudf")
_DATASETS = ("seaborn.load_dataset", "sklearn.datasets.", "datasets.load_dataset")
_ARRAYS = ("numpy.loadtxt", "numpy.genfromtxt", "numpy.load", "numpy.fromfile", "scipy.io.loadmat")
_FETCHES = (".toPandas", ".fetchdf", ".to_dataframe", ".fetch_pandas_all")
_SPLITTERS = (
    "sklearn.model_selection.train_test_split",
    "sklearn.model_selection.ShuffleSplit",
    "sklearn.model_selection.StratifiedShuffleSplit",
    "sklearn.model_selection.GroupShuffleSplit",
)
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
_NO_MODELS = (
    "sklearn.preprocessing.",
    "sklearn.impute.",
    "sklearn.compose.",
    "sklearn.feature_selection.",
    "sklearn.feature_extraction.",
    "sklearn.decomposition.",
    "sklearn.cluster.",
    "category_encoders.",
)
"""What may be fitted to a table and its answers, or predict, and makes features all the same."""
_METRICS = "sklearn.metrics."
_VALIDATIONS = "sklearn.model_selection.cross_val"
_PICTURES = ("Display", "_curve", "confusion_matrix", "classification_report")
_PREDICTS = frozenset({"predict", "predict_proba", "predict_log_proba", "decision_function"})
_PREPARES = frozenset({"fit", "fit_transform", "transform"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What one cell visibly does; texts name the evidence, empty ones say that there is none.

    Attributes:
        number: The cell.
        is_imports: Whether it holds nothing but imports, settings and constants.
        is_definitions: Whether it holds nothing but functions, classes, imports and constants.
        is_literals: Whether it holds nothing but names with literal values.
        is_scalars: Whether those values are single numbers, texts and truth values.
        imports: Whether it imports anything.
        reads: A call that reads a table.
        splits: A call that splits rows.
        fits: A call that fits a model.
        makes_model: A call that makes a model.
        makes_parts: A call that makes a transformer or a pipeline.
        prepares: A call that fits or applies a transformer.
        resamples: A call that draws training rows again.
        predicts: A call that lets a model predict.
        scores: A call that computes a metric.
        measures: A prediction that is compared or calculated with by hand.
        validates: A call that scores a model that it fits itself, several times.
        pictures: A call that draws or tabulates a result.
        divided: Names that it binds to parts of one table, by mask or slice.
        changes_in_loop: Names that it changes under the name of a loop's variable.
    """

    number: int
    is_imports: bool = False
    is_definitions: bool = False
    is_literals: bool = False
    is_scalars: bool = False
    imports: bool = False
    reads: str = ""
    splits: str = ""
    fits: str = ""
    makes_model: str = ""
    makes_parts: str = ""
    prepares: str = ""
    resamples: str = ""
    predicts: str = ""
    scores: str = ""
    measures: str = ""
    validates: str = ""
    pictures: str = ""
    divided: tuple[str, ...] = ()
    changes_in_loop: tuple[str, ...] = ()


def facts_of(session: Session) -> dict[int, Facts]:
    """Return the facts of every executed cell that can be parsed."""
    calls = Calls(session)
    made = {
        one.name: calls.origins.get(one.event.made_by or "", "")
        for one in session.definitions
        if one.event.action is Action.BIND and one.event.made_by
    }
    found: dict[int, Facts] = {}
    for cell in session.notebook.executed_cells:
        tree = session.parsed[cell.number].tree
        if tree is not None and tree.body:
            found[cell.number] = _facts_or_none(cell.number, tree, calls, made)
    return found


def _facts_or_none(number: int, tree: ast.Module, calls: Calls, made: dict[str, str]) -> Facts:
    try:
        return _facts(number, tree, calls.of(tree), made)
    except RecursionError:
        # Calls chained by the hundred: nothing can be proposed for such a cell.
        return Facts(number)


def _facts(number: int, tree: ast.Module, calls: Sequence[Call], made: dict[str, str]) -> Facts:
    def first(is_wanted: Callable[[str], bool]) -> str:
        return next((call.said for call in calls if is_wanted(call.path)), "")

    predicts = first(lambda path: _predicts(path, made))
    is_calculated = any(isinstance(node, ast.Compare | ast.BinOp) for node in ast.walk(tree))
    return Facts(
        number,
        is_imports=cell_shape.is_imports(tree),
        is_definitions=cell_shape.is_definitions(tree),
        is_literals=all(cell_shape.is_literal(statement) for statement in tree.body),
        is_scalars=all(cell_shape.is_scalar(statement) for statement in tree.body),
        imports=any(isinstance(one, ast.Import | ast.ImportFrom) for one in tree.body),
        reads=first(_reads),
        splits=first(lambda path: path.startswith(_SPLITTERS)),
        fits=next((call.said for call in calls if _fits(call, made)), ""),
        makes_model=first(lambda path: path.startswith(_MODELS) and "()" not in path),
        makes_parts=first(lambda path: path.startswith(_PARTS)),
        prepares=first(lambda path: path.rpartition(".")[2] in _PREPARES),
        resamples=first(_resamples),
        predicts=predicts,
        scores=first(_scores),
        measures=predicts if is_calculated else "",
        validates=first(lambda path: path.startswith(_VALIDATIONS)),
        pictures=first(lambda path: path.startswith(_METRICS)),
        divided=cell_shape.divided(tree),
        changes_in_loop=tuple(cell_shape.changed_in_loops(tree)),
    )


def _reads(path: str) -> bool:
    module, _, name = path.removesuffix("()").rpartition(".")
    is_table = module in _TABLES and name.startswith("read_")
    return is_table or path.startswith((*_DATASETS, *_ARRAYS)) or path.endswith(_FETCHES)


def _fits(call: Call, made: dict[str, str]) -> bool:
    receiver, _, method = call.path.rpartition(".")
    if method != "fit":
        return False
    maker = made.get(receiver, receiver)
    if maker.startswith(_NO_MODELS):
        return False
    # Transformers are fitted to a table alone, models to a table and its answers.
    given = len(call.node.args) + len(call.node.keywords)
    return maker.startswith(_MODELS) or given >= 2


def _predicts(path: str, made: dict[str, str]) -> bool:
    receiver, _, method = path.rpartition(".")
    return method in _PREDICTS and not made.get(receiver, receiver).startswith(_NO_MODELS)


def _scores(path: str) -> bool:
    is_metric = path.startswith(_METRICS) and not any(one in path for one in _PICTURES)
    return is_metric or path.endswith(".score")


def _resamples(path: str) -> bool:
    return path == "sklearn.utils.resample" or path.endswith(".fit_resample")
