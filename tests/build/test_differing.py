"""Where a notebook is another one in every run, the build names the call that makes it so."""

from pathlib import Path

import pytest

from nb2prod.build import BuildOptions, build
from tests.build.project import CELLS, write_project

_TRAIN = """\
from sklearn.tree import DecisionTreeClassifier
rng = np.random.default_rng()
weights = rng.random(len(y_train)) ** 8
model = DecisionTreeClassifier(max_depth=2, random_state=0)
model.fit(X_train, y_train, sample_weight=weights)"""


def _cells(evaluate: str) -> tuple[tuple[str, ...], ...]:
    return (*CELLS[:-2], (_TRAIN, "train"), (evaluate, "evaluate"))


@pytest.mark.parametrize(
    ("evaluate", "status", "said"),
    [
        pytest.param(
            "predictions = model.predict(X_test)\ntotal = weights.sum()",
            "refused",
            "`total` is ",
            id="another-metric",
        ),
        pytest.param(
            "predictions = model.predict(X_test)\nrows = len(predictions) + 0 * len(weights)",
            "unproved",
            "the model is another one in every run",
            marks=pytest.mark.slow,
            id="equal-by-chance",
        ),
    ],
)
def test_the_call_is_named(evaluate: str, status: str, said: str, tmp_path: Path) -> None:
    notebook = write_project(tmp_path / "project", _cells(evaluate))
    result = build(notebook, BuildOptions(output=tmp_path / "services"))
    assert result.status == status
    found = next(d for d in result.diagnostics if d.code == "NBC301")
    assert found.message.startswith(said)
    assert "`np.random.default_rng()` gave something else each time" in found.message
    assert (found.cell, found.line, found.column) == (7, 2, 7)
    assert found.hint == "give it a seed, as in `np.random.default_rng(42)`"
