"""Watch estimators: which rows they were fitted on, and what they answered on the rows that are scored."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nb2prod.execute.recorder.instrument import Site
from nb2prod.execute.recorder.matching import Positions
from nb2prod.execute.recorder.rows import Tracked
from nb2prod.execute.recorder.values import kind_of, take

FIT_METHODS = frozenset({"fit", "fit_transform", "fit_predict", "partial_fit"})
PREDICT_METHODS = frozenset(
    {"predict", "predict_proba", "predict_log_proba", "decision_function", "score"}
)
_SCORING_ROLES = frozenset({"evaluate", "train"})
_FITTED_ROWS = 5_000
"""At most so many fitted rows are kept for the proof: a whole small table, a sample of a large one."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One fit of an estimator that predicts.

    Attributes:
        place: Key of its place.
        model: The estimator.
        positions: The rows in the raw table that it was fitted on.
        features: What some of them were, copied before the fit; None where they cannot be taken apart.
        kept: The raw rows of those.
        has_target: Whether it was given a target.
        method: How the rows were identified.
    """

    place: str
    model: Any
    positions: Positions
    features: Any
    kept: Positions
    has_target: bool
    method: str


@dataclass(slots=True)
class Scored:
    """One predict on rows of the table.

    Attributes:
        features: A copy of what predict received, taken before it ran.
        positions: Its rows in the raw table.
        method: How those were identified.
        given: What the call returned.
        predictions: What the model predicts for the features.
        probabilities: Its class probabilities, or None.
        classes: Its classes, or None.
        fitted_rows: Rows that the estimator was fitted on, or None where unknown.
        fit_place: Key of the place where it was fitted.
        training: ``features``, ``positions``, ``predictions`` and ``probabilities`` of rows that it was fitted on.
        has_target: Whether the estimator was fitted with a target.
        is_plain: Whether the notebook got what ``predict`` says of the features alone.
        is_ambiguous: Whether the fitted rows or the scored ones were found by content: equal rows are not told apart.
        is_fit_ambiguous: The same of the fitted rows alone.
    """

    place: str
    path: tuple[str, ...]
    call: str
    roles: tuple[str, ...]
    features: Any
    positions: Positions
    method: str
    given: Any = None
    predictions: Any = None
    probabilities: Any = None
    classes: Any = None
    model_type: str = ""
    fitted_rows: Positions | None = None
    fit_place: str | None = None
    training: Mapping[str, Any] | None = None
    has_target: bool = True
    is_plain: bool = True
    is_ambiguous: bool = False
    is_fit_ambiguous: bool = False

    @property
    def is_held_out(self) -> bool:
        """Tell whether none of its rows was fitted on."""
        if self.fitted_rows is None:
            return False
        seen = np.isin(self.positions, self.fitted_rows)
        # Equal rows are not told apart by content: then only a wholly known set was fitted on.
        return not bool(seen.all() if self.method == "content" else seen.any())

    @property
    def shared_rows(self) -> int:
        """Count the raw rows that were fitted on and are scored."""
        if self.fitted_rows is None:
            return 0
        return len(np.intersect1d(self.positions, self.fitted_rows))

    def held_out(self, rows: int) -> npt.NDArray[np.bool_]:
        """Tell of each of so many raw rows whether it is held out: scored, and not all that was fitted on.

        Nothing is held out where the fitted rows are unknown, or where the notebook scores just what it fitted.
        """
        mask = np.zeros(rows, dtype=bool)
        if self.fitted_rows is None or np.array_equal(
            np.unique(self.fitted_rows), np.unique(self.positions)
        ):
            return mask
        seen = np.isin(self.positions, self.fitted_rows)
        if self.is_fit_ambiguous and seen.all():
            return mask
        is_unsure = self.is_ambiguous and not seen.all()
        mask[self.positions[~seen] if is_unsure else self.positions] = True
        return mask


class Scoring:
    """Keep the predicts that may be the scored one, and the rows of every fit."""

    def __init__(self) -> None:
        self.scored: list[Scored] = []
        self.target: tuple[Any, Positions] | None = None
        self._fitted: dict[int, Fit] = {}
        self._fitting: dict[str, tuple[Any, Positions]] = {}
        self._open: dict[str, tuple[Any, Tracked, tuple[str, ...]]] = {}

    def before(
        self,
        value: Any,
        tracked: Tracked | None,
        site: Site,
        notes: list[Any],
        roles: tuple[str, ...],
    ) -> None:
        """Copy what a predict is about to receive."""
        is_estimator = bool(notes) and notes[0].kind == "estimator"
        if not is_estimator or tracked is None:
            return
        if site.name in FIT_METHODS and hasattr(notes[0].value, "predict"):
            self._fitting[site.key] = _some_rows(value, tracked.positions)
        if site.name not in PREDICT_METHODS:
            return
        if _SCORING_ROLES & set(roles):
            features = value.copy() if hasattr(value, "copy") else copy.copy(value)
            self._open[site.key] = (features, tracked, roles)

    def after(self, result: Any, site: Site, notes: list[Any], path: tuple[str, ...]) -> None:
        """Note a fit's rows, or what the model answers on the rows that a predict received."""
        if not notes or notes[0].kind != "estimator":
            return
        model = notes[0].value
        if site.name in FIT_METHODS:
            self._note_fit(model, notes, site)
        opened = self._open.pop(site.key, None)
        if opened is None:
            return
        features, tracked, roles = opened
        fitted = self._fitted.get(id(model)) or self._fit_of_search(model)
        entry = Scored(
            site.key,
            path,
            site.name,
            roles,
            features,
            tracked.positions,
            tracked.method,
            model_type=f"{type(model).__module__}.{type(model).__qualname__}",
            fitted_rows=fitted.positions if fitted is not None else None,
            is_ambiguous="content" in {tracked.method, fitted.method if fitted is not None else ""},
            is_fit_ambiguous=fitted is not None and fitted.method == "content",
        )
        entry.has_target = fitted is None or fitted.has_target
        self._answer(entry, model, result, takes_more=_takes_more(site))
        if fitted is not None and fitted.features is not None:
            entry.fit_place = fitted.place
            entry.training = _answers(model, fitted)
        self.scored.append(entry)
        del self.scored[:-4]

    def _fit_of_search(self, model: Any) -> Fit | None:
        """Return the fit of the search whose best estimator a model is."""
        searches = self._fitted.values()
        return next(
            (f for f in searches if getattr(f.model, "best_estimator_", None) is model), None
        )

    def _note_fit(self, model: Any, notes: list[Any], site: Site) -> None:
        features, kept = self._fitting.pop(site.key, (None, np.empty(0, dtype=np.int64)))
        rows = next((n for n in notes if n.name in {"1", "X"} and n.tracked is not None), None)
        if rows is None:
            return
        target = next((n for n in notes if n.name in {"2", "y"}), None)
        value = target.alive() if target is not None else None
        positions, has_target = rows.tracked.positions, target is not None and target.kind != "none"
        self._fitted[id(model)] = Fit(
            site.key, model, positions, features, kept, has_target, rows.tracked.method
        )
        if (
            value is not None
            and hasattr(model, "predict")
            and len(value) == len(rows.tracked.positions)
        ):
            self.target = (np.asarray(value), rows.tracked.positions)

    def _answer(self, entry: Scored, model: Any, result: Any, *, takes_more: bool) -> None:
        """Ask the model for predictions and probabilities where the notebook asked for something else."""
        entry.predictions = self._asked(entry, model, "predict", None if takes_more else result)
        entry.given = None if entry.call == "score" else copy.copy(result)
        entry.classes = getattr(model, "classes_", None)
        if hasattr(model, "predict_proba"):
            given = None if takes_more else result
            entry.probabilities = self._asked(entry, model, "predict_proba", given)
        if takes_more and entry.call in {"predict", "predict_proba"}:
            served = entry.predictions if entry.call == "predict" else entry.probabilities
            entry.is_plain = _is_same_answer(result, served)

    def _asked(self, entry: Scored, model: Any, method: str, given: Any) -> Any:
        """Return what a model says of the features: what it said in the notebook, where that is known."""
        if entry.call == method and given is not None:
            return copy.copy(given)
        return getattr(model, method)(copy.copy(entry.features))

    @property
    def last_predictions(self) -> Any:
        """Return what a model predicted last, or None."""
        return self.scored[-1].predictions if self.scored else None

    def choose(self, meets: Callable[[Positions], bool]) -> Scored | None:
        """Return the scored predict: the last on held-out rows in an ``evaluate`` cell, else the best there is.

        Args:
            meets: Tells whether values of some rows were compared with others: a predict of rows that never were, such
                as of a few as an example, is not what the notebook scores.
        """
        ranked = sorted(
            enumerate(self.scored),
            key=lambda item: (
                item[1].is_held_out,
                "evaluate" in item[1].roles,
                item[1].call == "score" or meets(item[1].positions),
                item[1].call in {"predict", "score"},
                item[0],
            ),
        )
        return ranked[-1][1] if ranked else None


def _takes_more(site: Site) -> bool:
    """Tell whether a predict is called with more than the features, as with ``return_std=True``."""
    call = site.template
    return isinstance(call, ast.Call) and len(call.args) + len(call.keywords) > 1


def _is_same_answer(result: Any, plain: Any) -> bool:
    """Tell whether a predict that was asked for more gave what it gives for the features alone, perhaps with more."""
    first = result[0] if isinstance(result, tuple) and result else result
    try:
        np.testing.assert_array_equal(np.asarray(first), np.asarray(plain))
    except (AssertionError, TypeError, ValueError):
        return False
    return True


def _some_rows(value: Any, positions: Positions) -> tuple[Any, Positions]:
    """Copy rows spread over what a fit receives."""
    count = len(positions)
    offsets = np.unique(
        np.linspace(0, max(count - 1, 0), min(count, _FITTED_ROWS)).astype(np.int64)
    )
    return take(value, kind_of(value), offsets), positions[offsets]


def _answers(model: Any, fitted: Fit) -> Mapping[str, Any] | None:
    """Ask a model for the rows that it was fitted on; None where it does not answer them."""
    try:
        predictions = model.predict(copy.copy(fitted.features))
        has_probabilities = hasattr(model, "predict_proba")
        probabilities = (
            model.predict_proba(copy.copy(fitted.features)) if has_probabilities else None
        )
    except Exception:
        return None
    return {
        "features": fitted.features,
        "positions": fitted.kept,
        "predictions": predictions,
        "probabilities": probabilities,
    }
