"""From new data to a version, or to a reason."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from nb2prod.errors import ArtifactFault, EnvironmentFault
from nb2prod.promote.rolling_back import rollback
from nb2prod.registry.audit import AuditLog
from nb2prod.registry.service_registry import opened_registry
from nb2prod.retrain import recipe
from nb2prod.retrain.options import RetrainOptions
from nb2prod.retrain.recipe import retrain
from nb2prod.runtime.selection import choose_version
from nb2prod.runtime.verifying import verify_version
from nb2prod.train.run import TrainingStopped
from tests.retrain.conftest import Retrain, configure


def _actions(service: Path) -> list[tuple[str, str]]:
    return [(entry.action, entry.version) for entry in AuditLog(service).entries()]


def _everything(service: Path) -> dict[str, bytes]:
    files = (path for path in service.rglob("*") if path.is_file())
    return {path.relative_to(service).as_posix(): path.read_bytes() for path in files}


def test_a_retrained_version_is_one_like_any_other(retrained: Path, tmp_path: Path) -> None:
    manifest = verify_version(retrained / "versions" / "v2")
    first = verify_version(retrained / "versions" / "v1")
    assert (manifest.trained_from, first.trained_from) == ("v1", None)
    assert manifest.run_key != first.run_key
    assert manifest.data[0].sha256 != first.data[0].sha256
    parity = json.loads((retrained / "versions" / "v2" / "parity.json").read_text())
    assert (parity["against"], parity["held_out"]) == ("training", True)
    assert {"features", "batch", "single", "http"} <= parity["checks"].keys()
    assert sum(check["mismatches"] for check in parity["checks"].values()) == 0
    trained = subprocess.run(
        [
            sys.executable,
            "train.py",
            "--config",
            "configs/v2.yaml",
            "--check",
            "--output",
            tmp_path,
        ],
        cwd=retrained,
        capture_output=True,
        text=True,
        check=False,
    )
    assert trained.returncode == 0, trained.stderr
    assert "the same to the bit" in trained.stdout


def test_dvc_trains_with_other_parameters(retrained: Path, tmp_path: Path) -> None:
    service = tmp_path / "plants"
    shutil.copytree(retrained, service)
    stage = yaml.safe_load((service / "dvc.yaml").read_text())["stages"]["train"]
    assert [path for path in stage["deps"] if not (service / path).exists()] == []
    params = yaml.safe_load((service / "params.yaml").read_text())
    assert params == {"parameters": {"regularisation": 1.0, "seed": 7}, "seed": 42}
    assert set(stage["params"]) == params.keys()
    params["parameters"]["regularisation"] = 0.0001
    (service / "params.yaml").write_text(yaml.safe_dump(params))
    command = stage["cmd"].split()[1:]
    subprocess.run([sys.executable, *command], cwd=service, check=True, capture_output=True)
    made = [*stage["outs"], *(name for each in stage["metrics"] for name in each)]
    assert [path for path in made if not (service / path).is_file()] == []
    first = verify_version(service / "versions" / "v2")
    metrics = json.loads((service / "build" / "dvc" / "metrics.json").read_text())["metrics"]
    assert metrics != dict(first.metrics)


def test_the_emitted_workflows_are_some(retrained: Path) -> None:
    found = sorted((retrained / ".github" / "workflows").glob("*.yml"))
    assert [path.name for path in found] == ["plants-ci.yml", "plants-retrain.yml"]
    for path in found:
        content = yaml.safe_load(path.read_text())
        assert all(job["steps"] for job in content["jobs"].values())


def test_it_is_registered_and_nothing_is_promoted(quick: Retrain, service: Path) -> None:
    result = quick()
    assert (result.status, result.version, result.trained_from) == ("built", "v2", "v1")
    assert result.promotion is None
    assert _actions(service) == [("register", "v1"), ("register", "v2")]
    assert result.validation is not None
    assert (result.validation.rows, result.validation.rows_before) == (100, 80)


def test_the_same_data_change_nothing_and_wake_no_registry(
    quick: Retrain, service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick()
    before = _everything(service)

    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("an unchanged retraining needs no registry")

    monkeypatch.setattr("nb2prod.registry.server.open_client", fail)
    result = quick()
    assert (result.status, result.version) == ("unchanged", "v2")
    original = "notebook/data/plants.csv"  # The fixture puts the first table back.
    assert {n: b for n, b in _everything(service).items() if n != original} == {
        n: b for n, b in before.items() if n != original
    }


def test_the_data_of_the_service_itself_are_read_where_none_are_given(
    quick: Retrain, service: Path
) -> None:
    assert quick(data=()).status == "unchanged"
    table = service / "notebook" / "data" / "plants.csv"
    changed = table.read_text() + "12.5,3,1\n"
    table.write_text(changed)
    result = recipe.retrain(service)
    assert (result.status, result.version) == ("built", "v2")
    assert table.read_text() == changed


@pytest.mark.parametrize(
    ("settings", "aliases"),
    [
        pytest.param("", {}, id="never by itself"),
        pytest.param('[retrain]\npromote = "staging"\n', {"staging": "v2"}, id="staging"),
        pytest.param('[retrain]\npromote = "production"\n', {"production": "v2"}, id="production"),
        pytest.param(
            '[retrain]\npromote = "production"\n[governance]\napprovals = 1\n',
            {},
            id="approvals are asked all the same",
        ),
        pytest.param(
            '[retrain]\npromote = "production"\n[governance]\nowners.deployment = ["Ada"]\n',
            {},
            id="owners too",
        ),
        pytest.param(
            '[retrain]\npromote = "production"\n[gates]\nmetrics.accuracy.min = 1.5\n',
            {},
            id="gates too",
        ),
    ],
)
def test_promotion_goes_as_far_as_the_settings_allow(
    settings: str, aliases: dict[str, str], quick: Retrain, service: Path
) -> None:
    configure(service, settings)
    quick()
    with opened_registry(service) as registry:
        assert registry.server.aliases() == aliases


def test_a_rollback_is_not_taken_back_by_the_same_data(quick: Retrain, service: Path) -> None:
    no_champion = "[gates.champion]\nenabled = false\n"  # So few rows are inconclusive.
    configure(service, f'[retrain]\npromote = "production"\n{no_champion}')
    quick(1)
    quick(2)
    assert choose_version(service).name == "v3"
    with opened_registry(service) as registry:
        rollback(registry, None, _governance(), by="Ada", reason="it misbehaves")
    assert quick(2).status == "unchanged"
    assert choose_version(service).name == "v2"


def _governance() -> Any:
    from nb2prod.config import Governance

    return Governance()


@pytest.mark.parametrize(
    "place",
    ["nb2prod.registry.service_registry.create_version", "nb2prod.registry.audit._write_at"],
)
def test_what_was_published_and_not_registered_is_taken_up(
    place: str, quick: Retrain, service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(service, '[retrain]\npromote = "staging"\n')

    def fail(*_: Any, **__: Any) -> None:
        raise EnvironmentFault("the registry is away")

    with monkeypatch.context() as patch:
        patch.setattr(place, fail)
        with pytest.raises(EnvironmentFault, match="is away"):
            quick()
    result = quick()
    assert (result.status, result.version) == ("unchanged", "v2")
    assert result.promotion is not None
    assert result.promotion.status == "promoted"
    assert _actions(service)[-1] == ("promote", "v2")


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        pytest.param(lambda t: t.drop(columns="leaves"), ["`leaves` is gone"], id="column gone"),
        pytest.param(lambda t: t.head(0), ["the table has no rows"], id="no rows"),
        pytest.param(
            lambda t: t.assign(height="tall"),
            ["`height` is category (str) instead of number (float64)"],
            id="another type",
        ),
    ],
)
def test_data_that_do_not_fit_are_refused_and_leave_no_trace(
    change: Any, reasons: Sequence[str], quick: Retrain, service: Path, tmp_path: Path
) -> None:
    table = pd.read_csv(service / "notebook" / "data" / "plants.csv")
    change(table).to_csv(tmp_path / "odd.csv", index=False)
    before = _everything(service)
    result = quick(data=(str(tmp_path / "odd.csv"),))
    assert (result.status, result.exit_code, result.version) == ("refused", 1, None)
    assert list(result.reasons) == list(reasons)
    assert _everything(service) == before


def test_a_guard_of_the_training_script_refuses(
    quick: Retrain, service: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "train.log"
    log.write_text("error: cell 5 line 1 drops rows, and did not\n", encoding="utf-8")

    def stop(*_: Any, **__: Any) -> None:
        raise TrainingStopped(log)

    monkeypatch.setattr("nb2prod.retrain.candidate.train", stop)
    result = quick()
    assert (result.status, result.reasons) == ("refused", ["cell 5 line 1 drops rows, and did not"])
    assert choose_version(service).name == "v1"


def test_two_at_once_make_one_version(service: Path, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text(
        (service / "notebook" / "data" / "plants.csv").read_text() + "9.5,2,0\n"
    )
    options = RetrainOptions(data=(f"plants={tmp_path / 'one.csv'}",))
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(retrain, service, options) for _ in range(2)]
        statuses = sorted(run.result().status for run in runs)
    assert statuses == ["built", "unchanged"]
    assert sorted(path.name for path in (service / "versions").glob("v*")) == ["v1", "v2"]


def test_a_training_script_of_the_users_own_is_another_input(quick: Retrain, service: Path) -> None:
    first = quick()
    script = service / "train.py"
    script.write_text(script.read_text() + "# ours\n")
    second = quick()
    assert (second.status, second.version) == ("built", "v3")
    assert second.run_key != first.run_key
    assert second.validation is not None
    assert "script" in {finding.what for finding in second.validation.findings}
    assert script.read_text().endswith("# ours\n")


def test_settings_that_the_user_wrote_stay(quick: Retrain, service: Path) -> None:
    configure(service, "# ours\n[gates]\nmetrics.accuracy.min = 0.1\n")
    before = (service / "nb2prod.toml").read_text()
    assert list(quick().conflicts) == []
    assert (service / "nb2prod.toml").read_text() == before


@pytest.mark.parametrize(
    ("old", "new"),
    [("regularisation: 1.0", "regularisation: 9.0"), ("seed: 42", "seed: 1")],
)
def test_an_edited_snapshot_is_found(old: str, new: str, quick: Retrain, service: Path) -> None:
    path = service / "configs" / "v1.yaml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(ArtifactFault, match="is not what the version was trained with"):
        quick()


def test_what_serves_is_trained_again(quick: Retrain, service: Path) -> None:
    configure(service, '[retrain]\npromote = "production"\n')
    quick(1)
    configure(service, "[gates]\nmetrics.accuracy.min = 1.5\n")
    held_back = quick(2)
    assert (held_back.status, held_back.trained_from, held_back.version) == (
        "gate_failed",
        "v2",
        "v3",
    )
    assert quick(3).trained_from == "v2"
    assert quick(4, version="v1").trained_from == "v1"


@pytest.mark.slow
def test_with_the_notebook_it_is_a_build_on_the_new_data(
    service: Path, first_service: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from nb2prod.retrain.options import RetrainOptions
    from tests.retrain.conftest import more_rows

    monkeypatch.undo()
    new = more_rows(service, tmp_path / "new.csv")
    configure(service, "[registry]\nenabled = false\n")
    options = RetrainOptions(data=(str(new),), with_notebook=True)
    result = recipe.retrain(service, options)
    assert (result.status, result.version) == ("built", "v2")
    parity = json.loads((service / "versions" / "v2" / "parity.json").read_text())
    assert (parity["against"], parity["checks"]["metrics"]["mismatches"]) == ("notebook", 0)
    assert result.validation is not None
