"""What a recorded run says of each expression: the only thing that the compiler knows of the execution."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Relation = Literal["kept", "rows", "none", "same", "accessor", "elements", "unknown"]
"""What happened to the rows of the raw table between an operation's operands and its result.

``kept``: the result has the row axis of an operand. ``rows``: its rows are some of an operand's rows, unchanged.
``none``: the row axis is gone. ``same``: the operand itself came back. ``accessor``: an intermediate object that holds
rows, such as ``df.str`` or a GroupBy. ``elements``: a tuple or list, see ``Fact.elements``. ``unknown``: rows of
unknown origin.
"""

Verdict = Literal["row", "columns", "table", "rows", "rebuilt", "undecided", "unprobed"]
"""What the metamorphic check found: each row alone gives what it gave in the table; it does, but which columns there
are depends on the others; it does not; rows are only
dropped or reordered; the same, under new labels; the operation could not be run again; it was not tried."""


def place_key(cell: int, node: ast.expr | ast.stmt) -> str:
    """Return the key under which ``node`` of ``cell`` is recorded."""
    line, column, end_line, end_column = getattr(
        node,
        "nb2prod_place",
        (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset),
    )
    return f"{cell}:{line}:{column}:{end_line}:{end_column}:{type(node).__name__}"


@dataclass(frozen=True, slots=True)
class Fact:
    """What one operation did at one place, on one call path, for one set of loop values.

    Attributes:
        relation: What happened to the rows.
        kind: What the result is: ``frame``, ``series``, ``array``, ``scalar``, ``estimator`` and so on.
        operand: Name of the operand whose rows the result has, or None.
        operands: Kind of each operand by name; rows-carrying ones end in ``+rows``.
        callee: Qualified name of the function or class that was called, or None.
        columns: Column names of a frame, else None.
        dtype: dtype of a series or array, else None.
        mutated: What became of operands that were changed in place, by operand name: ``kept`` or ``rows``.
        elements: Facts of a returned tuple or list, in order.
        verdict: What the metamorphic check found.
        evidence: The check's reason, in words.
        truth: Outcomes of a condition.
        text: Short text of a frozen value, for explanations.
        is_stable_dtype: Whether one row gives the dtype that the table gave.
        draws: Whether the operation drew from a global random generator.
        method: How rows were identified: ``label``, ``order`` or ``content``.
        is_complete: Whether the result has as many rows as the operand.
        is_filter: Whether rows are dropped, and each row alone decides whether it is.
        lengths: Entries of the operands that have any, by name.
        is_constant_by_group: Whether rows of one group got the same value.
        is_same_content: Whether the result holds the operand's values unchanged.
        is_prediction: Whether the result equals what the model predicted.
        is_through_view: Whether a store changed the rows of another array as well.
        columns_before: The names that a table's columns had before they were assigned anew.
        seen: Raw rows that went in, on this call path and in all rounds of its loops.
        seen_held_out: How many of them are held out for the scored predict.
        given: Raw rows that came out, where the result consists of some of an operand's rows.
        given_held_out: How many of those are held out.
        is_repeating: Whether the result holds some raw row more than once, and no operand does.
        is_stateless: Whether what was fitted needs no fit: it learns nothing from rows.
    """

    relation: Relation = "none"
    kind: str = "object"
    operand: str | None = None
    operands: Mapping[str, str] = field(default_factory=dict)
    callee: str | None = None
    columns: Sequence[Any] | None = None
    dtype: str | None = None
    mutated: Mapping[str, str] = field(default_factory=dict)
    elements: Sequence[Fact] = ()
    verdict: Verdict = "unprobed"
    evidence: str = ""
    truth: Sequence[bool] = ()
    text: str = ""
    is_stable_dtype: bool = True
    draws: bool = False
    method: str | None = None
    is_complete: bool = False
    is_filter: bool = False
    lengths: Mapping[str, int] = field(default_factory=dict)
    is_constant_by_group: bool = False
    is_same_content: bool = False
    is_prediction: bool = False
    columns_before: Sequence[Any] | None = None
    is_through_view: bool = False
    seen: int = 0
    seen_held_out: int = 0
    given: int = 0
    given_held_out: int = 0
    is_repeating: bool = False
    is_stateless: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Fact:
        """Read a fact as the recorder wrote it."""
        elements = tuple(cls.from_json(element) for element in data.get("elements", ()))
        return cls(**{**data, "elements": elements})


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One context in which a place ran.

    Attributes:
        path: Places of the calls that led to it, outermost first; empty in a cell itself.
        loop_values: Values of the loops around it, outermost first, as JSON text.
        count: How often it ran so.
        fact: What it did; the first time decides, and ``is_mixed`` says that it varied.
        is_mixed: Whether later runs in the same context behaved differently.
    """

    path: tuple[str, ...]
    loop_values: tuple[str, ...]
    count: int
    fact: Fact
    is_mixed: bool = False


@dataclass(frozen=True, slots=True)
class ScoredPredict:
    """The predict that the notebook scored on held-out rows.

    Attributes:
        place: Key of the call.
        path: Places of the calls that led to it.
        method: ``predict``, ``predict_proba``, ``score`` and so on.
        is_held_out: Whether none of its rows was fitted on.
        rows: How many rows it scored.
        identified_by: How its rows were traced to the raw table.
        model_type: Qualified name of the estimator's class.
        has_probabilities: Whether the estimator gives probabilities.
        classes: The classes that it knows, as JSON values, or None.
        has_target: Whether the estimator was fitted with a target.
        is_plain: Whether the call gave what ``predict`` says of the features alone.
        held_out_rows: Raw rows that are held out for it; none where it scores just what was fitted on.
        shared_rows: Raw rows that were fitted on and are scored.
        fit_place: Key of the place where the model was fitted, or None.
        giveaways: Features that say the answer, each alone, for every fitted row.
    """

    place: str
    path: tuple[str, ...]
    method: str
    is_held_out: bool
    rows: int
    identified_by: str
    model_type: str
    has_probabilities: bool
    classes: Sequence[Any] | None
    has_target: bool = True
    is_plain: bool = True
    held_out_rows: int = 0
    shared_rows: int = 0
    fit_place: str | None = None
    giveaways: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """An operand of an operation that met other values of the scored rows, as a metric meets the truth.

    Attributes:
        key: The run's captures hold the operand's values under it.
        place: Key of the operation's place.
        path: Places of the calls that led to it.
        operand: Its name.
        is_repeated: Whether it stands in a loop; the last time counts.
        is_scored: Whether it has the scored rows for certain, and in their order.
        raw: Raw columns that hold the same values.
        others: Names of the other operands with those rows.
        is_prediction: Whether it is what a model predicted for the scored rows.
        is_score: Whether it is a model's probabilities or decisions for them, or a column of those.
        is_label: Whether another operand holds all its values.
    """

    key: str
    place: str
    path: tuple[str, ...]
    operand: str
    is_repeated: bool
    is_scored: bool
    raw: Sequence[Any]
    others: Sequence[str]
    is_prediction: bool
    is_score: bool
    is_label: bool


@dataclass(frozen=True, slots=True)
class Recording:
    """Everything that a recorded run tells the compiler.

    Attributes:
        occurrences: By place.
        unrecorded: Cells that the recorder could not follow, with the reason.
        raw_names: Names of the raw table after the last ``load`` cell.
        raw_place: Key of the call that read it, where its cell goes on with it; else None.
        raw_columns: Its columns.
        raw_rows: Its number of rows.
        scored: The scored predict, or None.
        metrics: Numbers that the ``evaluate`` cells bound, by name.
        target_matches: Raw columns whose values equal those of the fitted target, row by row.
        files: Files that the notebook opened for reading, as it named them, relative to its folder where inside it.
        modules: Top-level modules that were imported.
        drawing_cells: Cells that drew from a global random generator, or seeded it.
        compared: What the ``evaluate`` cells compared on the scored rows, in order.
        rewritten: Keys of the statements that left what they leave when they are written as operations.
    """

    occurrences: Mapping[str, Sequence[Occurrence]]
    unrecorded: Mapping[int, str]
    raw_names: Sequence[str]
    raw_place: str | None
    raw_columns: Sequence[Any]
    raw_rows: int
    scored: ScoredPredict | None
    metrics: Mapping[str, float]
    target_matches: Sequence[Any]
    files: Sequence[str]
    modules: Sequence[str]
    drawing_cells: Sequence[int] = ()
    compared: Sequence[Compared] = ()
    rewritten: Sequence[str] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Recording:
        """Read a recording as the recorder wrote it."""
        occurrences = {
            place: tuple(
                Occurrence(
                    tuple(o["path"]),
                    tuple(o["loop_values"]),
                    o["count"],
                    Fact.from_json(o["fact"]),
                    o["is_mixed"],
                )
                for o in found
            )
            for place, found in data["occurrences"].items()
        }
        scored = data["scored"]
        return cls(
            **{
                **data,
                "occurrences": occurrences,
                "compared": tuple(
                    Compared(**{**c, "path": tuple(c["path"])}) for c in data.get("compared", ())
                ),
                "unrecorded": {int(cell): why for cell, why in data["unrecorded"].items()},
                "scored": None
                if scored is None
                else ScoredPredict(**{**scored, "path": tuple(scored["path"])}),
            }
        )
