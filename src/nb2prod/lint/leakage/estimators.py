"""What happens when data are split, fitted, predicted, scored and resampled."""

import ast
from abc import ABC, abstractmethod

from nb2prod.lint.calls import keyword
from nb2prod.lint.leakage import knowledge
from nb2prod.lint.leakage.trace import Fit, Resampling, Score, Split, Trace
from nb2prod.lint.leakage.values import NOTHING, Value, merged

_PREDICTIONS = frozenset({"predict", "predict_proba", "decision_function", "predict_log_proba"})
_SPLITTERS = ("Fold", "ShuffleSplit", "TimeSeriesSplit", "LeaveOneOut", "GroupKFold")
_VALIDATION = ("val", "dev")
_VALIDATION_PARTS = ("_val", "_dev")


class Happenings(ABC):
    """The state of a walk through a notebook, and what it notes.

    Attributes:
        origins: What imported names stand for.
        names: What each name holds.
        functions: The notebook's own functions, each with its cell.
        constants: Texts, and lists of texts, by name.
        trace: What happened so far.
        cell: The cell that is walked.
        loops: The loops around the statement.
        count: The last number given.
        depth: How many calls deep the walk is.
        returned: What the last function returned.
        has_returned: Whether a function's walk has come to its end.
    """

    def __init__(self, origins: dict[str, str]) -> None:
        self.origins = origins
        self.names: dict[str, Value] = {}
        self.functions: dict[str, tuple[int, ast.FunctionDef]] = {}
        self.constants: dict[str, tuple[str, ...]] = {}
        self.trace = Trace([], [], [], [], [], [], {})
        self.cell = 0
        self.loops: tuple[ast.stmt, ...] = ()
        self.count = 0
        self.depth = 0
        self.returned = NOTHING
        self.has_returned = False

    @abstractmethod
    def value(self, node: ast.expr) -> Value:
        """Return what an expression holds."""

    def renamed(self, name: str, value: Value) -> Value:
        """Take a held-out part whose name says so as one for validation."""
        if value.part != "test":
            return value
        lowered = name.lower()
        is_validation = lowered.startswith(_VALIDATION) or any(
            one in lowered for one in _VALIDATION_PARTS
        )
        return value.changed(part="validation") if is_validation else value

    def library_call(self, node: ast.Call, path: str) -> Value | None:
        """Return what a known call of a library gives, and note what happens; None for others."""
        if not path.startswith(knowledge.LIBRARIES):
            return None
        name = path.rpartition(".")[2]
        if path == "sklearn.model_selection.train_test_split":
            return self._split(node)
        if path in knowledge.CROSS_VALIDATIONS:
            self._validate(node)
            return NOTHING
        if path == "sklearn.utils.resample":
            return self._resample(node, merged(self.value(one) for one in node.args))
        if path.startswith("sklearn.metrics."):
            self._metric(node)
            return NOTHING
        is_class = name[:1].isupper() or name == "make_pipeline"
        if is_class and not path.startswith("sklearn.datasets."):
            return Value("estimator", path)
        return None

    def estimator_method(self, node: ast.Call, function: ast.Attribute, receiver: Value) -> Value:
        """Return what a method of an estimator gives, and note what happens."""
        values = [self.value(one) for one in node.args]
        values += [self.value(one.value) for one in node.keywords if one.arg in ("X", "y")]
        data, target = (*values, NOTHING, NOTHING)[:2]
        name = function.attr
        if name in ("fit", "fit_transform", "fit_predict", "partial_fit"):
            return self._fit(node, function, receiver, data, target)
        if name == "fit_resample":
            drawn = self._resample(node, data)
            return Value("rows", elements=(drawn, target.changed(draws=drawn.draws)))
        if name == "transform":
            return data.changed(fits=data.fits | receiver.fits) if data.is_data else NOTHING
        if name in _PREDICTIONS:
            return data.changed(models=receiver.fits, column=None) if data.is_data else NOTHING
        if name == "score" and data.is_data:
            self._score(node, receiver.fits, data)
        if name == "split" and any(one in receiver.path for one in _SPLITTERS):
            return self._folds(node, receiver, data, target)
        return NOTHING

    def _fit(
        self, node: ast.Call, function: ast.Attribute, receiver: Value, data: Value, target: Value
    ) -> Value:
        self.count += 1
        name = _name_of(function.value)
        fit = Fit(self.count, self.cell, node, name, receiver.path, data, target, self.loops)
        self.trace.fits.append(fit)
        self.trace.order.append(fit)
        fitted = receiver.changed(fits=frozenset({self.count}))
        if name:
            self.names[name] = fitted
        if function.attr == "fit":
            return fitted
        return data.changed(fits=data.fits | {self.count}) if data.is_data else NOTHING

    def _split(self, node: ast.Call) -> Value:
        self.count += 1
        values = [self.value(one) for one in node.args]
        data, target = (*values, NOTHING, NOTHING)[:2]
        shuffle = keyword(node, "shuffle")
        is_shuffled = not (isinstance(shuffle, ast.Constant) and shuffle.value is False)
        split = Split(
            self.cell, node, data, target, is_shuffled, is_validation=data.part == "train"
        )
        self.trace.splits.append(split)
        self.trace.order.append(split)
        held_out = "validation" if data.part == "train" else "test"
        elements = [
            value.changed(part=part, split=self.count) if value.is_data else NOTHING
            for value in values
            for part in ("train", held_out)
        ]
        return Value("rows", elements=tuple(elements))

    def _folds(self, node: ast.Call, receiver: Value, data: Value, target: Value) -> Value:
        self.count += 1
        is_shuffled = "TimeSeries" not in receiver.path
        split = Split(self.cell, node, data, target, is_shuffled, is_validation=True)
        self.trace.splits.append(split)
        parts = ("train", "validation")
        indices = tuple(Value("index", part=part, split=self.count) for part in parts)
        return Value("rows", elements=indices)

    def _validate(self, node: ast.Call) -> None:
        values = [self.value(one) for one in node.args]
        values += [self.value(one.value) for one in node.keywords if one.arg in ("X", "y")]
        data, target = (*values[1:], NOTHING, NOTHING)[:2]
        self.trace.splits.append(
            Split(self.cell, node, data, target, is_shuffled=False, is_validation=True)
        )

    def _resample(self, node: ast.Call, data: Value) -> Value:
        self.count += 1
        self.trace.resamplings.append(Resampling(self.count, self.cell, node, data))
        return data.changed(draws=data.draws | {self.count}) if data.is_data else NOTHING

    def _metric(self, node: ast.Call) -> None:
        values = [self.value(one) for one in node.args]
        values += [self.value(one.value) for one in node.keywords]
        data = [value for value in values if value.is_data]
        predicted = [value for value in data if value.models]
        if predicted or data:
            best = (predicted or data)[0]
            self._score(node, best.models, best)

    def _score(self, node: ast.Call, models: frozenset[int], data: Value) -> None:
        score = Score(self.cell, node, models, data, self.loops)
        self.trace.scores.append(score)
        self.trace.order.append(score)


def _name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""
