"""What goes where: the compiled notebook before it becomes text."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nb2prod.compile.context import Note
from nb2prod.compile.states import State
from nb2prod.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Line:
    """A statement with the cell that it came from.

    Attributes:
        node: The statement as it is emitted.
        cell: Position of the cell.
        source_line: Line of the notebook's statement within the cell.
        comments: Comment lines that stand above it in the notebook.
    """

    node: ast.stmt
    cell: int
    source_line: int
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServedAnswer:
    """What is answered instead of the model's own predictions.

    Attributes:
        key: The run's captures hold the notebook's values under it.
        lines: Statements that lead to it and return it.
        renames_classes: Whether each class of the model has an answer of its own.
    """

    key: str
    lines: Sequence[Line]
    renames_classes: bool

    @property
    def cell(self) -> int:
        """The cell that compares it with the truth."""
        return self.lines[-1].cell


@dataclass(frozen=True, slots=True)
class Learned:
    """Statements that the features and the model depend on, as cell and line.

    Attributes:
        whole: Statements that matter as they are.
        captured: Statements of which only a value matters that they freeze.
    """

    whole: frozenset[tuple[int, int]] = frozenset()
    captured: frozenset[tuple[int, int]] = frozenset()

    def __contains__(self, place: object) -> bool:
        return place in self.whole or place in self.captured


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled notebook.

    Attributes:
        raw_name: Name of the raw table.
        load: Statements that read it.
        train: Statements from the raw table to the fitted model.
        serve: Statements from a request's rows to what the model receives.
        evaluate: Statements that compute the metrics.
        features: What the model receives, at serving.
        evaluated: The same in the training script, for the rows that are evaluated.
        labels: Code for their row labels in the training script, or None.
        model: Code for the fitted model in the training script.
        answer: What the notebook makes of predictions before it scores them, or None.
        evaluate_needs: Names that ``evaluate`` takes from training.
        metrics: Metrics by name, with the code that reads them.
        parameters: Names of the parameters.
        definitions: Functions, classes and constants from cells that the scripts need.
        imports: Import statements of the notebook by the name that they bind.
        helpers: Functions that freeze something: as trained, as served.
        states: Entries of the fitted state that are used.
        target: Raw columns that a request does not have.
        notes: What each expression is, for explanations.
        warnings: Findings that do not stop the build.
        learned: Statements that the features and the model depend on.
        feature_columns: Columns that the model receives, or None where they have no names.
        target_columns: Columns that are made from the target alone.
    """

    raw_name: str
    load: Sequence[Line]
    train: Sequence[Line]
    serve: Sequence[Line]
    evaluate: Sequence[Line]
    features: ast.expr
    evaluated: ast.expr
    labels: ast.expr | None
    model: ast.expr
    answer: ServedAnswer | None
    evaluate_needs: Sequence[str]
    metrics: Mapping[str, ast.expr]
    parameters: Sequence[str]
    definitions: Sequence[Line]
    imports: Mapping[str, ast.stmt]
    helpers: Sequence[tuple[ast.FunctionDef, ast.FunctionDef]]
    states: Sequence[State]
    target: Sequence[Any]
    notes: Sequence[Note]
    warnings: Sequence[Diagnostic] = ()
    learned: Learned = field(default_factory=Learned)
    feature_columns: Sequence[Any] | None = None
    target_columns: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A notebook that cannot be served, with every place.

    Attributes:
        diagnostics: Why.
        notes: What each expression is, for explanations.
    """

    diagnostics: Sequence[Diagnostic]
    notes: Sequence[Note] = field(default=())
