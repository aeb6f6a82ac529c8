"""Two traced runs with one seed show which call is not repeatable, and none where every one is."""

from pathlib import Path

import pytest

from nb2prod.execute.diverging import diverging
from nb2prod.execute.recorder.settings import recorder_settings
from nb2prod.execute.recorder.tracing import TraceSession
from nb2prod.notebook import read
from tests.corpus.conftest import SOURCES
from tests.corpus.harness import place_tables
from tests.corpus.percent import completed
from tests.corpus.shell import fresh_shell, quietly, run_cell, seed_everything

_NOTEBOOK = """\
# %%
import os, random, time, uuid
# %% features
X = df[["age", "income", "visits"]].fillna(0)
y = df["bought"]
# %% split
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)
# %% train
{drawing}
model = DecisionTreeClassifier(random_state=0).fit(X_train, y_train, sample_weight=weights)
# %% evaluate
acc = accuracy_score(y_test, model.predict(X_test))
"""


def _traced(text: str, folder: Path) -> list[tuple[int, str]]:
    """Trace a notebook twice; return cell and code of the calls that differ."""
    source = completed("drawn", text)
    place_tables(source, folder)
    notebook = read(source.write(folder))
    traces = [folder / "1.json", folder / "2.json"]
    for trace in traces:
        with fresh_shell() as shell, quietly(folder):
            seed_everything()
            settings = recorder_settings(notebook, folder) | {"trace": str(trace)}
            session = TraceSession(shell, settings)
            session.install()
            for cell in notebook.executed_cells:
                run_cell(shell, cell.source)
            session.finish()
    return [
        (one.cell, _code(notebook.cell(one.cell).source, one.span)) for one in diverging(*traces)
    ]


def _code(source: str, span: tuple[int, int, int, int]) -> str:
    lines = source.split("\n")[span[0] - 1 : span[2]]
    lines[-1] = lines[-1][: span[3]]
    return "\n".join(lines)[span[1] :]


@pytest.mark.parametrize(
    ("drawing", "named"),
    [
        pytest.param(
            "rng = np.random.default_rng()\nweights = rng.random(len(y_train))",
            "np.random.default_rng()",
            id="generator",
        ),
        pytest.param(
            "weights = np.array(list(os.urandom(len(y_train)))) + 1.0",
            "os.urandom(len(y_train))",
            id="urandom",
        ),
        pytest.param(
            "weights = [random.SystemRandom().random() for _ in y_train]",
            "random.SystemRandom().random()",
            id="system",
        ),
        pytest.param(
            "weights = np.random.RandomState(uuid.uuid4().int % 99991).rand(len(y_train))",
            "uuid.uuid4().int",
            id="uuid",
        ),
        pytest.param(
            "def draws(n):\n    return np.random.default_rng().random(n)\n"
            "weights = draws(len(y_train))",
            "np.random.default_rng()",
            id="helper",
        ),
        pytest.param(
            "random.seed(time.perf_counter())\nweights = [random.random() for _ in y_train]",
            "time.perf_counter()",
            id="clock",
        ),
    ],
)
def test_the_call_is_named(drawing: str, named: str, tmp_path: Path) -> None:
    assert _traced(_NOTEBOOK.format(drawing=drawing), tmp_path)[0] == (6, named)


@pytest.mark.parametrize(
    "drawing",
    [
        pytest.param("weights = np.random.rand(len(y_train))", id="numpy"),
        pytest.param("weights = [random.random() for _ in y_train]", id="python"),
        pytest.param(
            "weights = [len(c) for c in set(map(str, y_train)) for _ in y_train][:len(y_train)]",
            id="set",
        ),
    ],
)
def test_seeded_draws_repeat(drawing: str, tmp_path: Path) -> None:
    assert _traced(_NOTEBOOK.format(drawing=drawing), tmp_path) == []


@pytest.mark.parametrize("name", ["gridsearch", "mlp", "refit_best_params", "stacking"])
def test_repeatable_notebooks_differ_nowhere(name: str, tmp_path: Path) -> None:
    assert _traced(SOURCES[name].text, tmp_path) == []
