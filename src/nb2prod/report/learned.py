"""What fitted objects learned, as plain values that can be compared."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nb2prod.report.snapshot import KEPT_ENTRIES, ModelFacts

_DEEPEST = 4
_OWN_PACKAGE = re.compile(r"\b[a-z][a-z0-9_]*_[0-9a-f]{16}\.")
_SPARED = frozenset({"feature_names_in_", "n_features_in_", "n_samples_seen_"})
"""Learned attributes that only repeat what the schema and the row counts say."""


def model_facts(model: Any) -> ModelFacts:
    """Describe a fitted model by its class and hyperparameters."""
    parameters = model.get_params(deep=True) if hasattr(model, "get_params") else {}
    return ModelFacts(
        qualified_name(model), {name: _said(value) for name, value in sorted(parameters.items())}
    )


def _said(value: Any) -> Any:
    """Return a hyperparameter as JSON; of an estimator only its class, since its parameters follow by themselves."""
    if hasattr(value, "get_params"):
        return qualified_name(value)
    if isinstance(value, list | tuple):
        return [_said(one) for one in value]
    if _is_plain(value):
        return plain(value)
    if callable(value):
        return str(getattr(value, "__qualname__", type(value).__qualname__))
    return qualified_name(value)


def qualified_name(value: Any) -> str:
    """Return the class of an object, without the version's own package, which is another in each version."""
    kind = type(value)
    return without_package(f"{kind.__module__}.{kind.__qualname__}")


def without_package(name: str) -> str:
    """Take the name of a version's package away: ``penguins_65703ca6acc87bc7.encoding`` is ``encoding``."""
    return _OWN_PACKAGE.sub("", name)


def learned(name: str, value: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield what an object learned, by dotted name: ``scaler.mean_``, ``df_dummies.categories``.

    Args:
        name: The object's own name.
        value: The object.
        depth: How many objects it lies within.
    """
    parts = _parts(value)
    if parts:
        for inner, part in parts:
            if depth < _DEEPEST:
                yield from learned(f"{name}.{inner}", part, depth + 1)
        return
    columns = _names_of_columns(value)
    for attribute, content in sorted(vars(value).items()):
        if not _is_learned(value, attribute):
            continue
        if _is_plain(content):
            yield f"{name}.{attribute}", _by_column(plain(content), columns)


def is_object(value: Any) -> bool:
    """Tell whether a frozen value is an object that learned something, not plain data."""
    return not _is_plain(value) and hasattr(value, "__dict__") and not callable(value)


def _parts(value: Any) -> list[tuple[str, Any]]:
    """Return the fitted objects that a pipeline or a column transformer holds."""
    steps = getattr(value, "steps", None)
    if isinstance(steps, list):
        return [(str(step[0]), step[1]) for step in steps if hasattr(step[1], "__dict__")]
    transformers = getattr(value, "transformers_", None)
    if isinstance(transformers, list):
        return [(str(one[0]), one[1]) for one in transformers if hasattr(one[1], "__dict__")]
    return []


def _is_learned(value: Any, attribute: str) -> bool:
    if attribute.startswith("_") or attribute in _SPARED:
        return False
    if attribute == "var_" and hasattr(value, "scale_"):
        return False  # The scale is its root.
    return attribute.endswith("_") or not hasattr(value, "get_params")


def _is_plain(value: Any) -> bool:
    """Tell whether a value is data all the way down, as far as its first entries show."""
    if value is None or isinstance(value, str | int | float | bool):
        return True
    if isinstance(value, type):
        return False  # `numpy.float64` itself has what its values have.
    if isinstance(value, Mapping):
        return all(_is_plain(one) for one in list(value.values())[:5])
    if isinstance(value, list | tuple | set | frozenset):
        return all(_is_plain(one) for one in list(value)[:5])
    return hasattr(value, "dtype") or hasattr(value, "isoformat")


def _names_of_columns(value: Any) -> Sequence[str]:
    names = getattr(value, "feature_names_in_", None)
    return [] if names is None else [str(name) for name in names]


def _by_column(content: Any, columns: Sequence[str]) -> Any:
    is_one_each = isinstance(content, list) and columns and len(content) == len(columns)
    return dict(zip(columns, content, strict=True)) if is_one_each else content


def plain(value: Any) -> Any:
    """Return data as JSON has them, cut where a version's ``fitted.json`` cuts."""
    if isinstance(value, float):
        # A float of NumPy is a float of Python too, and shows itself otherwise.
        return float(value) if math.isfinite(value) else repr(float(value))
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in list(value.items())[:KEPT_ENTRIES]}
    if hasattr(value, "to_dict") and getattr(value, "ndim", 0) == 1 and hasattr(value, "index"):
        return plain(value.to_dict())
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, set | frozenset):
        value = sorted(value, key=repr)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value[:KEPT_ENTRIES]]
    return str(value)
