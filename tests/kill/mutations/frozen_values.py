"""Change one value of the fitted state: by a millionth, by its neighbour, by one category, by its type."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from tests.kill.mutations.mutation import Mutation

_MILLIONTH = 1 + 1e-6
_LIMIT = 6
Change = tuple[str, str, Any]
"""Kind, place, new value."""


def frozen_values(fitted: Any) -> Iterator[Mutation]:
    """Yield fitted states that are wrong in one value."""
    for name, value in vars(fitted).items():
        for kind, place, made in _changes(value):
            state = copy.copy(fitted)
            state.__dict__ = {**vars(fitted), name: made}
            yield Mutation(kind, f"fitted.{name}{place}", state=state)
    yield from _swapped_entries(fitted)


def _swapped_entries(fitted: Any) -> Iterator[Mutation]:
    names = [n for n, v in vars(fitted).items() if _is_number(v)]
    for one, other in pairwise(names):
        state = copy.copy(fitted)
        values = vars(fitted)
        state.__dict__ = {**values, one: values[other], other: values[one]}
        yield Mutation("entries swapped", f"fitted.{one}, fitted.{other}", state=state)


def _changes(value: Any) -> Iterator[Change]:
    for kind_of, change in _CHANGES:
        if kind_of(value):
            yield from change(value)
            return
    if hasattr(value, "__dict__"):
        yield from _of_object(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_)


def _of_number(value: Any) -> Iterator[Change]:
    yield "value nudged", "", value * _MILLIONTH if value else 1e-6
    if float(value) != int(value):
        yield "value rounded", "", int(value)
        yield "type narrowed", "", np.float32(value)


def _of_truth(value: Any) -> Iterator[Change]:
    yield "condition turned", "", not value


def _of_dict(value: Mapping[Any, Any]) -> Iterator[Change]:
    keys = list(value)[:_LIMIT]
    for key in keys:
        for kind, place, made in _changes(value[key]):
            yield kind, f"[{key!r}]{place}", {**value, key: made}
        yield "key dropped", f"[{key!r}]", {k: v for k, v in value.items() if k != key}
    for one, other in pairwise(keys):
        yield "values swapped", f"[{one!r}]", {**value, one: value[other], other: value[one]}


def _of_series(value: pd.Series) -> Iterator[Change]:
    for place in range(min(len(value), _LIMIT)):
        yield "key dropped", f"[{place}]", value.drop(value.index[place])
        if value.dtype.kind in "iuf":
            made = value.astype(float).copy()
            made.iloc[place] = made.iloc[place] * _MILLIONTH
            yield "value nudged", f"[{place}]", made
    if len(value) > 1:
        made = value.copy()
        made.iloc[0], made.iloc[1] = value.iloc[1], value.iloc[0]
        yield "values swapped", "[0]", made


def _of_names(value: Any) -> Iterator[Change]:
    items = list(value)
    for place in range(min(len(items), _LIMIT)):
        made = items[:place] + items[place + 1 :]
        yield "name dropped", f"[{place}]", pd.Index(made) if isinstance(value, pd.Index) else made
    if len(items) > 1:
        made = [items[1], items[0], *items[2:]]
        yield "names swapped", "[0]", pd.Index(made) if isinstance(value, pd.Index) else made


def _of_array(value: np.ndarray[Any, Any]) -> Iterator[Change]:
    for place in range(min(value.size, _LIMIT)):
        if value.dtype.kind in "iuf":
            made = value.astype(float).copy()
            made.ravel()[place] = made.ravel()[place] * _MILLIONTH or 1e-6
            yield "value nudged", f"[{place}]", made
    if len(value) > 1:
        made = value.copy()
        made[[0, 1]] = value[[1, 0]]
        yield "values swapped", "[0]", made


def _of_object(value: Any) -> Iterator[Change]:
    """Change what an estimator learnt, or the categories of indicator columns."""
    for name, inner in vars(value).items():
        is_learnt = name.endswith("_") and not name.startswith("n_")
        if is_learnt or name in {"categories", "columns"}:
            for kind, place, made in _inner_changes(inner):
                other = copy.copy(value)
                other.__dict__ = {**vars(value), name: made}
                yield f"learnt {kind}", f".{name}{place}", other


def _inner_changes(inner: Any) -> Iterator[Change]:
    if isinstance(inner, list) and inner and isinstance(inner[0], np.ndarray):
        for kind, place, made in _of_array(inner[0]):
            yield kind, f"[0]{place}", [made, *inner[1:]]
    else:
        yield from _changes(inner)


_CHANGES: tuple[tuple[Callable[[Any], bool], Callable[[Any], Iterator[Change]]], ...] = (
    (lambda v: isinstance(v, bool | np.bool_), _of_truth),
    (_is_number, _of_number),
    (lambda v: isinstance(v, dict), _of_dict),
    (lambda v: isinstance(v, pd.Series), _of_series),
    (lambda v: isinstance(v, list | pd.Index), _of_names),
    (lambda v: isinstance(v, np.ndarray) and v.ndim > 0, _of_array),
)
