"""Fitted transformers of scikit-learn on the columns of one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from nb2prod.compile.kernel.column import Column
from nb2prod.compile.kernel.frame import Frame, stacked
from nb2prod.compile.kernel.node import Node, NoKernel, is_missing

Rule = Callable[[Any, list[Column]], list[Node]]


def transformed(estimator: Any, data: Any) -> Any:
    """Return what a fitted transformer makes of a table or a column.

    Raises:
        NoKernel: There is no form of it for one row.
    """
    name = type(estimator).__name__
    if isinstance(estimator, str):
        return _passed(estimator, data)
    if not type(estimator).__module__.startswith("sklearn."):
        return _own(estimator, data)
    if name == "LabelEncoder":
        table = {_plain(label): code for code, label in enumerate(estimator.classes_)}
        return data.make("t[x]", t=data.trace.table(data.name or "label", table))
    if name == "Pipeline":
        for _, step in estimator.steps:
            data = transformed(step, data)
        return data
    if name == "ColumnTransformer":
        return _by_column(estimator, data)
    if name == "FunctionTransformer":
        function = estimator.func
        return data if function is None else function(data, **(estimator.kw_args or {}))
    rule = _RULES.get(name)
    if rule is None:
        raise NoKernel(f"the transformer {name}")
    if isinstance(data, Column):
        data = Frame(data.trace, {0: data.node})
    columns = [data.column(label) for label in data.nodes]
    return Frame(data.trace, dict(enumerate(rule(estimator, columns))))


def _passed(name: str, data: Any) -> Any:
    if name == "passthrough":
        return data
    raise NoKernel(f"the transformer {name!r}")


def _own(estimator: Any, data: Any) -> Any:
    """Follow the notebook's own transformer through its code."""
    return type(estimator).transform(estimator, data)


def _by_column(estimator: Any, data: Any) -> Frame:
    parts = []
    for name, part, columns in estimator.transformers_:
        if isinstance(part, str) and part == "drop":
            continue
        chosen = _chosen(data, columns)
        if not chosen.nodes:
            continue
        found = transformed(part, chosen)
        if isinstance(found, Column):
            found = Frame(data.trace, {name: found.node})
        parts.append(found)
    return stacked(parts)


def _chosen(data: Frame, columns: Any) -> Frame:
    labels = list(data.nodes)
    if isinstance(columns, str):
        return Frame(data.trace, {columns: data.column(columns).node})
    if isinstance(columns, slice):
        picked = labels[columns]
    else:
        keys = list(columns)
        if keys and all(isinstance(key, bool | np.bool_) for key in keys):
            picked = [label for label, key in zip(labels, keys, strict=True) if key]
        else:
            picked = [labels[k] if isinstance(k, int | np.integer) else k for k in keys]
    return Frame(data.trace, {label: data.column(label).node for label in picked})


def _standard(scaler: Any, columns: list[Column]) -> list[Node]:
    mean = scaler.mean_ if scaler.with_mean else None
    return _shifted(columns, mean, scaler.scale_ if scaler.with_std else None)


def _robust(scaler: Any, columns: list[Column]) -> list[Node]:
    center = scaler.center_ if scaler.with_centering else None
    return _shifted(columns, center, scaler.scale_ if scaler.with_scaling else None)


def _shifted(
    columns: list[Column], center: Sequence[float] | None, scale: Sequence[float] | None
) -> list[Node]:
    found = []
    for place, column in enumerate(columns):
        made = _number(column)
        if center is not None:
            made = made.make("x - a", a=float(center[place]))
        if scale is not None:
            made = made.make("x / a", a=float(scale[place]))
        found.append(made.node)
    return found


def _min_max(scaler: Any, columns: list[Column]) -> list[Node]:
    found = []
    for column, scale, shift in zip(columns, scaler.scale_, scaler.min_, strict=True):
        made = _number(column).make("x * a + b", a=float(scale), b=float(shift))
        if scaler.clip:
            made = made.clip(*scaler.feature_range)
        found.append(made.node)
    return found


def _max_abs(scaler: Any, columns: list[Column]) -> list[Node]:
    return _shifted(columns, None, scaler.scale_)


def _imputed(imputer: Any, columns: list[Column]) -> list[Node]:
    if imputer.add_indicator or not is_missing(imputer.missing_values):
        raise NoKernel("SimpleImputer with other nulls or an indicator")
    if any(map(is_missing, imputer.statistics_)):
        raise NoKernel("SimpleImputer of a column without values")
    pairs = zip(columns, imputer.statistics_, strict=True)
    return [column.fillna(_plain(value)).node for column, value in pairs]


def _one_hot(encoder: Any, columns: list[Column]) -> list[Node]:
    if encoder.handle_unknown not in {"error", "ignore"} or _has_rare(encoder):
        raise NoKernel("OneHotEncoder with infrequent categories")
    dropped = encoder.drop_idx_
    found: list[Node] = []
    for place, (column, categories) in enumerate(zip(columns, encoder.categories_, strict=True)):
        known = [_plain(category) for category in categories]
        if encoder.handle_unknown == "error":
            _require_known(column, known)
        drop = None if dropped is None else dropped[place]
        found += [
            (column.isna() if is_missing(k) else column.make("1.0 if x == k else 0.0", k=k)).node
            for number, k in enumerate(known)
            if number != drop
        ]
    return found


def _has_rare(encoder: Any) -> bool:
    return bool(getattr(encoder, "_infrequent_enabled", False))


def _require_known(column: Column, known: Sequence[Any]) -> None:
    table = dict.fromkeys((k for k in known if not is_missing(k)), True)
    kept = column.trace.table(column.name or "known", table)
    column.trace.require(column.make("missing(x) or x in t", t=kept).node)


def _ordinal(encoder: Any, columns: list[Column]) -> list[Node]:
    if _has_rare(encoder):
        raise NoKernel("OrdinalEncoder with infrequent categories")
    found = []
    for column, categories in zip(columns, encoder.categories_, strict=True):
        known = [_plain(category) for category in categories]
        table = {k: float(code) for code, k in enumerate(known) if not is_missing(k)}
        kept = column.trace.table(column.name or "codes", table)
        null = float(encoder.encoded_missing_value)
        if encoder.handle_unknown == "use_encoded_value":
            template, unknown = "v if missing(x) else t.get(x, u)", float(encoder.unknown_value)
            found.append(column.make(template, t=kept, v=null, u=unknown).node)
        else:
            found.append(column.make("v if missing(x) else t[x]", t=kept, v=null).node)
    return found


def _number(column: Column) -> Column:
    if not column.node.has_only(int, float, bool):
        raise NoKernel("a scaler of values that are no numbers")
    return column


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


_RULES: Mapping[str, Rule] = {
    "StandardScaler": _standard,
    "RobustScaler": _robust,
    "MinMaxScaler": _min_max,
    "MaxAbsScaler": _max_abs,
    "SimpleImputer": _imputed,
    "OneHotEncoder": _one_hot,
    "OrdinalEncoder": _ordinal,
}
