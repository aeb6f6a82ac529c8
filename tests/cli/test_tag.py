"""`nb2prod tag`."""

import json
import stat
from pathlib import Path

import pytest

from nb2prod.__main__ import main


@pytest.fixture
def path(tmp_path: Path) -> Path:
    sources = [
        ("markdown", "# Title", []),
        ("code", "import pandas as pd\nfrom sklearn.svm import SVC", ["hide-input", "import"]),
        ("code", "\n\ndf = pd.read_csv('é.csv')", []),
        ("code", "model = SVC().fit(df[['a']], df['y'])", ["train"]),
    ]
    cells = []
    for kind, source, tags in sources:
        cell = {"cell_type": kind, "metadata": {"tags": tags} if tags else {}, "source": [source]}
        cells.append(cell | ({"outputs": [], "execution_count": 1} if kind == "code" else {}))
    path = tmp_path / "a.ipynb"
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _tags(path: Path) -> list[list[str]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell["metadata"].get("tags", []) for cell in cells]


def test_listing_shows_number_tags_and_first_line(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = path.read_bytes()
    assert main(["tag", str(path)]) == 0
    assert capsys.readouterr().out.split("\n")[:4] == [
        "cell  tags                first line",
        "2     hide-input, import  import pandas as pd",
        "3     -                   df = pd.read_csv('é.csv')",
        "4     train               model = SVC().fit(df[['a']], df['y'])",
    ]
    assert path.read_bytes() == before


def test_suggestions_end_with_the_command(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = path.read_bytes()
    assert main(["tag", str(path), "--suggest"]) == 0
    shown = capsys.readouterr().out
    assert f"nb2prod tag {path} --set 2=imports --set 3=load\n" in shown
    assert "reads a table with pd.read_csv" in shown
    assert path.read_bytes() == before


def test_nothing_to_suggest(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["tag", str(path), "--set", "2=imports", "--set", "3=load"])
    capsys.readouterr()
    assert main(["tag", str(path), "--suggest"]) == 0
    assert "No roles to propose" in capsys.readouterr().out


def test_setting_keeps_other_tools_tags(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--set", "2=imports", "--set", "3=features,train-only", "--set", "4="]
    assert main(["tag", str(path), *arguments]) == 0
    assert _tags(path) == [[], ["hide-input", "imports"], ["features", "train-only"], []]
    assert "cell 3: features, train-only" in capsys.readouterr().out


def test_setting_what_is_set_changes_nothing(path: Path) -> None:
    before = path.stat()
    assert main(["tag", str(path), "--set", "4=train"]) == 0
    assert path.stat().st_ino == before.st_ino


def test_rights_and_links_stay(path: Path, tmp_path: Path) -> None:
    path.chmod(0o640)
    link = tmp_path / "link.ipynb"
    link.symlink_to(path)
    assert main(["tag", str(link), "--set", "3=load"]) == 0
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert _tags(path)[2] == ["load"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("3", "CELL=ROLE"),
        ("x=load", "CELL=ROLE"),
        ("3=laod", "Did you mean load?"),
        ("9=load", "no cell 9"),
        ("0=load", "no cell 0"),
        ("1=load", "markdown cell"),
        ("²=load", "CELL=ROLE"),
    ],
)
def test_wrong_settings_change_nothing(
    path: Path, setting: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = path.read_bytes()
    assert main(["tag", str(path), "--set", "2=imports", "--set", setting]) == 2
    assert said in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_failed_write_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", full)
    assert main(["tag", str(path), "--set", "3=load"]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["a.ipynb"]


def test_suggestions_are_set_on_request(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tag", str(path), "--suggest", "--apply"]) == 0
    assert _tags(path) == [[], ["hide-input", "imports"], ["load"], ["train"]]
    shown = capsys.readouterr().out
    assert "Set on 2 cells." in shown
    assert f"Next: nb2prod lint {path}" in shown
    main(["tag", str(path), "--suggest", "--apply"])
    assert "Set on 0 cells." in capsys.readouterr().out


def test_what_is_left_to_decide_is_asked(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["tag", str(path), "--suggest"])
    assert "To decide: Nothing scores the model of cell 4" in capsys.readouterr().out


@pytest.mark.parametrize("others", [[], ["--suggest", "--set", "3=load"]], ids=repr)
def test_apply_needs_suggest_alone(
    path: Path, others: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = path.read_bytes()
    assert main(["tag", str(path), "--apply", *others]) == 2
    assert "--apply goes with --suggest" in capsys.readouterr().err
    assert path.read_bytes() == before
