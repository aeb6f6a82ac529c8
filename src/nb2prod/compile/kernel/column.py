"""A column of the table while features are followed: an expression of one row that behaves as a Series does."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from nb2prod.compile.kernel.functions import array_function, ufunc
from nb2prod.compile.kernel.node import Node, NoKernel, is_missing
from nb2prod.compile.kernel.parts_of import Dates, Texts
from nb2prod.compile.kernel.trace import Trace

_NUMBERS = (int, float)
_TEXT_OF = {str: "str(x)", int: "int(x)", float: "float(x)", bool: "bool(x)"}


class Column:
    """A column.

    Args:
        trace: Where statements are written down.
        node: The column's value in a row.
        name: Its label.
    """

    __array_priority__ = 1000
    ndim = 1

    def __init__(self, trace: Trace, node: Node, name: Any = None) -> None:
        self.trace = trace
        self.node = node
        self.name = name

    def make(self, template: str, **parts: Any) -> Column:
        """Return a column whose rows are given by a template; ``x`` is this column's value."""
        given = {name: self._part(part) for name, part in parts.items()}
        if "x" in given:
            raise ValueError("x is the column itself")
        return Column(self.trace, self.trace.make(template, x=self.node, **given), self.name)

    def _part(self, part: Any) -> Any:
        return part.node if isinstance(part, Column) else part

    # --- what has no form for one row -------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NoKernel(f"Series.{name}")

    def __bool__(self) -> bool:
        raise NoKernel("a branch on the values of a column")

    def __iter__(self) -> Iterator[Any]:
        raise NoKernel("a loop over rows")

    def __len__(self) -> int:
        raise NoKernel("the number of rows")

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise NoKernel("a column handed to a library as an array")

    def __getitem__(self, key: Any) -> NoReturn:
        raise NoKernel("rows picked from a column")

    # --- numpy ------------------------------------------------------------------------------------

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            raise NoKernel(f"numpy.{function.__name__} with options")
        return ufunc(self, function, inputs)

    def __array_function__(self, function: Any, _: Any, args: Any, options: Any) -> Any:
        return array_function(function, args, options)

    # --- arithmetic -------------------------------------------------------------------------------

    def _arithmetic(self, other: Any, template: str, *, is_reflected: bool = False) -> Column:
        if not isinstance(other, Column | np.generic | int | float | str):
            raise NoKernel("arithmetic with a whole table")
        right = self._part(other)
        for node in (self.node, right):
            if isinstance(node, Node) and not node.has_only(*_NUMBERS):
                # Booleans add up otherwise in numpy; texts are joined below.
                self._only_text(node, right, template)
        parts = {"a": right, "b": self.node} if is_reflected else {"a": self.node, "b": right}
        return Column(self.trace, self.trace.make(template, **parts), self.name)

    def _only_text(self, node: Node, other: Any, template: str) -> None:
        is_text = node.has_only(str) and template == "a + b"
        is_mixed = node.has_only(bool) and not isinstance(other, bool)
        if is_mixed and isinstance(other, Node):
            is_mixed = not other.has_only(bool)
        if not is_text and not is_mixed:
            raise NoKernel("arithmetic with values that are no numbers")

    def __add__(self, other: Any) -> Column:
        return self._arithmetic(other, "a + b")

    def __radd__(self, other: Any) -> Column:
        return self._arithmetic(other, "a + b", is_reflected=True)

    def __sub__(self, other: Any) -> Column:
        return self._arithmetic(other, "a - b")

    def __rsub__(self, other: Any) -> Column:
        return self._arithmetic(other, "a - b", is_reflected=True)

    def __mul__(self, other: Any) -> Column:
        return self._arithmetic(other, "a * b")

    def __rmul__(self, other: Any) -> Column:
        return self._arithmetic(other, "a * b", is_reflected=True)

    def __truediv__(self, other: Any) -> Column:
        return self._arithmetic(other, "a / b")

    def __rtruediv__(self, other: Any) -> Column:
        return self._arithmetic(other, "a / b", is_reflected=True)

    def __floordiv__(self, other: Any) -> Column:
        return self._arithmetic(other, "a // b")

    def __mod__(self, other: Any) -> Column:
        return self._arithmetic(other, "a % b")

    def __pow__(self, other: Any) -> Column:
        if isinstance(other, int) and not isinstance(other, bool) and 0 < other < 5:
            return self._arithmetic(other, "a ** b")
        return self._arithmetic(other, "pow(a, b)")

    def __neg__(self) -> Column:
        return self._arithmetic(0, "-b", is_reflected=True)

    def __abs__(self) -> Column:
        return self._arithmetic(0, "abs(a)")

    abs = __abs__

    # --- comparisons and conditions ---------------------------------------------------------------

    def _compared(self, other: Any, template: str) -> Column:
        if isinstance(other, np.ndarray | pd.Series | list):
            raise NoKernel("a comparison with a whole table")
        if isinstance(other, str) and self.node.has_only(pd.Timestamp):
            other = pd.Timestamp(other)
        return self.make(template, b=other)

    def __eq__(self, other: object) -> Column:  # type: ignore[override]  # as pandas does
        return self._compared(other, "x == b")

    def __ne__(self, other: object) -> Column:  # type: ignore[override]  # as pandas does
        return self._compared(other, "x != b")

    def __lt__(self, other: Any) -> Column:
        return self._compared(other, "x < b")

    def __le__(self, other: Any) -> Column:
        return self._compared(other, "x <= b")

    def __gt__(self, other: Any) -> Column:
        return self._compared(other, "x > b")

    def __ge__(self, other: Any) -> Column:
        return self._compared(other, "x >= b")

    __hash__ = None  # type: ignore[assignment]  # as pandas does

    def _condition(self, other: Any, template: str) -> Column:
        for each in (self, other):
            if isinstance(each, Column) and not each.node.has_only(bool):
                raise NoKernel("a condition that is not true or false")
        return self.make(template, b=other)

    def __and__(self, other: Any) -> Column:
        return self._condition(other, "x and b")

    def __or__(self, other: Any) -> Column:
        return self._condition(other, "x or b")

    def __xor__(self, other: Any) -> Column:
        return self._condition(other, "x != b")

    __rand__, __ror__ = __and__, __or__

    def __invert__(self) -> Column:
        return self._condition(other=True, template="not x")

    def isna(self) -> Column:
        """Return whether there is no value."""
        return self.make("missing(x)")

    def notna(self) -> Column:
        """Return whether there is a value."""
        return self.make("not missing(x)")

    isnull, notnull = isna, notna

    def isin(self, values: Any) -> Column:
        """Return whether the value is one of some."""
        known = [value.item() if isinstance(value, np.generic) else value for value in values]
        if any(map(is_missing, known)):
            raise NoKernel("isin with a null")
        table = dict.fromkeys(known, True)
        return self.make("x in t", t=self.trace.table(self.name, table) if table else ())

    def between(self, left: Any, right: Any, inclusive: str = "both") -> Column:
        """Return whether the value lies between two others."""
        signs = {"both": ("<=", "<="), "left": ("<=", "<"), "right": ("<", "<=")}
        low, high = signs.get(inclusive, ("<", "<"))
        return self.make(f"a {low} x {high} b", a=left, b=right)

    # --- values -----------------------------------------------------------------------------------

    def fillna(self, value: Any, **options: Any) -> Column:
        """Return the values, and another where there is none."""
        _none(options, "fillna")
        # Also where no sample row has a null: other rows may.
        return self.make("v if missing(x) else x", v=value)

    def where(self, condition: Any, other: Any = float("nan")) -> Column:
        """Return the values where a condition holds, and another elsewhere."""
        return self.make("x if c else v", c=condition, v=other)

    def mask(self, condition: Any, other: Any = float("nan")) -> Column:
        """Return another value where a condition holds."""
        return self.make("v if c else x", c=condition, v=other)

    def clip(self, lower: Any = None, upper: Any = None, **options: Any) -> Column:
        """Return the values within bounds."""
        _none(options, "clip")
        found = self
        if lower is not None and not is_missing(lower):
            found = found.make("a if x < a else x", a=lower)
        if upper is not None and not is_missing(upper):
            found = found.make("a if x > a else x", a=upper)
        return found

    def round(self, decimals: int = 0) -> Column:
        """Return the values rounded as numpy does, which is not quite Python's way."""
        return self.make("float(round_(x, n))", n=decimals)

    def astype(self, dtype: Any, **_: Any) -> Column:
        """Return the values in another type."""
        kinds = {
            "int": int,
            "int64": int,
            "float": float,
            "float64": float,
            "str": str,
            "bool": bool,
        }
        name = dtype if isinstance(dtype, str) else getattr(dtype, "__name__", str(dtype))
        kind = kinds.get(name)
        if kind is None:
            raise NoKernel(f"astype({name})")
        if kind is str:
            if not self.node.has_only(str, int, float, bool):
                raise NoKernel("astype(str) of such values")
            return self.make("x if missing(x) else str(x)")
        if kind is bool and self.node.has_nulls:
            raise NoKernel("astype(bool) of values that may be null")
        return self.make(_TEXT_OF[kind])

    def map(self, function: Any, na_action: Any = None) -> Column:
        """Return what a dictionary or a function has for each value."""
        if na_action is not None:
            raise NoKernel("map with na_action")
        if isinstance(function, pd.Series):
            function = function.to_dict()
        if isinstance(function, dict):
            return self.make("t.get(x, nan)", t=self.trace.table(self.name, function))
        return self.apply(function)

    def apply(self, function: Any, *args: Any, **options: Any) -> Column:
        """Return what a function gives for each value."""
        if args or options:
            raise NoKernel("apply with further arguments")
        if isinstance(function, np.ufunc):
            return ufunc(self, function, (self,))  # type: ignore[no-any-return]  # a column
        if function in _TEXT_OF:
            return self.make(_TEXT_OF[function])
        if not isinstance(function, types.FunctionType):
            raise NoKernel("apply of what is no function")
        return self.make("f(x)", f=named(self.trace, function))

    def replace(self, to_replace: Any = None, value: Any = None, **options: Any) -> Column:
        """Return the values, some of them replaced by others."""
        _none(options, "replace")
        table = to_replace if isinstance(to_replace, dict) else None
        if table is None:
            olds = to_replace if isinstance(to_replace, list) else [to_replace]
            news = value if isinstance(value, list) else [value] * len(olds)
            table = dict(zip(olds, news, strict=True))
        if any(isinstance(new, dict) or is_missing(old) for old, new in table.items()):
            raise NoKernel("replace of nulls or by column")
        mine = {type(each) for each in self.node.values}
        # A text is not replaced in a column of numbers.
        if str not in mine and all(isinstance(old, str) for old in table):
            return self
        if len(table) == 1:
            ((old, new),) = table.items()
            return self.make("b if x == a else x", a=old, b=new)
        return self.make("t.get(x, x)", t=self.trace.table(self.name, table))

    # --- shapes that one row does not have --------------------------------------------------------

    def copy(self, *_: Any, **__: Any) -> Column:
        """Return the column."""
        return Column(self.trace, self.node, self.name)

    def rename(self, name: Any) -> Column:
        """Return the column by another name."""
        return Column(self.trace, self.node, name)

    def to_numpy(self, *_: Any, **__: Any) -> Column:
        """Return the column."""
        return self

    def squeeze(self) -> Column:
        """Return the column."""
        return self

    @property
    def values(self) -> Column:
        """The column."""
        return self

    @property
    def str(self) -> Texts:
        """Methods of texts."""
        return Texts(self.make)

    @property
    def dt(self) -> Dates:
        """Parts of dates."""
        return Dates(self.make)


def named(trace: Trace, function: Callable[..., Any]) -> Any:
    """Return a name for a function of the version's own ``functions.py``.

    Raises:
        NoKernel: It is none of those.
    """
    functions = trace.namespace["functions"]
    name = function.__name__
    own = getattr(functions, name, None)
    if name == "<lambda>" or own is None:
        raise NoKernel("a lambda or local function")
    return trace.global_(name, own)


def _none(options: dict[str, Any], method: str) -> None:
    given = [name for name, value in options.items() if value not in (None, False)]
    if given:
        raise NoKernel(f"{method} with {', '.join(given)}")
