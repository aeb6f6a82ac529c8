"""What expressions hold, as far as tables can be followed through them."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from nb2prod.lint.leakage import knowledge
from nb2prod.lint.leakage.columns import chosen, dropped_by, texts_in, without
from nb2prod.lint.leakage.estimators import Happenings
from nb2prod.lint.leakage.trace import RowChoice
from nb2prod.lint.leakage.values import NOTHING, Value, merged
from nb2prod.notebook.origins import called_path

_METHODS = frozenset({"fit", "fit_transform", "fit_predict", "predict", "predict_proba", "score"})
_PLAIN = frozenset({ast.Compare, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.IfExp})
_SAME_ROWS = frozenset({"loc", "iloc", "values", "T", "str", "dt", "at", "cat"})


class Evaluator(Happenings, ABC):
    """The names of a notebook and what their values are."""

    @abstractmethod
    def call_function(
        self, made: tuple[int, ast.FunctionDef], values: list[Value], named: dict[str, Value]
    ) -> Value:
        """Follow a call into a function of the notebook."""

    def value(self, node: ast.expr) -> Value:
        """Return what an expression holds, and note what happens in it."""
        evaluate = self._EVALUATIONS.get(type(node))
        return evaluate(self, node) if evaluate else self._compound(node)

    def _name(self, node: ast.Name) -> Value:
        return self.names.get(node.id, NOTHING)

    def _constant(self, node: ast.Constant) -> Value:
        return Value("truth", str(node.value)) if isinstance(node.value, bool) else NOTHING

    def _lambda(self, _: ast.Lambda) -> Value:
        return NOTHING

    def _several(self, node: ast.Tuple | ast.List) -> Value:
        return Value("rows", elements=tuple([self.value(one) for one in node.elts]))

    def _compound(self, node: ast.expr) -> Value:
        """Merge what an operation, a comparison or a condition works on."""
        inner = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
        found = merged([self.value(one) for one in inner])
        is_same = type(node) in _PLAIN or not (found.is_known or found.column is not None)
        return found if is_same else found.changed(column=None, is_known=False)

    def _attribute(self, node: ast.Attribute) -> Value:
        base = self.value(node.value)
        if not base.is_data:
            return NOTHING
        if node.attr in _SAME_ROWS:
            return base
        if node.attr in ("index", "columns", "shape", "dtypes", "size"):
            return Value("index", rows=base.rows) if node.attr == "index" else NOTHING
        is_column = base.column is None and base.is_known
        return chosen(base, ast.Constant(node.attr), {}) if is_column else NOTHING

    def _subscript(self, node: ast.Subscript) -> Value:
        base = self.value(node.value)
        if base.kind == "rows" and isinstance(node.slice, ast.Constant):
            position = node.slice.value
            is_there = isinstance(position, int) and -len(base.elements) <= position < len(
                base.elements
            )
            return base.elements[position] if is_there and isinstance(position, int) else NOTHING
        if not base.is_data:
            return NOTHING
        if base.path == "groups":
            return base
        key = (
            node.slice.elts[0]
            if isinstance(node.slice, ast.Tuple) and node.slice.elts
            else node.slice
        )
        picked = self.value(key) if isinstance(key, ast.Name) else NOTHING
        if picked.kind == "index" and picked.split:
            return base.changed(part=picked.part, split=picked.split)
        if isinstance(key, ast.Slice) and base.column is None:
            return self._slice(node, key, base)
        if isinstance(key, ast.Compare | ast.BinOp | ast.UnaryOp):
            columns = chosen(base, node.slice, self.constants) if base.column is None else base
            return self.choose_rows(node, columns, "mask", None)
        if base.column is not None:
            return base
        return chosen(base, node.slice, self.constants)

    def _slice(self, node: ast.Subscript, key: ast.Slice, base: Value) -> Value:
        """Take ``table[:800]`` as a choice of rows, and note its bounds."""
        columns = (
            chosen(base, node.slice, self.constants) if isinstance(node.slice, ast.Tuple) else base
        )
        if key.lower is None and key.upper is None:
            return columns
        bounds = (_number(key.lower), _number(key.upper))
        is_exact = all(
            given is None or bound is not None
            for given, bound in zip((key.lower, key.upper), bounds, strict=True)
        )
        return self.choose_rows(node, columns, "slice", bounds if is_exact else None)

    def choose_rows(
        self,
        node: ast.AST,
        columns: Value,
        kind: str,
        bounds: tuple[int | None, int | None] | None,
    ) -> Value:
        """Note a choice of rows and return what it gives."""
        self.count += 1
        self.trace.choices.append(RowChoice(self.count, self.cell, node, kind, bounds))
        return columns.changed(rows=columns.rows | {self.count})

    def _call(self, node: ast.Call) -> Value:
        function = node.func
        if isinstance(function, ast.Attribute):
            receiver = self.value(function.value)
            if receiver.is_data:
                return self._table_method(node, function, receiver)
            if receiver.kind == "estimator" or (not receiver.kind and function.attr in _METHODS):
                return self.estimator_method(node, function, receiver)
        if isinstance(function, ast.Name) and function.id in self.functions:
            values = [self.value(one) for one in node.args]
            named = {one.arg: self.value(one.value) for one in node.keywords if one.arg}
            return self.call_function(self.functions[function.id], values, named)
        return self._named_call(node, called_path(node, self.origins))

    def _named_call(self, node: ast.Call, path: str) -> Value:
        happened = self.library_call(node, path)
        if happened is not None:
            return happened
        name = path.rpartition(".")[2]
        if path.startswith(("pandas.read_", "seaborn.load_")) or (
            path.startswith("sklearn.datasets.") and name.startswith(knowledge.READERS)
        ):
            return self._table(node, path)
        values = [self.value(one) for one in node.args]
        values += [self.value(one.value) for one in node.keywords]
        if path == "enumerate":
            return Value("rows", elements=(NOTHING, *values[:1]))
        if path in knowledge.CONCATENATIONS:
            values = [inner for one in values for inner in (one.elements or (one,))]
        if path.startswith(("pandas.", "numpy.")) or name in ("range", "list", "DataFrame"):
            found = merged(values)
            if name == "get_dummies":
                given = [one.value for one in node.keywords if one.arg == "columns"]
                names = texts_in(given[0], self.constants) if given else None
                return without(found, names)
            return (
                found
                if path.startswith("numpy.log")
                else found.changed(
                    is_known=found.is_known and name in ("DataFrame", "array", "asarray")
                )
            )
        return NOTHING

    def _table(self, node: ast.Call, path: str) -> Value:
        self.count += 1
        table = Value("data", tables=frozenset({self.count}), is_known=path.startswith("pandas."))
        is_pair = any(one.arg == "return_X_y" for one in node.keywords)
        return Value("rows", elements=(table, table.changed(column="target"))) if is_pair else table

    def _table_method(self, node: ast.Call, function: ast.Attribute, table: Value) -> Value:
        name = function.attr
        for argument in [*node.args, *(one.value for one in node.keywords)]:
            if isinstance(argument, ast.Call):
                self.value(argument)
        if name == "groupby":
            return table.changed(is_known=False, path="groups")
        if name in knowledge.LOOKING_BACK:
            return table.changed(is_ordered=True, is_known=False, column=None)
        if name == "drop":
            return self._drop(node, function, table)
        if name == "pop":
            names = texts_in(node.args[0], self.constants) if node.args else None
            self.take_away(function.value, names)
            return chosen(table, node.args[0], self.constants) if node.args else NOTHING
        if name == "sample":
            return self.choose_rows(node, table, "sample", None)
        if name in ("rename", "select_dtypes", "filter", "set_index", "mean", "sum"):
            return table.changed(is_known=False)
        if name in ("merge", "join"):
            return table.changed(is_known=table.is_known)
        return table if name in knowledge.KEEPING else table.changed(is_known=False, column=None)

    def _drop(self, node: ast.Call, function: ast.Attribute, table: Value) -> Value:
        names = dropped_by(node, self.constants)
        given = self.value(node.args[0]) if node.args else NOTHING
        if given.kind == "index" or any(one.arg == "index" for one in node.keywords):
            # The rows that others took are left out: no overlap.
            return table
        if any(one.arg == "inplace" for one in node.keywords):
            self.take_away(function.value, names)
            return NOTHING
        return without(table, names)

    def take_away(self, table: ast.expr, names: tuple[str, ...] | None) -> None:
        """Take columns away from a table in place."""
        if isinstance(table, ast.Name) and self.names.get(table.id, NOTHING).is_data:
            self.names[table.id] = without(self.names[table.id], names)

    # Nodes are told apart by their type: a chain of questions would cost more than the answers.
    _EVALUATIONS: ClassVar[dict[type[ast.expr], Callable[["Evaluator", Any], Value]]] = {
        ast.Name: _name,
        ast.Constant: _constant,
        ast.Lambda: _lambda,
        ast.Call: _call,
        ast.Subscript: _subscript,
        ast.Attribute: _attribute,
        ast.Tuple: _several,
        ast.List: _several,
    }


def _number(node: ast.expr | None) -> int | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, int) else None
