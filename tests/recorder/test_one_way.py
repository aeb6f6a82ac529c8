"""Fitted rows prove served features only where both are made in one way."""

import ast

import pytest

from nb2prod.execute.recorder.one_way import is_one_way
from nb2prod.notebook.recording import place_key

_SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y)"
_FIT = "model.fit(X_train, y_train)"
_PREDICT = "predictions = model.predict(X_test)"


def _is_one_way(*texts: str) -> bool:
    """Ask for cells of one statement each, or more."""
    statements = [(n, s) for n, text in enumerate(texts, 1) for s in ast.parse(text).body]
    calls = {
        node.func.attr: place_key(number, node)
        for number, statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in {"fit", "predict"}
    }
    return is_one_way(statements, calls["fit"], calls["predict"])


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param((_SPLIT, _FIT, _PREDICT), id="split, fit, predict"),
        pytest.param((f"{_SPLIT}\n{_FIT}\n{_PREDICT}",), id="one cell"),
        pytest.param((_SPLIT, "X_train.shape", _FIT, "len(X_test)", _PREDICT), id="only looked at"),
        pytest.param(
            (_SPLIT, "model = make().fit(X_train, y_train)", "print(model.predict(X_test))"),
            id="chained",
        ),
        pytest.param(("X_train, X_test = X[:9], X[9:]", _FIT, _PREDICT), id="sliced together"),
    ],
)
def test_one_way(cells: tuple[str, ...]) -> None:
    assert _is_one_way(*cells)


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param((_SPLIT, "X_train = s.transform(X_train)", _FIT, _PREDICT), id="bound anew"),
        pytest.param((_SPLIT, "X_test['a'] = 0", _FIT, _PREDICT), id="column written"),
        pytest.param((_SPLIT, "X_train.loc[m, 'a'] = 0", _FIT, _PREDICT), id="rows written"),
        pytest.param((_SPLIT, "X_train.values[:] = 0", _FIT, _PREDICT), id="values written"),
        pytest.param((_SPLIT, "X_train += 1", _FIT, _PREDICT), id="augmented"),
        pytest.param((_SPLIT, "del X_test['a']", _FIT, _PREDICT), id="column deleted"),
        pytest.param((_SPLIT, "X_train.fillna(0, inplace=True)", _FIT, _PREDICT), id="in place"),
        pytest.param((_SPLIT, "prepare(X_train)", _FIT, _PREDICT), id="handed to a function"),
        pytest.param((_SPLIT, _FIT.replace("X_train", "X_test"), _PREDICT), id="one table"),
        pytest.param((_SPLIT, "part = X_test\npart['a'] = 0", _FIT, _PREDICT), id="an alias"),
        pytest.param((_SPLIT, "a, b = X_train, X_test", _FIT, _PREDICT), id="two aliases"),
        pytest.param((_SPLIT, "model.fit(s.transform(X_train), y)", _PREDICT), id="no name"),
        pytest.param(("X_train = a", "X_test = b", _FIT, _PREDICT), id="two statements"),
        pytest.param((_SPLIT, f"def fit(model):\n    {_FIT}", _PREDICT), id="fitted in a function"),
        pytest.param(
            (_SPLIT, "for part in [X_train, X_test]:\n    part['a'] = 0", _FIT, _PREDICT),
            id="written by another name",
        ),
    ],
)
def test_two_ways(cells: tuple[str, ...]) -> None:
    assert not _is_one_way(*cells)
