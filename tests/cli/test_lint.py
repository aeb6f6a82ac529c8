"""`nb2prod lint`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nb2prod.__main__ import main
from nb2prod.cli.linting import Wanted, plainly_wanted


def _write(path: Path, *sources: str) -> Path:
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [], "source": source}
        for n, source in enumerate(sources)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}))
    return path


def test_errors_exit_with_1_and_show_their_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _write(tmp_path / "a.ipynb", "x = 1", "nope")
    assert main(["lint", str(path)]) == 1
    shown = capsys.readouterr().out
    assert f"{path}:cell 2:1:1: NBH001 error: " in shown
    assert "    1 | nope\n      | ^^^^\n    hint: " in shown


def test_warnings_alone_exit_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _write(tmp_path / "a.ipynb", "x = 1")
    assert main(["lint", str(path)]) == 0
    assert "NBT002 warning" in capsys.readouterr().out


def test_roles_can_be_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _write(tmp_path / "a.ipynb", "x = 1")
    assert main(["lint", "--roles", str(path)]) == 1
    assert "NBT002 error" in capsys.readouterr().out


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _write(tmp_path / "a.ipynb", "nope")
    assert main(["lint", "--format", "json", str(path)]) == 1
    report = json.loads(capsys.readouterr().out)
    (notebook,) = report["notebooks"]
    assert notebook["path"] == str(path)
    assert [(one["code"], one["cell_id"]) for one in notebook["diagnostics"]] == [
        ("NBT002", None),
        ("NBH001", "c0"),
    ]


def test_folders_are_searched_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = [
        _write(tmp_path / "a.ipynb", "x = 1"),
        _write(tmp_path / "deep/er/b.ipynb", "x = 1"),
        _write(tmp_path / "z.ipynb", "x = 1"),
    ]
    for left_out in (
        ".ipynb_checkpoints/a-checkpoint.ipynb",
        ".venv/x.ipynb",
        "node_modules/x.ipynb",
    ):
        _write(tmp_path / left_out, "nope")
    main(["lint", "--format", "json", str(tmp_path), str(kept[0])])
    found = [one["path"] for one in json.loads(capsys.readouterr().out)["notebooks"]]
    assert sorted(found) == sorted(str(path) for path in kept)


def test_one_unreadable_file_does_not_hide_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(tmp_path / "b.ipynb", "nope")
    (tmp_path / "a.ipynb").write_text('{"nbformat": 4')
    assert main(["lint", str(tmp_path)]) == 2
    shown = capsys.readouterr()
    assert "NBH001" in shown.out
    assert "cut off" in shown.err
    assert "hint:" in shown.err


@pytest.mark.parametrize("name", ["absent.ipynb", "empty"])
def test_nothing_to_lint_exits_with_2(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["lint", str(tmp_path / name)]) == 2
    shown = capsys.readouterr()
    assert "error: " in shown.err
    assert shown.out == ""


def test_characters_that_cannot_be_shown_do_no_harm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _write(tmp_path / "a.ipynb", "x = '\ud800'", "é\u200b = nope")
    assert main(["lint", str(path)]) == 1
    assert "NBP002" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["a"], Wanted(["a"])),
        (["a", "--format", "json", "b"], Wanted(["a", "b"], "json")),
        (["--format=text", "--roles", "a"], Wanted(["a"], "text", requires_roles=True)),
        ([], None),
        (["--help"], None),
        (["a", "--format"], None),
        (["a", "--format", "xml"], None),
        (["a", "--unknown"], None),
        (["--", "-a"], None),
    ],
)
def test_usual_arguments_need_no_click(arguments: list[str], wanted: Wanted | None) -> None:
    assert plainly_wanted(arguments) == wanted


def test_the_long_way_finds_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _write(tmp_path / "a.ipynb", "nope")
    assert main(["lint", str(path)]) == 1
    direct = capsys.readouterr().out
    assert main(["lint", "--", str(path)]) == 1
    assert capsys.readouterr().out == direct


def test_a_reader_that_stops_early_gets_no_traceback(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.ipynb", *(f"nope_{n}" for n in range(500)))
    command = [sys.executable, "-m", "nb2prod", "lint", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
