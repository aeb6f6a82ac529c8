"""A version that is made again by its service's own script, and what is said where it differs."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from nb2prod.__main__ import main
from nb2prod.build import BuildOptions, build
from nb2prod.errors import ArtifactFault, EnvironmentFault
from nb2prod.prove.remaking.verify import verify
from nb2prod.runtime.digests import digest_file, digest_tree
from tests.build.project import write_project


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the service of a real build. Do not change it."""
    folder = tmp_path_factory.mktemp("verified")
    result = build(write_project(folder / "project"), BuildOptions(output=folder / "services"))
    assert result.status == "built"
    return folder / "services" / "plants"


@pytest.fixture
def service(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "plants")
    return tmp_path / "plants"


def _files(folder: Path) -> dict[str, str]:
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return digest_tree(folder, names)


def _silent(text: str) -> None:
    """Tell nobody."""


def test_a_version_is_made_again_to_the_bit(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _files(built)
    assert main(["verify", str(built), "--here", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "same"
    assert told["artifact_digest"]["made"] == told["artifact_digest"]["stored"]
    names = ["model files", "golden rows", "held-out rows", "metrics", "frozen statistics"]
    assert [check["name"] for check in told["checks"]] == names
    assert all(check["is_same"] for check in told["checks"])
    assert told["environment"]["kind"] == "here"
    assert _files(built) == before


def test_other_data_are_the_cause_and_the_statistic_has_its_place(
    service: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = service / "notebook" / "data" / "plants.csv"
    data.write_text(data.read_text().replace("12.5,", "13.5,", 1))
    assert main(["verify", str(service), "v1", "--here"]) == 1
    shown = capsys.readouterr().out
    assert "differs   model files" in shown
    assert "cause     data               data/plants.csv is another file" in shown
    assert "height_mean (cell 5, line 1)" in shown
    assert f"differs: {service} v1, made again in this environment, is another model" in shown


def test_edited_settings_are_the_cause(service: Path) -> None:
    config = service / "configs" / "v1.yaml"
    settings = yaml.safe_load(config.read_text())
    settings["parameters"]["regularisation"] = 0.01
    config.write_text(yaml.safe_dump(settings))
    found = verify(service, "v1", here=True, tell=_silent)
    assert found.status == "differs"
    assert [cause.kind for cause in found.causes] == ["settings"]
    assert "regularisation': 0.01" in found.causes[0].said
    changed = {one.subject: one.said for one in found.differences}
    assert changed["C"] == "1 became 0.01"


@pytest.mark.slow
def test_a_package_of_another_digest_is_not_installed(service: Path) -> None:
    assert main(["lock", str(service)]) == 0
    path = service / "reports" / "v1" / "requirements-train.hashes.txt"
    path.write_text(re.sub("sha256:[0-9a-f]{8}", "sha256:00000000", path.read_text()))
    with pytest.raises(EnvironmentFault, match="cannot be installed"):
        verify(service, "v1", here=False, tell=_silent)


@pytest.mark.parametrize(
    ("lost", "hint"),
    [
        ("train.py", "git checkout -- train.py"),
        ("configs/v1.yaml", "git checkout -- configs/v1.yaml"),
        ("notebook/data/plants.csv", "restore it"),
    ],
)
def test_what_is_missing_is_named(lost: str, hint: str, service: Path) -> None:
    (service / lost).unlink()
    with pytest.raises(EnvironmentFault, match=Path(lost).name) as caught:
        verify(service, "v1", here=True, tell=_silent)
    assert hint in str(caught.value.hint)


def test_data_that_dvc_tracks_are_to_be_pulled(service: Path) -> None:
    data = service / "notebook" / "data" / "plants.csv"
    data.rename(data.with_name("plants.csv.dvc"))
    with pytest.raises(EnvironmentFault) as caught:
        verify(service, "v1", here=True, tell=_silent)
    assert caught.value.hint == "dvc pull"


def test_a_version_that_was_changed_is_not_made_again(service: Path) -> None:
    code = service / "versions" / "v1" / "code" / "train.py"
    code.chmod(0o644)
    code.write_text(code.read_text() + "\n")
    with pytest.raises(ArtifactFault, match="was changed after the version was built"):
        verify(service, "v1", here=True, tell=_silent)


def test_training_that_stops_is_told_with_its_cause(service: Path) -> None:
    data = service / "notebook" / "data" / "plants.csv"
    data.write_text("height,leaves\n1.0,2\n")
    found = verify(service, "v1", here=True, tell=_silent)
    assert (found.status, found.made) == ("differs", None)
    assert [check.name for check in found.checks] == ["training"]
    assert "flowers" in found.checks[0].said
    assert [cause.kind for cause in found.causes] == ["data"]


Git = Callable[..., None]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "no-config"))
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")

    def run(*arguments: str) -> None:
        subprocess.run(["git", *arguments], check=True, capture_output=True)

    return run


def test_a_fresh_clone_trains_the_same_model(service: Path, git: Git, tmp_path: Path) -> None:
    git("init", "--quiet", str(service))
    git("-C", str(service), "add", "--all")
    git("-C", str(service), "commit", "--quiet", "-m", "Add the first version")
    git("clone", "--quiet", str(service), str(tmp_path / "clone"))
    command = [sys.executable, "train.py", "--config", "configs/v1.yaml", "--check"]
    done = subprocess.run(
        command, cwd=tmp_path / "clone", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "pipeline.joblib is the same to the bit" in done.stdout
    made = tmp_path / "clone" / "build" / "v1" / "pipeline.joblib"
    assert digest_file(made) == digest_file(service / "versions" / "v1" / "pipeline.joblib")


@pytest.mark.slow
@pytest.mark.parametrize("is_hashed", [False, True])
def test_a_fresh_environment_gives_the_same_bits(service: Path, is_hashed: bool) -> None:
    if is_hashed:
        assert main(["lock", str(service)]) == 0
    found = verify(service, "v1", here=False, tell=_silent)
    assert (found.status, found.is_fresh) == ("same", True)
    assert found.made == found.stored
    assert [cause.kind for cause in found.causes] == []
