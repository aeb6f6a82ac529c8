"""Name what an operation that saw held-out rows is, by what it did; names decide only how mildly it is told."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any, TypeAlias

from nb2prod.compile.calls import FIT, FIT_AND_APPLY
from nb2prod.compile.leaking.leak import Kind
from nb2prod.notebook.recording import Fact

_FITS = FIT | FIT_AND_APPLY | {"fit_predict", "fit_resample"}
_SHAPE_FUNCTIONS = frozenset(
    {"len", "list", "tuple", "isinstance", "type", "id", "iter", "enumerate", "zip", "range", "hasattr", "getattr",
     "print", "repr", "str", "display", "next", "callable", "reversed"}
)  # fmt: skip
_SHAPE_METHODS = frozenset(
    {"keys", "items", "info", "get_loc", "copy", "plot", "hist", "boxplot", "iterrows", "itertuples", "__len__"}
)  # fmt: skip
_CATEGORY_FUNCTIONS = frozenset(
    {"unique", "nunique", "set", "frozenset", "get_dummies", "from_dummies", "factorize", "categories"}
)  # fmt: skip
_CONDITION_FUNCTIONS = frozenset({"any", "all"})
_ENCODERS = frozenset(
    {"LabelEncoder", "OrdinalEncoder", "OneHotEncoder", "LabelBinarizer", "MultiLabelBinarizer", "DictVectorizer"}
)  # fmt: skip
_LEARNING_NOTHING = frozenset({"PolynomialFeatures", "FunctionTransformer"})
"""Transformers that want a fit, and learn no more from it than how many columns there are."""

_JUDGING = ("sklearn.metrics.", "sklearn.model_selection.")
_OF_SEVERAL = {
    "factorize": Kind.CATEGORIES,
    "cut": Kind.STATISTIC,
    "qcut": Kind.STATISTIC,
}
"""What a function that returns several values learns; any other is a split."""

Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp
"""A comprehension that is evaluated where it stands; a generator expression is, where it is used."""

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp)
_PLAIN_OPERANDS = frozenset({"0", "1", "2", "X", "y", "sample_weight", "groups"})


def kind_of_leak(node: ast.AST, fact: Fact, target: Iterable[Any]) -> Kind | None:
    """Return what an operation is that held-out rows went into, or None where it learned nothing from them.

    Args:
        node: The operation.
        fact: What it did.
        target: Columns that are predicted.
    """
    name = called_name(node)
    if fact.is_repeating:
        return Kind.RESAMPLED
    if fact.operands.get("0") == "estimator":
        return _of_estimator(name, fact)
    is_aggregate = fact.relation == "none" or (fact.relation == "rows" and _is_aggregate(fact))
    if isinstance(node, _COMPREHENSIONS):
        return _of_comprehension(node, fact, target) if fact.relation == "none" else None
    if isinstance(node, ast.Call) and is_aggregate:
        return _of_call(node, name, fact, target)
    match fact.relation:
        case "none":
            return _without_call(node)
        case "kept" if not isinstance(node, ast.Call):
            return Kind.CATEGORIES if _is_categories(name, fact) else None
        case "kept" if name == "get_dummies" or _is_categories(name, fact):
            return Kind.CATEGORIES
        case "kept" if fact.verdict == "table":
            return _statistic(node, fact, target)
        case "elements":
            return _OF_SEVERAL.get(name)
    return None


def _of_comprehension(node: Comprehension, fact: Fact, target: Iterable[Any]) -> Kind | None:
    """Return what a comprehension over rows or groups is that left no row axis."""
    elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    targets = {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
    if any(generator.ifs for generator in node.generators):
        return _statistic(node, fact, target)
    if all(isinstance(element, ast.Name) and element.id in targets for element in elements):
        return None if isinstance(node, ast.ListComp) else Kind.CATEGORIES
    return _statistic(node, fact, target)


def _without_call(node: ast.AST) -> Kind | None:
    if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Compare):
        return Kind.STATISTIC
    is_categories = isinstance(node, ast.Attribute) and node.attr == "categories"
    return Kind.CATEGORIES if is_categories else None


def called_name(node: ast.AST) -> str:
    """Return the name of the function or method that is called, or an empty text."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return name
    return ""


def _of_estimator(name: str, fact: Fact) -> Kind | None:
    if name in _FITS:
        if fact.is_stateless:
            return None
        others = [n for n, k in fact.operands.items() if k.endswith("+rows")]
        if not set(others) <= _PLAIN_OPERANDS:
            # Rows beside those that it is fitted to, such as `eval_set`: they decide when it stops.
            return Kind.CHOICE
        kind = (fact.callee or "").rpartition(".")[0].rpartition(".")[2]
        if kind in _LEARNING_NOTHING:
            return None
        return Kind.CATEGORIES if kind in _ENCODERS else _own(fact, Kind.FIT)
    return Kind.CHOICE if name == "score" else None


def _of_call(node: ast.Call, name: str, fact: Fact, target: Iterable[Any]) -> Kind | None:
    is_function = isinstance(node.func, ast.Name)
    if name in (_SHAPE_FUNCTIONS if is_function else _SHAPE_METHODS) and not _takes_computed(node):
        return None
    if (fact.callee or "").startswith(_JUDGING):
        return Kind.CHOICE
    if name in _CATEGORY_FUNCTIONS:
        return Kind.CATEGORIES
    if name in _CONDITION_FUNCTIONS:
        return Kind.CONDITION
    return None if fact.kind in {"none", "module", "callable"} else _statistic(node, fact, target)


def _takes_computed(node: ast.Call) -> bool:
    """Tell whether what a function takes is computed only while it runs."""
    return bool(node.args) and isinstance(node.args[0], ast.GeneratorExp)


def _is_aggregate(fact: Fact) -> bool:
    """Tell whether a short result only looks like some of the rows, as the mode that is the first row's value."""
    is_short = not fact.is_complete and fact.verdict == "rebuilt"
    return is_short and fact.kind in {"series", "index", "array", "extension"}


def _is_categories(name: str, fact: Fact) -> bool:
    return fact.verdict == "table" and (name == "astype" or fact.dtype in {"int8", "int16"})


def _statistic(node: ast.AST, fact: Fact, target: Iterable[Any]) -> Kind:
    names = {str(column) for column in target}
    mentioned = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    mentioned |= {str(n.value) for n in ast.walk(node) if isinstance(n, ast.Constant)}
    return _own(fact, Kind.TARGET if names & mentioned else Kind.STATISTIC)


def _own(fact: Fact, kind: Kind) -> Kind:
    return Kind.OWN if fact.seen == fact.seen_held_out else kind
