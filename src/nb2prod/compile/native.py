"""Models that are trained outside of scikit-learn's interface: what to write instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import MappingProxyType

from nb2prod.compile.refusals import NATIVE_TRAINING, refuse
from nb2prod.diagnostic import Diagnostic
from nb2prod.notebook import Notebook
from nb2prod.notebook.recording import Recording

_AROUND = "a class with `fit(X, y)` and `predict(X)` around it, in a cell tagged `functions`"
_INSTEAD = MappingProxyType(
    {
        "xgboost": "`xgboost.XGBClassifier` or `XGBRegressor`, whose `fit` takes the table itself",
        "lightgbm": "`lightgbm.LGBMClassifier` or `LGBMRegressor`, whose `fit` takes the table itself",
        "catboost": "`catboost.CatBoostClassifier` or `CatBoostRegressor`, whose `fit` takes the table itself",
        "statsmodels": _AROUND,
        "torch": _AROUND,
    }
)
"""By package: what can be served."""


def native_training(notebook: Notebook, recording: Recording) -> Diagnostic | None:
    """Return the refusal of a model that its library's own interface trains, at the call that does, or None."""
    calls = list(_native_calls(recording))
    if not calls:
        return None
    place, callee = next((c for c in calls if c[1].endswith(".train")), calls[0])
    cell, *span = (int(part) for part in place.split(":")[:5])
    node = ast.Constant(None)
    node.lineno, node.col_offset, node.end_lineno, node.end_col_offset = span
    hint = f"use {_INSTEAD[callee.partition('.')[0]]}"
    return refuse(NATIVE_TRAINING, notebook.cell(cell), node, detail=f"`{callee}`", hint=hint)


def _native_calls(recording: Recording) -> Iterator[tuple[str, str]]:
    for place, occurrences in recording.occurrences.items():
        for occurrence in occurrences:
            callee = occurrence.fact.callee or ""
            if callee.partition(".")[0] in _INSTEAD:
                yield place, callee
