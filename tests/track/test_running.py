"""What a run leaves, what MLflow gets of it, and how a build takes it up."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from nb2prod.__main__ import main
from nb2prod.errors import UsageError
from nb2prod.notebook import read
from nb2prod.registry.address import URI_VARIABLE
from nb2prod.track.choosing import run_of
from nb2prod.track.nesting import CONTEXT_VARIABLE
from nb2prod.track.pending import log_pending
from nb2prod.track.store import EXECUTED_NAME, folders_of, keep, make_folder, read_record
from tests.execute.conftest import write_cells
from tests.track.records import record

CELLS = (
    ("n = 1\nkind = 'tree'", "parameters"),
    ("rows = open('rows.txt').read()", "load"),
    (
        "score = 1 / n\nscores = {'low': n, 'no': 'text'}\nodd = float('nan')\nyes = True",
        "evaluate",
    ),
)


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(URI_VARIABLE, raising=False)
    (tmp_path / "rows.txt").write_text("1 2 3")
    return write_cells(Path("trees.ipynb"), *CELLS)


def _output(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(arguments)
    return code, capsys.readouterr().out


def test_a_sweep_is_kept_compared_and_built_from(
    notebook: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = _output(capsys, "run", "trees.ipynb", "--grid", "n=2,0", "-p", "kind", "bush")
    assert code == 1
    assert "trees.ipynb ran 2 times, 1 of them failed" in said
    assert "kind=bush n=0  failed: trees.ipynb:cell 3:1:" in said
    assert "ZeroDivisionError: division by zero" in said
    good, bad = sorted((read_record(f) for f in folders_of(Path("runs"), "trees")), key=_failed)
    assert good.metrics == {"score": 0.5, "scores.low": 2, "odd": None}
    assert good.parameters == {"n": 2, "kind": "bush"}
    assert [(one["path"], one["bytes"]) for one in good.data] == [("rows.txt", 5)]
    assert (bad.metrics, bad.status, bad.sweep) == ({}, "failed", good.sweep)
    assert all((folder / EXECUTED_NAME).is_file() for folder in folders_of(Path("runs"), "trees"))

    code, said = _output(capsys, "runs", "trees", "--sort", "score")
    lines = said.splitlines()
    assert lines[0].split() == ["run", "status", "n", "odd", "score", "scores.low", "seconds"]
    assert lines[1].startswith(good.id)
    code, said = _output(capsys, "runs", "trees.ipynb", "--format", "json")
    assert (code, len(json.loads(said)["runs"])) == (0, 2)
    assert main(["runs", "trees", "--format", "html", "-o", "page.html"]) == 0
    page = Path("page.html").read_text()
    assert good.id in page
    assert "http" not in page.replace("http://www.w3.org", "")

    source = read("trees.ipynb")
    assert run_of(source, good.id) == good
    with pytest.raises(UsageError, match="failed"):
        run_of(source, bad.id)
    taken: list[Any] = []

    def take(*arguments: Any, as_json: bool) -> int:
        taken.extend(arguments)
        return 0

    monkeypatch.setattr("nb2prod.cli.building.run_build", take)
    assert main(["build", "trees.ipynb", "--from-run", good.id]) == 0
    assert (taken[1].parameters, taken[1].seed) == ({"n": 2, "kind": "bush"}, good.seed)
    write_cells(notebook, *CELLS, "print(1)")
    with pytest.raises(UsageError, match="is not what run"):
        run_of(read("trees.ipynb"), good.id)


def _failed(one: Any) -> bool:
    return bool(one.status == "failed")


def test_a_notebook_that_logs_by_itself_makes_children_of_our_run(
    tmp_path: Path, migrated_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(URI_VARIABLE, raising=False)
    monkeypatch.setenv(CONTEXT_VARIABLE, '{"team": "birds"}')
    Path("runs").mkdir()
    shutil.copyfile(migrated_database, "runs/mlflow.db")
    body = "with mlflow.start_run(run_name='mine'):\n    mlflow.log_metric('inner', 0.5)\nouter = 1"
    write_cells(Path("n.ipynb"), ("import mlflow", "imports"), (body, "evaluate"))
    assert main(["run", "n.ipynb"]) == 0
    (folder,) = folders_of(Path("runs"), "n")
    made = read_record(folder)
    assert made.mlflow is not None
    client = _client(made.mlflow["uri"])
    (experiment,) = [one for one in client.search_experiments() if one.name == "n"]
    runs = {one.info.run_name: one for one in client.search_runs([experiment.experiment_id])}
    ours, mine = runs[f"n {made.id}"], runs["mine"]
    assert ours.info.run_id == made.mlflow["run_id"]
    assert (ours.info.status, ours.data.metrics) == ("FINISHED", {"outer": 1.0})
    assert mine.data.tags["mlflow.parentRunId"] == ours.info.run_id
    assert mine.data.tags["team"] == "birds"
    assert mine.data.metrics == {"inner": 0.5}


def test_what_is_pending_is_logged_once(
    tmp_path: Path, migrated_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = tmp_path / "runs"
    data = ({"path": "a.csv", "sha256": "sha256:" + "1" * 64, "bytes": 3},)
    for made in (record(1, data=data), record(2, status="failed", metrics={}, error="why")):
        folder = make_folder(runs, "plants", made.id)
        keep(folder, made)
        (folder / EXECUTED_NAME).write_text("{}")
    database = tmp_path / "server.db"
    shutil.copyfile(migrated_database, database)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(URI_VARIABLE, f"sqlite:///{database}")
    assert log_pending(runs, "plants") == 2
    assert log_pending(runs, "plants") == 0
    client = _client(f"sqlite:///{database}")
    (experiment,) = [one for one in client.search_experiments() if one.name == "plants"]
    found = {one.info.run_name[-6:]: one for one in client.search_runs([experiment.experiment_id])}
    assert {run.info.status for run in found.values()} == {"FINISHED", "FAILED"}
    (good,) = [run for run in found.values() if run.info.status == "FINISHED"]
    assert good.data.metrics == {"accuracy": 0.1}
    assert [one.dataset.name for one in good.inputs.dataset_inputs] == ["a.csv"]


def _client(uri: str) -> Any:
    from mlflow import MlflowClient

    return MlflowClient(uri)
