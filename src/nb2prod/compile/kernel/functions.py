"""Functions of numpy on stand-ins: what each does to one value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nb2prod.compile.kernel.node import NoKernel

_ONE = {
    "log": "log(x)", "log1p": "log1p(x)", "log2": "log2(x)", "log10": "log10(x)", "exp": "exp(x)",
    "expm1": "expm1(x)", "sqrt": "sqrt(x)", "sin": "sin(x)", "cos": "cos(x)", "tan": "tan(x)",
    "tanh": "tanh(x)", "floor": "float(floor(x))", "ceil": "float(ceil(x))", "isnan": "x != x",
    "absolute": "abs(x)", "fabs": "abs(x)", "square": "x * x", "negative": "-x",
}  # fmt: skip
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "true_divide": lambda a, b: a / b,
    "floor_divide": lambda a, b: a // b,
    "remainder": lambda a, b: a % b,
    "power": lambda a, b: a**b,
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "logical_and": lambda a, b: a & b,
    "logical_or": lambda a, b: a | b,
    "bitwise_and": lambda a, b: a & b,
    "bitwise_or": lambda a, b: a | b,
}
_REFLECTED = {
    "add": "__radd__", "subtract": "__rsub__", "multiply": "__rmul__", "divide": "__rtruediv__",
}  # fmt: skip


def ufunc(column: Any, function: np.ufunc, inputs: Sequence[Any]) -> Any:
    """Return what a ufunc makes of columns and constants."""
    name = function.__name__
    if len(inputs) == 1 and name in _ONE:
        if not column.node.has_only(int, float):
            raise NoKernel(f"numpy.{name} of values that are no numbers")
        return column.make(_ONE[name])
    if len(inputs) == 1 and name in {"logical_not", "invert"}:
        return ~column
    if name in {"maximum", "minimum"}:
        left, right = inputs
        return _extreme(column, name, left, right)
    if len(inputs) == 2 and name in _OPERATORS:
        left, right = inputs
        if not isinstance(left, type(column)):
            if name not in _REFLECTED:
                raise NoKernel(f"numpy.{name} of a constant and a column")
            return getattr(right, _REFLECTED[name])(_plain(left))
        return _OPERATORS[name](left, _plain(right))
    raise NoKernel(f"numpy.{name}")


def _extreme(column: Any, name: str, left: Any, right: Any) -> Any:
    other = right if left is column else left
    return column.make(f"{name}(x, b)", b=_plain(other))


def array_function(function: Any, args: Sequence[Any], options: dict[str, Any]) -> Any:
    """Return what another function of numpy makes of columns."""
    from nb2prod.compile.kernel.frame import stacked

    name = function.__name__
    if name == "where" and len(args) == 3 and not options:
        condition, yes, no = args
        return condition.make("a if x else b", a=_plain(yes), b=_plain(no))
    if name == "select":
        return _select(*args, **options)
    if name in {"column_stack", "hstack", "concatenate", "stack"}:
        if name in {"concatenate", "stack"} and options.get("axis") not in {1, -1}:
            raise NoKernel(f"numpy.{name} of rows")
        return stacked(args[0])
    if name in {"round", "around", "clip"}:
        method = "clip" if name == "clip" else "round"
        return getattr(args[0], method)(*args[1:], **options)
    if name in {"copy", "asarray", "array", "ravel"}:
        return args[0]
    raise NoKernel(f"numpy.{name}")


def _select(conditions: Sequence[Any], choices: Sequence[Any], default: Any = 0) -> Any:
    found = default
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        found = condition.make("a if x else b", a=_plain(choice), b=_plain(found))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        if value.ndim:
            raise NoKernel("an array beside a column")
        return value.item()
    return value.item() if isinstance(value, np.generic) else value
