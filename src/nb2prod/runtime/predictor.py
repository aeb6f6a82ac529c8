"""Answer checked records with a loaded version's pipeline."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .checks import Checked, InvalidRecords, RecordChecker, Remark
from .domain import FeatureStep
from .frames import FrameBuilder
from .kernel import load_kernel
from .loading import LoadedVersion
from .policy import DomainPolicy


@dataclass(frozen=True, slots=True)
class Answer:
    """The model's answer to one record, in JSON-native values.

    Attributes:
        prediction: The label or number; by target where there are several; None where the model
            gave no finite number.
        probabilities: Probability by class label, or None where the model has none.
        warnings: Why the answer deserves less trust.
    """

    prediction: object
    probabilities: Mapping[str, float] | None
    warnings: tuple[Remark, ...]


class Predictor:
    """Check records, build the frame that the notebook had, and ask the pipeline.

    A predictor holds no state between calls and may be used from several threads.

    Args:
        version: The loaded version.
        policy: What to do with rows that training would have dropped.
    """

    def __init__(self, version: LoadedVersion, policy: DomainPolicy | None = None) -> None:
        self.version = version
        self._policy = policy or DomainPolicy()
        self._checker = RecordChecker(version.schema)
        self._frames = FrameBuilder(version.schema)
        self._labels = _class_labels(version)
        self._features = FeatureStep(version.pipeline)
        self._kernel = load_kernel(version)

    @property
    def has_kernel(self) -> bool:
        """Tell whether single records are answered by a row kernel where they can be."""
        return self._kernel is not None

    @property
    def labels(self) -> tuple[str, ...] | None:
        """Return the classes under which answers give probabilities, or None."""
        return self._labels

    def check(self, record: object) -> Checked:
        """Check one raw record without asking the model."""
        return self._checker.check(record)

    def predict(self, records: Sequence[object]) -> list[Answer]:
        """Answer raw records, in order.

        Raises:
            InvalidRecords: The schema or the model does not allow some; none was answered.
        """
        return self.answer([self.check(record) for record in records])

    def answer(self, checked: Sequence[Checked]) -> list[Answer]:
        """Answer checked records, in order.

        Raises:
            InvalidRecords: Some have errors, or the model cannot answer them; none was answered.
        """
        errors = [(position, error) for position, one in enumerate(checked) for error in one.errors]
        if errors:
            raise InvalidRecords(tuple(errors))
        try:
            return self._ask(checked)
        except InvalidRecords:
            raise
        except Exception:
            refusals = list(self._refusals(checked, 0))
            # What no single record explains is a fault of the model, not of the records.
            if not refusals:
                raise
        raise InvalidRecords(tuple(refusals))

    def answer_at_once(self, checked: Checked) -> Answer | None:
        """Answer one checked record by the row kernel, in microseconds.

        Returns:
            The answer, or None where only the pipeline can tell: there is no kernel, training saw no such record, or
            the kernel has no answer to it.
        """
        if self._kernel is None or checked.errors or checked.warnings:
            return None
        try:
            prediction, shares = self._kernel(checked.values)
        except Exception:  # noqa: BLE001 - whatever it is, the pipeline answers as it always did
            return None
        if shares is None or self._labels is None:
            return Answer(prediction, None, ())
        return Answer(prediction, dict(zip(self._labels, shares, strict=True)), ())

    def answer_each(self, checked: Sequence[Checked]) -> list[Answer | Exception]:
        """Answer records of different callers: what keeps one from an answer costs no other its own.

        Returns:
            For each record its answer, or the exception that ``answer`` raises for it alone.
        """
        try:
            return list(self.answer(checked) if len(checked) == 1 else self._ask(checked))
        except Exception as error:  # noqa: BLE001 - a model may raise anything
            if len(checked) == 1:
                return [error]
        middle = len(checked) // 2
        return [*self.answer_each(checked[:middle]), *self.answer_each(checked[middle:])]

    def _ask(self, checked: Sequence[Checked]) -> list[Answer]:
        if not checked:
            return []
        frame = self._frames.build([one.values for one in checked])
        features, outside = self._features.transform(frame)
        self._refuse_outside(features, outside)
        features = self._features.prepared(features)
        probabilities = None
        if self._labels is not None:
            # A model may write into what it is given: each call gets its own.
            probabilities = self._features.model.predict_proba(features.copy())
        predictions = _native_rows(
            self._features.model.predict(features), self.version.manifest.target
        )
        return [
            self._answer(prediction, self._by_label(probabilities, row), one, outside[row])
            for row, (prediction, one) in enumerate(zip(predictions, checked, strict=True))
        ]

    def _refuse_outside(self, features: Any, outside: Sequence[Sequence[Remark]]) -> None:
        """Refuse rows that training would have dropped, where the policy or what comes after the filter asks for it.

        Raises:
            InvalidRecords: There are such rows.
        """
        refused = [
            (row, remark)
            for row, remarks in enumerate(outside)
            if remarks
            and (self._policy.action == "reject" or self._features.relies_on_filter(features, row))
            for remark in remarks
        ]
        if refused:
            raise InvalidRecords(tuple(refused))

    def _answer(
        self,
        prediction: object,
        probabilities: Mapping[str, float] | None,
        checked: Checked,
        outside: Sequence[Remark],
    ) -> Answer:
        if not outside:
            return Answer(prediction, probabilities, checked.warnings)
        if self._policy.action != "fallback":
            return Answer(prediction, probabilities, (*checked.warnings, *outside))
        marked = tuple(
            Remark(one.field, f"{one.reason}; the prediction is the configured fallback")
            for one in outside
        )
        return Answer(self._policy.fallback, None, (*checked.warnings, *marked))

    def _refusals(self, checked: Sequence[Checked], start: int) -> Iterator[tuple[int, Remark]]:
        """Find the records that the model cannot answer, by halving.

        Raises:
            Exception: What the model raised on a record that says nothing about why.
        """
        try:
            self._ask(checked)
        except InvalidRecords as error:
            yield from ((start + row, remark) for row, remark in error.errors)
        except Exception as error:
            if len(checked) == 1:
                remarks = self._outside(checked[0]) or _why(error, checked[0])
                if not remarks:
                    raise
                yield from ((start, remark) for remark in remarks)
                return
            middle = len(checked) // 2
            yield from self._refusals(checked[:middle], start)
            yield from self._refusals(checked[middle:], start + middle)

    def _outside(self, checked: Checked) -> list[Remark]:
        """Return why training would have dropped a record that has no answer."""
        return self._features.outside(self._frames.build([checked.values]))[0]

    def _by_label(self, probabilities: np.ndarray | None, row: int) -> dict[str, float] | None:
        if probabilities is None or self._labels is None:
            return None
        return dict(zip(self._labels, probabilities[row].tolist(), strict=True))


def label_key(label: object) -> str:
    """Return the text under which a class stands in ``probabilities``."""
    if isinstance(label, np.generic):
        label = label.item()
    return str(label).lower() if isinstance(label, bool) else str(label)


def _why(error: Exception, checked: Checked) -> list[Remark]:
    """Say which fields kept the model from answering one record.

    Emitted code refuses a record by raising an exception with the attributes ``rejected_field``
    and ``rejected_reason``. Any other exception is put down to the values that training never
    saw, where the record has such.
    """
    field = getattr(error, "rejected_field", None)
    if isinstance(field, str):
        return [Remark(field, str(getattr(error, "rejected_reason", "is refused by the model")))]
    return [
        Remark(one.field, f"{one.reason}; the model has no answer to it")
        for one in checked.warnings
    ]


def _class_labels(version: LoadedVersion) -> tuple[str, ...] | None:
    pipeline = version.pipeline
    if not hasattr(pipeline, "predict_proba"):
        return None
    classes = getattr(pipeline, "classes_", None)
    # Several targets have a list of class arrays, and a list of probability tables.
    if classes is None or isinstance(classes, list):
        return None
    return tuple(label_key(label) for label in classes)


def _native_rows(predictions: object, target: tuple[str, ...]) -> list[object]:
    table = np.asarray(predictions)
    if table.ndim > 1 and table.shape[1] == 1:
        table = table[:, 0]
    if table.ndim == 1:
        return [_native(value) for value in table]
    names = target if len(target) == table.shape[1] else [str(i) for i in range(table.shape[1])]
    return [{name: _native(value) for name, value in zip(names, row, strict=True)} for row in table]


def _native(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
