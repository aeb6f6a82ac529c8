import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import nb2prod
from nb2prod.__main__ import main
from nb2prod.build import BuildOptions, BuildResult, build, candidate
from nb2prod.build.workshop import write_code
from nb2prod.compile.emit import Emitted
from nb2prod.prove.equality import Comparison
from nb2prod.prove.proof import Proof
from nb2prod.runtime.policy import DomainPolicy, read_policy
from nb2prod.runtime.predictor import Predictor
from nb2prod.train import TrainingFailed, train
from tests.build.conftest import FirstBuild, Noting, QuickBuild
from tests.build.project import NO_REGISTRY
from tests.execute.conftest import write_cells

FALLBACK = f'domain = "fallback"\nfallback = 0\n\n{NO_REGISTRY.replace("tool.nb2prod.", "")}'


def test_a_build_goes_all_the_way(first_build: FirstBuild) -> None:
    result = first_build.result
    assert result.status == "built"
    assert [name for name, _ in first_build.steps] == [
        "lint",
        "execute",
        "compile",
        "leaks",
        "train",
        "prove",
        "gate",
        "package",
        "report",
        "register",
    ]
    assert all(said for _, said in first_build.steps)
    assert result.version == "v1"
    assert result.metrics.keys() == {"accuracy"}
    assert list(result.seconds) == [name for name, _ in first_build.steps]


def test_a_build_writes_report_and_card(first_build: FirstBuild) -> None:
    assert first_build.result.service is not None
    folder = first_build.result.service / "reports" / "v1"
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "recorded in" in page
    assert "versions/v1" in page
    assert str(first_build.output) not in page
    assert "cell 5 to cell 6: df" in page
    card = (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert card.startswith("# Model card: plants v1\n")
    assert (folder / "model_card.html").is_file()
    assert "accuracy = " in (folder / "executed.ipynb").read_text(encoding="utf-8")


def test_the_executed_notebook_is_shown_where_somebody_asks(
    first_build: FirstBuild, tmp_path: Path
) -> None:
    assert first_build.result.service is not None
    service = tmp_path / "plants"
    shutil.copytree(first_build.result.service, service)
    assert main(["report", str(service)]) == 0
    page = (service / "reports" / "v1" / "notebook.html").read_text(encoding="utf-8")
    assert "LogisticRegression" in page
    assert "_nb2prod" not in page


def test_a_report_that_cannot_be_written_ends_no_build(
    quick_build: QuickBuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the notebook's own code")

    monkeypatch.setattr("nb2prod.build.telling.gather", fail)
    steps = Noting()
    result = quick_build(reporter=steps)
    assert result.status == "built"
    said = dict(steps.steps)["report"]
    assert said == "not written: the notebook's own code; nb2prod report tries again"


def test_the_parity_of_a_built_version_counts_no_mismatch(first_build: FirstBuild) -> None:
    parity = dict(first_build.result.parity)
    assert parity.pop("rows") == 20
    assert parity.keys() >= {"metrics", "features", "batch", "shuffled", "single", "http"}
    assert {kind: each["mismatches"] for kind, each in parity.items()} == dict.fromkeys(parity, 0)
    assert all(each["rows"] > 0 for each in parity.values())


def test_a_built_version_opens_and_predicts(first_build: FirstBuild) -> None:
    assert first_build.result.service is not None
    version = nb2prod.load(first_build.result.service)  # type: ignore[operator]  # a lazy public name
    golden = json.loads((version.folder / "golden.json").read_text())["rows"]
    assert len(golden) == 20
    assert version.manifest.artifact_digest == first_build.result.artifact_digest


def test_the_row_kernel_answers_as_the_pipeline_does(first_build: FirstBuild) -> None:
    assert first_build.result.service is not None
    version = nb2prod.load(first_build.result.service)  # type: ignore[operator]  # a lazy public name
    assert version.manifest.kernel["rows"] > 100
    golden = json.loads((version.folder / "golden.json").read_text())["rows"]
    predictor = Predictor(version)
    for row in golden:
        (answer,) = predictor.predict([row["record"]])
        at_once = predictor.answer_at_once(predictor.check(row["record"]))
        assert at_once is not None
        assert at_once.prediction == answer.prediction == row["prediction"]
        assert at_once.probabilities == pytest.approx(answer.probabilities, rel=1e-9)
    unknown = predictor.check({**golden[0]["record"], "leaves": 10_000})
    assert unknown.warnings
    assert predictor.answer_at_once(unknown) is None


def test_the_json_of_a_build_is_the_contract(first_build: FirstBuild) -> None:
    content = json.loads(json.dumps(first_build.result.as_json(), allow_nan=False))
    assert content.keys() >= {
        "status",
        "service",
        "version",
        "run_key",
        "artifact_digest",
        "metrics",
        "parity",
        "diagnostics",
        "gates",
        "seconds",
    }


def test_a_second_build_is_unchanged_and_runs_nothing(
    first_build: FirstBuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    def runs(*_: object) -> None:
        pytest.fail("the notebook was executed")

    monkeypatch.setattr("nb2prod.build.running.run", runs)
    again = build(first_build.notebook, BuildOptions(output=first_build.output))
    first = first_build.result
    assert again.status == "unchanged"
    assert (again.version, again.run_key, again.artifact_digest) == (
        first.version,
        first.run_key,
        first.artifact_digest,
    )
    assert again.metrics == first.metrics
    assert again.parity == first.parity


_MODULES_OF_A_BUILD = """
import sys
from nb2prod.__main__ import main
code = main(sys.argv[1:])
heavy = {"IPython", "fastapi", "joblib", "mlflow", "nbformat", "numpy", "pandas", "papermill", "rich", "sklearn"}
print(code, sorted(heavy & sys.modules.keys()))
"""


def test_an_unchanged_build_imports_nothing_heavy(first_build: FirstBuild) -> None:
    arguments = ["build", str(first_build.notebook), "-o", str(first_build.output)]
    done = subprocess.run(
        [sys.executable, "-c", _MODULES_OF_A_BUILD, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "unchanged: " in done.stdout
    assert done.stdout.splitlines()[-1] == "0 []"


Change = Callable[[Path], None]


def _touch_data(folder: Path) -> None:
    with (folder / "project" / "data" / "plants.csv").open("a") as stream:
        stream.write("12.5,3,1\n")


def _touch_version(folder: Path) -> None:
    path = folder / "services" / "plants" / "versions" / "v1" / "fitted.json"
    path.chmod(0o644)
    path.write_text("[]")


def _remove_application(folder: Path) -> None:
    shutil.rmtree(folder / "services" / "plants" / "app")


def _remove_note(folder: Path) -> None:
    (folder / "services" / "plants" / "state" / "builds.json").unlink()


def _break_note(folder: Path) -> None:
    (folder / "services" / "plants" / "state" / "builds.json").write_text("[")


def _add_module(folder: Path) -> None:
    (folder / "project" / "mine.py").write_text("ONE = 1\n")


@pytest.mark.parametrize(
    ("change", "status", "versions"),
    [
        (_touch_data, "built", ["v1", "v2"]),
        (_touch_version, "unchanged", ["v1"]),
        (_remove_application, "unchanged", ["v1"]),
        (_remove_note, "unchanged", ["v1"]),
        (_break_note, "unchanged", ["v1"]),
        (_add_module, "unchanged", ["v1"]),
    ],
    ids=["data", "version's file", "application", "note", "broken note", "module"],
)
def test_what_makes_a_build_run_the_notebook_again(
    change: Change,
    status: str,
    versions: list[str],
    quick_build: QuickBuild,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quick_build()
    change(tmp_path)
    executed: list[str] = []
    run = candidate.make_candidate

    def noted(*arguments: Any) -> Any:
        executed.append("yes")
        return run(*arguments)

    monkeypatch.setattr(candidate, "make_candidate", noted)
    result = quick_build()
    assert (executed, result.status) == (["yes"], status)
    assert _versions(tmp_path) == versions
    assert (tmp_path / "services" / "plants" / "app" / "main.py").is_file()


def test_another_policy_changes_the_service_and_no_version(
    quick_build: QuickBuild, tmp_path: Path
) -> None:
    quick_build()
    settings = tmp_path / "services" / "plants" / "nb2prod.toml"
    assert 'domain = "flag"' in settings.read_text()
    (tmp_path / "project" / "nb2prod.toml").write_text(FALLBACK)
    result = quick_build()
    assert (result.status, result.conflicts, _versions(tmp_path)) == ("unchanged", (), ["v1"])
    assert read_policy(settings.parent) == DomainPolicy("fallback", 0)


def test_a_policy_that_the_operator_changed_stays(quick_build: QuickBuild, tmp_path: Path) -> None:
    quick_build()
    settings = tmp_path / "services" / "plants" / "nb2prod.toml"
    settings.write_text('domain = "reject"\n')
    (tmp_path / "project" / "nb2prod.toml").write_text(FALLBACK)
    result = quick_build()
    assert (result.status, result.conflicts) == ("unchanged", ("nb2prod.toml",))
    assert settings.read_text() == 'domain = "reject"\n'
    assert "fallback = 0" in settings.with_name("nb2prod.toml.new").read_text()


@pytest.mark.parametrize(
    "options",
    [{"seed": 43}, {"parameters_text": (("regularisation", "0.5"),)}, {"name": "shrubs"}],
    ids=["seed", "parameter", "name"],
)
def test_other_settings_are_another_version(
    options: dict[str, object], quick_build: QuickBuild, tmp_path: Path
) -> None:
    first = quick_build()
    other = quick_build(**options)
    assert other.status == "built"
    assert (other.service, other.version) != (first.service, first.version)


def _differing(*arguments: Any) -> Proof:
    wrong = Comparison(20, 3, first="column 'height': 1.0 instead of 2.0", row=4)
    blame = {"single": {"file": "features.py", "line": 14, "name": "df", "difference": "1 not 2"}}
    return Proof(arguments[2], {"metrics": Comparison(1, 0), "single": wrong}, blame)


def test_an_unproved_version_is_kept_aside_and_never_published(
    quick_build: QuickBuild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidate, "prove", _differing)
    result = quick_build()
    assert (result.status, result.exit_code, result.version) == ("unproved", 1, None)
    assert _versions(tmp_path) == []
    assert result.evidence is not None
    assert (result.evidence / "pipeline.joblib").is_file()
    (found,) = [found for found in result.diagnostics if found.code == "NBC401"]
    assert "3 of 20 rows differ" in found.message
    assert (found.cell, found.line) != (None, None)
    assert quick_build().status == "unproved"


@pytest.mark.parametrize(
    ("file", "raised", "where"),
    [
        ("features.py", "ValueError('odd')", "features"),
        ("train.py", "KeyError('odd')", "train"),
        ("train.py", "BehaviourChanged('odd')", "stopped"),
        ("train.py", "MemoryError('odd')", "machine"),
    ],
)
def test_a_script_that_raises_is_a_finding_at_its_statement(
    file: str, raised: str, where: str, quick_build: QuickBuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_wrongly(version: Path, emitted: Emitted) -> None:
        write_code(version, emitted)
        path = version / "code" / file
        lines = path.read_text(encoding="utf-8").splitlines()
        last = max(n for n, line in enumerate(lines) if line.startswith("    return"))
        lines.insert(last, f"    from .pipeline import BehaviourChanged; raise {raised}")
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    monkeypatch.setattr(candidate, "train", train)
    monkeypatch.setattr(candidate, "write_code", write_wrongly)
    if where == "machine":
        with pytest.raises(TrainingFailed, match="failed") as failed:
            quick_build()
        assert "odd" in str(failed.value.why)
        return
    result = quick_build()
    assert (result.status, result.exit_code, result.version) == ("refused", 1, None)
    (found,) = [found for found in result.diagnostics if found.code == "NBC402"]
    assert "odd" in found.message
    assert ((found.cell, found.line) == (None, None)) is (where == "stopped")


def test_a_full_proof_is_made_of_a_version_that_exists(
    quick_build: QuickBuild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick_build()
    rows: list[int] = []
    prove = vars(candidate)["prove"]

    def noted(*arguments: Any) -> Proof:
        rows.append(len(arguments[3]["rows"]))
        proof: Proof = prove(*arguments)
        return proof

    monkeypatch.setattr(candidate, "prove", noted)
    assert quick_build(prove="full").status == "unchanged"
    assert rows == [20]
    monkeypatch.setattr(candidate, "prove", _differing)
    assert quick_build(prove="full").status == "unchanged"
    (tmp_path / "services" / "plants" / "state" / "builds.json").unlink()
    assert quick_build(prove="full").status == "unproved"
    assert _versions(tmp_path) == ["v1"]


def test_warnings_stop_a_strict_build(
    quick_build: QuickBuild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nb2prod.build import running

    run = running.run

    def fitted_on(*arguments: Any) -> Any:
        runs = run(*arguments)
        assert runs.recording.scored is not None
        scored = replace(runs.recording.scored, is_held_out=False, held_out_rows=0)
        return replace(runs, recording=replace(runs.recording, scored=scored))

    monkeypatch.setattr(running, "run", fitted_on)
    refused = quick_build(strict=True)
    assert (refused.status, [d.code for d in refused.diagnostics]) == ("refused", ["NBC501"])
    assert not (tmp_path / "services").exists()
    assert quick_build().status == "built"


def test_a_table_that_no_request_can_carry_is_refused(
    quick_build: QuickBuild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nb2prod.artifact.schema import SchemaRefused
    from nb2prod.build import drafting

    def refuse(*_: object) -> None:
        raise SchemaRefused("a column is named 7", why="fields are texts", hint="rename it")

    monkeypatch.setattr(drafting, "describe", refuse)
    result = quick_build()
    (found,) = result.diagnostics
    assert (result.status, result.exit_code) == ("refused", 1)
    assert (found.code, found.cell, found.hint) == ("NBC210", 4, "rename it")
    assert not (tmp_path / "services").exists()


def test_lint_refuses_without_running(tmp_path: Path) -> None:
    notebook = write_cells(tmp_path / "n.ipynb", ("df = load_it()", "load"), ("df.x", "train"))
    result = build(notebook, BuildOptions(output=tmp_path / "services"))
    assert (result.status, list(result.seconds)) == ("refused", ["lint"])
    assert "NBH001" in [found.code for found in result.diagnostics]
    assert not (tmp_path / "services").exists()


def test_the_public_function_is_the_build(first_build: FirstBuild) -> None:
    again = nb2prod.build(first_build.notebook, BuildOptions(output=first_build.output))  # type: ignore[operator]  # a lazy public name
    assert isinstance(again, BuildResult)
    assert again.status == "unchanged"


def _versions(folder: Path) -> list[str]:
    versions = folder / "services" / "plants" / "versions"
    return sorted(p.name for p in versions.glob("v*")) if versions.is_dir() else []
