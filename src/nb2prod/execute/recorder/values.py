"""What a value is, and whether it can carry the rows of a table."""

from __future__ import annotations

import inspect
import types
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray, ExtensionDtype

ROW_KINDS = frozenset({"frame", "series", "index", "array", "sparse", "extension", "list"})
"""Kinds of values that can have one entry a row."""


ITERATORS = (zip, map, enumerate, filter, reversed)
"""Built-in iterators; over a column each is an intermediate object, made again to run an operation again."""


def kind_of(value: Any) -> str:
    """Name the kind of a value."""
    for kind, types_ in _BY_TYPE:
        if isinstance(value, types_):
            return kind
    if isinstance(value, np.ndarray):
        return "array" if value.ndim else "scalar"
    if hasattr(value, "tocsr") and hasattr(value, "shape"):
        return "sparse"
    return _kind_of_object(value)


_BY_TYPE: tuple[tuple[str, Any], ...] = (
    ("none", type(None)),
    ("scalar", (bool, int, float, complex, str, bytes, np.generic)),
    ("frame", pd.DataFrame),
    ("series", pd.Series),
    ("index", pd.Index),
    ("extension", ExtensionArray),
    ("list", list),
    ("tuple", tuple),
    ("dict", dict),
    ("module", types.ModuleType),
    ("class", type),
)


def _kind_of_object(value: Any) -> str:
    if callable(value) and isinstance(
        value, types.FunctionType | types.BuiltinFunctionType | types.MethodType | np.ufunc
    ):
        return "callable"
    if hasattr(value, "fit") and (hasattr(value, "predict") or hasattr(value, "transform")):
        return "estimator"
    if isinstance(value, ExtensionDtype | np.dtype | pd.Timestamp | pd.Timedelta | pd.Interval):
        return "scalar"
    if type(value).__module__.split(".")[0] == "pandas" or isinstance(value, ITERATORS):
        return "accessor"
    if isinstance(value, types.GeneratorType) and value.gi_code.co_name == "<genexpr>":
        return "accessor"
    return "object"


def is_of_pandas(value: Any) -> bool:
    """Tell whether a value is a generator of pandas, such as ``table.items()``."""
    frame = value.gi_frame if isinstance(value, types.GeneratorType) else None
    module = "" if frame is None else frame.f_globals.get("__name__", "")
    return str(module).split(".")[0] == "pandas"


def row_count(value: Any, kind: str) -> int | None:
    """Return the length of a value's first axis, or None where it has none."""
    if kind in {"array", "sparse"}:
        return int(value.shape[0])
    return len(value) if kind in ROW_KINDS else None


def take(value: Any, kind: str, offsets: Any) -> Any:
    """Copy some rows of a value."""
    if kind in {"frame", "series"}:
        return value.iloc[offsets].copy()
    if kind == "list":
        return [value[i] for i in offsets]
    if kind == "sparse":
        # Not every sparse format can be indexed.
        value = value.tocsr()
    taken = value[offsets]
    return taken.copy() if kind in {"array", "sparse", "extension"} else taken


def callee_name(function: Any) -> str | None:
    """Return ``module.qualname`` of a function, class or method, as the library exposes it."""
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", None)
    if name is None:
        return None
    module = getattr(function, "__module__", None)
    if module is None:
        owner = getattr(function, "__self__", None)
        module = type(owner).__module__ if owner is not None else "builtins"
    return f"{module}.{name}"


def is_from_cell(function: Any) -> bool:
    """Tell whether a function or class was written in a cell."""
    if inspect.isclass(function):
        return getattr(function, "__module__", "") == "__main__"
    code = getattr(function, "__code__", None)
    return code is not None and getattr(function, "__module__", None) == "__main__"


def short_text(value: Any) -> str:
    """Write a value in at most 120 characters on one line."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, pd.Series | pd.DataFrame):
        return f"{type(value).__name__} of shape {value.shape}"
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a user's own __repr__ may do anything
        text = type(value).__name__
    return text if len(text) <= 120 else text[:117] + "..."
