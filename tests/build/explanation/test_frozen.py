"""What is told of the fitted state of small notebooks that were really run."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2prod.build.explanation import FrozenValue
from nb2prod.build.explanation.frozen import frozen_values
from nb2prod.compile.emit import emit
from nb2prod.compile.leaking.finding import find_leaks
from nb2prod.compile.plan import Plan
from nb2prod.compile.specialise import specialise
from nb2prod.notebook import read
from tests.corpus.harness import place_tables, record
from tests.corpus.percent import completed

_HEAD = """\
# %% features
X, y = df[["age", "income", "visits"]].fillna(1.0), df["bought"]
{before}
# %% split
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)
# %% features
{after}
# %% train
model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X_train, y_train)
# %% evaluate
accuracy = accuracy_score(y_test, model.predict(X_test))
"""
_SCALED = "X_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)"
_FILLED = "X_train['age'] = X_train['age'] / age_mean\nX_test['age'] = X_test['age'] / age_mean"
_IMPORT = "from sklearn.preprocessing import StandardScaler\n"
_MEAN = "age_mean = {}['age'].mean()\n"
_LOOP = "for c in ['age', 'income']:\n    X[c] = X[c] / X[c].max()"


def _frozen(folder: Path, before: str, after: str) -> list[FrozenValue]:
    source = completed("small", _HEAD.format(before=before, after=after))
    place_tables(source, folder)
    notebook = read(source.write(folder))
    recording = record(notebook, folder)
    plan = specialise(notebook, recording)
    assert isinstance(plan, Plan)
    leaks = find_leaks(notebook, recording, plan)
    emitted = emit(plan, "small.ipynb")
    return frozen_values(notebook, plan.notes, plan.states, emitted, recording, leaks)


@pytest.mark.parametrize(
    ("before", "after", "leaks"),
    [
        (_MEAN.format("X"), _FILLED, True),
        ("", _MEAN.format("X_train") + _FILLED, False),
        (_IMPORT + "scaler = StandardScaler()", _SCALED, False),
        (_IMPORT + "scaler = StandardScaler()\nX = scaler.fit_transform(X)", "", True),
        (_LOOP, "", True),
    ],
    ids=["named before", "named after", "made before, fitted after", "fitted before", "in a loop"],
)
def test_what_saw_held_out_rows_is_a_leak(
    before: str, after: str, leaks: bool, tmp_path: Path
) -> None:
    (found,) = _frozen(tmp_path, before, after)
    assert (0 < found.held_out_rows < found.rows) == leaks
    assert bool(found.leak) == leaks
    assert found.filled
    assert found.used


def test_a_name_has_the_value_that_it_was_bound_to(tmp_path: Path) -> None:
    (found,) = _frozen(tmp_path, "", _MEAN.format("X_train") + _FILLED)
    assert (found.expression, found.cell) == ("age_mean", 5)
    assert 20.0 < float(found.value) < 80.0


def test_in_a_loop_each_round_has_its_value(tmp_path: Path) -> None:
    (found,) = _frozen(tmp_path, _LOOP, "")
    assert found.keys == ("c",)
    assert [part.partition(":")[0] for part in found.value.split(", ")] == ['"age"', '"income"']
