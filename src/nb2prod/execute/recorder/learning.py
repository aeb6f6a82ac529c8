"""Learn on some rows what an operation learned on all of them, and give every row what follows from that."""

from __future__ import annotations

import ast
import copy
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from nb2prod.execute.recorder.instrument import Site
from nb2prod.execute.recorder.operation import Fixed, Operation, Rows, rows_in, run
from nb2prod.execute.recorder.scoring import FIT_METHODS
from nb2prod.execute.recorder.values import kind_of, take
from nb2prod.notebook.slots import placeholder
from nb2prod.notebook.trees import copied

_EDGES = "_operand_edges"
_BINNING = frozenset({"cut", "qcut"})
_KEPT_OPTIONS = frozenset(
    {"labels", "right", "precision", "include_lowest", "ordered", "duplicates"}
)


class CannotLearn(Exception):
    """It cannot be told what the operation would have learned on other rows."""


class Learner:
    """Run operations on training rows.

    Args:
        training: For each raw row, whether it belongs to the training side.
    """

    def __init__(self, training: npt.NDArray[np.bool_]) -> None:
        self._training = training
        self._learned: dict[str, Any] = {}

    def again(
        self, value: Any, site: Site, operation: Operation, receiver: Any, before: Any
    ) -> Any:
        """Return what the notebook would go on with, had an operation seen training rows only.

        Args:
            value: What it gave on all rows.
            site: Its place.
            operation: The operation with its whole operands.
            receiver: The object whose method it is, or None.
            before: A copy of an estimator as it was before the operation, else None.

        Raises:
            CannotLearn: If that cannot be told.
        """
        parts = list(rows_in(operation))
        if all(self._training[part.positions].all() for part in parts):
            self._learned[site.key] = value
            return value
        if not any(self._training[part.positions].any() for part in parts):
            return self._as_in_training(site, operation, receiver, before)
        if kind_of(receiver) == "estimator" and site.name in FIT_METHODS:
            return self._fitted(value, site, operation, receiver)
        if site.name in _BINNING:
            return self._binned(operation)
        if _has_rows_of(value, parts):
            if site.name == "transform" and hasattr(receiver, "ngroup"):
                return self._grouped(value, operation, receiver, parts[0])
            raise CannotLearn("each row gets a value that depends on the others")
        return self._run(operation)[0]

    def _as_in_training(self, site: Site, operation: Operation, receiver: Any, before: Any) -> Any:
        """Return what held-out rows would get by what was learned from training rows before."""
        if before is not None:
            check_is_fitted(before)
            table = operation.operands.get("1", operation.operands.get("X"))
            is_fit = site.name in {"fit", "partial_fit"}
            if isinstance(table, Rows) and (is_fit or hasattr(before, "transform")):
                vars(receiver).clear()
                vars(receiver).update(vars(before))
                return receiver if is_fit else receiver.transform(table.sample)
        if before is None and site.key in self._learned:
            return self._learned[site.key]
        raise CannotLearn("only held-out rows go in, and no training rows have gone in before")

    def _run(self, operation: Operation) -> tuple[Any, dict[str, Any]]:
        """Run an operation on training rows; operands as long as the first have its rows, however they were found."""
        first = next(rows_in(operation))
        offsets = self._offsets(first)

        def select(rows: Rows) -> Any:
            is_aligned = len(rows.positions) == len(first.positions)
            return take(rows.sample, rows.kind, offsets if is_aligned else self._offsets(rows))

        return run(operation, select)

    def _select(self, rows: Rows) -> Any:
        return take(rows.sample, rows.kind, self._offsets(rows))

    def _offsets(self, rows: Rows) -> npt.NDArray[np.int64]:
        return np.flatnonzero(self._training[rows.positions])

    def _fitted(self, value: Any, site: Site, operation: Operation, estimator: Any) -> Any:
        # A fit that fails half-way must not leave its traces in the notebook's own object.
        other = copy.deepcopy(estimator)
        operands = {**operation.operands, "0": Fixed(other)}
        made, _ = self._run(replace(operation, operands=operands))
        if site.name in {"fit", "partial_fit"}:
            vars(estimator).update(vars(other))
            return value
        table = operation.operands.get("1", operation.operands.get("X"))
        if not isinstance(table, Rows) or not hasattr(estimator, "transform"):
            raise CannotLearn(f"`{site.name}` cannot be applied to other rows")
        again = other.transform(self._select(table))
        if not _is_close(made, again):
            raise CannotLearn("fitted rows get other values than new ones")
        vars(estimator).update(vars(other))
        return other.transform(table.sample)

    def _grouped(self, value: Any, operation: Operation, grouped: Any, table: Rows) -> Any:
        """Give every row the value that its group had among the training rows; a new group has none."""
        made, _ = self._run(operation)
        numbers = grouped.ngroup().to_numpy()
        known = pd.DataFrame(made).set_axis(numbers[self._offsets(table)], axis=0)
        known = known[~known.index.duplicated()]
        found = known.reindex(numbers).set_axis(value.index, axis=0)
        return found if isinstance(value, pd.DataFrame) else found.iloc[:, 0].rename(value.name)

    def _binned(self, operation: Operation) -> Any:
        """Cut all rows at the edges of the training rows."""
        call = operation.template
        if not isinstance(call, ast.Call) or len(call.args) > 2:
            raise CannotLearn("its options are not given by name")
        if any(keyword.arg == "retbins" for keyword in call.keywords):
            raise CannotLearn("it returns its edges as well")
        with_edges = copied(call)
        with_edges.keywords.append(ast.keyword("retbins", ast.Constant(value=True)))
        _, edges = self._run(replace(operation, template=_placed(with_edges)))[0]
        column = call.args[0] if call.args else ast.Name(placeholder("x"), ast.Load())
        options = [copied(k) for k in call.keywords if k.arg in _KEPT_OPTIONS - {"duplicates"}]
        if isinstance(call.func, ast.Attribute) and call.func.attr == "qcut":
            options.append(ast.keyword("include_lowest", ast.Constant(value=True)))
        cut = ast.Name("_operand_cut", ast.Load())
        edged = ast.Call(cut, [copied(column), ast.Name(_EDGES, ast.Load())], options)
        namespace = {**operation.namespace, _EDGES: edges, "_operand_cut": pd.cut}
        everything = replace(operation, template=_placed(edged), namespace=namespace)
        return run(everything, lambda rows: rows.sample)[0]


def _placed(call: ast.Call) -> ast.Call:
    return ast.fix_missing_locations(call)


def _has_rows_of(value: Any, parts: list[Rows]) -> bool:
    """Tell whether a result has one entry for each row of an operand."""
    if isinstance(value, pd.DataFrame | pd.Series):
        return any(
            isinstance(part.sample, pd.DataFrame | pd.Series)
            and value.index.equals(part.sample.index)
            for part in parts
        )
    is_array = isinstance(value, np.ndarray) and value.ndim > 0
    return is_array and any(len(value) == len(part.positions) for part in parts)


def _is_close(one: Any, other: Any) -> bool:
    ours, theirs = _dense(one), _dense(other)
    if ours.shape != theirs.shape:
        return False
    if ours.dtype.kind in "fiub" and theirs.dtype.kind in "fiub":
        return bool(np.allclose(ours, theirs, rtol=1e-6, atol=1e-9, equal_nan=True))
    return bool(pd.DataFrame(ours).equals(pd.DataFrame(theirs)))


def _dense(value: Any) -> npt.NDArray[Any]:
    return np.asarray(value.toarray() if hasattr(value, "toarray") else value)
