"""The options of `nb2prod lint`: what it reports, how, and what it mends."""

import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from nb2prod.__main__ import main
from nb2prod.cli.lint_settings import KEYS
from nb2prod.config.model import Lint

Shown = pytest.CaptureFixture[str]


def _write(path: Path, *sources: str) -> Path:
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [], "source": source}
        for n, source in enumerate(sources)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}, indent=1))
    return path


def _codes(shown: str) -> list[str]:
    found = json.loads(shown)["notebooks"]
    return [one["code"] for notebook in found for one in notebook["diagnostics"]]


@pytest.mark.parametrize(
    ("options", "codes", "exit_code"),
    [
        (["--select", "NBH"], ["NBH001"], 1),
        (["--ignore", "NBH,NBT"], [], 0),
        (["--select", "NBT"], ["NBT002"], 0),
        (["--select", "NBT", "--fail-on", "warning"], ["NBT002"], 1),
        (["--select", "nbt", "--select", "nbh"], ["NBT002", "NBH001"], 1),
    ],
)
def test_codes_are_chosen(
    tmp_path: Path, capsys: Shown, options: list[str], codes: list[str], exit_code: int
) -> None:
    path = _write(tmp_path / "a.ipynb", "nope")
    assert main(["lint", "--format", "json", *options, str(path)]) == exit_code
    assert _codes(capsys.readouterr().out) == codes


@pytest.mark.parametrize(
    ("name", "head"), [("nb2prod.toml", "[lint"), ("pyproject.toml", "[tool.nb2prod.lint")]
)
def test_settings_come_from_files(tmp_path: Path, capsys: Shown, name: str, head: str) -> None:
    _write(tmp_path / "a.ipynb", "nope")
    _write(tmp_path / "drafts" / "b.ipynb", "nope")
    text = f'{head}]\nignore = ["NBT"]\n{head}.per_path]\n"drafts/*" = ["NBH"]\n'
    for folder in (tmp_path, tmp_path / "drafts"):
        (folder / name).write_text(text)
    main(["lint", "--format", "json", str(tmp_path)])
    found = json.loads(capsys.readouterr().out)["notebooks"]
    assert [len(one["diagnostics"]) for one in found] == [1, 0]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('selects = ["NBH"]', "Did you mean `select`?"),
        ("select = 3", "must be a list of texts"),
        ('ignore = ["NBZ"]', "No rule's code begins with `NBZ`"),
        ('select = ["nbh"]', "Did you mean `NBH`?"),
        ('per_path = {"a/*" = ["NBH0011"]}', "Did you mean `NBH001`?"),
        ('fail_on = "never"', "must be error, warning or info"),
    ],
)
def test_wrong_settings_are_told(tmp_path: Path, capsys: Shown, line: str, said: str) -> None:
    path = _write(tmp_path / "a.ipynb", "x = 1")
    (tmp_path / "nb2prod.toml").write_text(f"[lint]\n{line}\n")
    assert main(["lint", str(path)]) == 2
    assert said in capsys.readouterr().err


def test_a_code_that_no_rule_has_is_told(tmp_path: Path, capsys: Shown) -> None:
    path = _write(tmp_path / "a.ipynb", "print(abd)")
    assert main(["lint", "--select", "XYZ", str(path)]) == 2
    assert "No rule's code begins with `XYZ`" in capsys.readouterr().err


def test_both_readers_of_settings_know_the_same_keys() -> None:
    assert set(Lint.model_fields) == KEYS


def test_own_magics_bind_nothing(tmp_path: Path, capsys: Shown) -> None:
    path = _write(tmp_path / "a.ipynb", "%my_magic x\nnope")
    main(["lint", "--format", "json", "--select", "NBH", str(path)])
    assert _codes(capsys.readouterr().out) == ["NBH010"]
    (tmp_path / "nb2prod.toml").write_text('[lint]\nmagics = ["my_magic"]\n')
    main(["lint", "--format", "json", "--select", "NBH", str(path)])
    assert _codes(capsys.readouterr().out) == ["NBH001"]


def test_patterns_and_standard_input(
    tmp_path: Path, capsys: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _write(tmp_path / "a1.ipynb", "nope")
    _write(tmp_path / "b1.ipynb", "nope")
    main(["lint", "--format", "json", str(tmp_path / "a*.ipynb")])
    assert [one["path"] for one in json.loads(capsys.readouterr().out)["notebooks"]] == [str(path)]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert main(["lint", "--stdin-name", "editor.ipynb", "-"]) == 1
    assert "editor.ipynb:cell 1:1:1: NBH001" in capsys.readouterr().out


def test_fixes_are_shown_and_made(tmp_path: Path, capsys: Shown) -> None:
    path = _write(tmp_path / "a.ipynb", "import os\nnames = os.listdir('.')")
    before = path.read_text()
    assert main(["lint", "--diff", str(path)]) == 1
    assert "+names = sorted(os.listdir('.'))" in capsys.readouterr().out
    assert path.read_text() == before
    assert main(["lint", "--fix", str(path)]) == 0
    assert "Mended 1: NBR005." in capsys.readouterr().err
    assert path.read_text() == before.replace("os.listdir('.')", "sorted(os.listdir('.'))")
    assert main(["lint", "--diff", str(path)]) == 0


def test_a_baseline_leaves_out_what_is_known(tmp_path: Path, capsys: Shown) -> None:
    path, known = _write(tmp_path / "a.ipynb", "nope"), tmp_path / "known.json"
    assert main(["lint", "--write-baseline", str(known), str(path)]) == 0
    assert main(["lint", "--baseline", str(known), str(path)]) == 0
    _write(path, "x = 1\n\n", "nope", "nope_two")
    capsys.readouterr()
    assert main(["lint", "--baseline", str(known), "--format", "json", str(path)]) == 1
    report = json.loads(capsys.readouterr().out)
    (new,) = report["notebooks"][0]["diagnostics"]
    assert (new["code"], new["subject"]) == ("NBH001", "nope_two")


def test_a_wrong_baseline_is_told(tmp_path: Path, capsys: Shown) -> None:
    path = _write(tmp_path / "a.ipynb", "nope")
    assert main(["lint", "--baseline", str(path), str(path)]) == 2
    assert main(["lint", "--baseline", str(tmp_path / "absent"), str(path)]) == 2
    assert "--write-baseline" in capsys.readouterr().err


def test_the_cache_gives_the_same(tmp_path: Path, capsys: Shown) -> None:
    path = _write(tmp_path / "a.ipynb", "nope", "import os\nx = os.listdir('.')")
    command = ["lint", "--format", "json", "--cache", str(tmp_path / "cache"), str(path)]
    assert main(command) == 1
    first = capsys.readouterr().out
    (entry,) = (tmp_path / "cache").glob("*.json")
    assert main(command) == 1
    assert capsys.readouterr().out == first
    entry.write_text("damaged")
    assert main(command) == 1
    assert capsys.readouterr().out == first


def test_several_processes_give_the_same(tmp_path: Path, capsys: Shown) -> None:
    for number in range(5):
        _write(tmp_path / f"{number}.ipynb", f"nope_{number}")
    (tmp_path / "broken.ipynb").write_text("{")
    assert main(["lint", "--jobs", "1", str(tmp_path)]) == 2
    one = capsys.readouterr()
    assert main(["lint", "--jobs", "2", str(tmp_path)]) == 2
    assert capsys.readouterr() == one


def test_statistics(tmp_path: Path, capsys: Shown) -> None:
    path = _write(tmp_path / "a.ipynb", "nope\nnope_two", "import os\nx = os.listdir('.')")
    main(["lint", "--statistics", str(path)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["2", "NBH001", "[", "]", "undefined-name"]
    assert any(line.split() == ["1", "NBR005", "[*]", "unstable-value"] for line in lines)


def test_github(tmp_path: Path, capsys: Shown) -> None:
    path = _write(tmp_path / "a.ipynb", "x = 1", "y = 1\nnope")
    main(["lint", "--format", "github", "--select", "NBH", str(path)])
    (line,) = capsys.readouterr().out.splitlines()
    number = 1 + path.read_text().split('"y = 1')[0].count("\n")
    assert line.startswith(
        f"::error file={path},line={number},title=NBH001 undefined-name::cell 2,"
    )


def test_gitlab(tmp_path: Path, capsys: Shown) -> None:
    path = _write(tmp_path / "a.ipynb", "nope", "nope_two")
    main(["lint", "--format", "gitlab", "--select", "NBH", str(path)])
    entries = json.loads(capsys.readouterr().out)
    assert {one["check_name"] for one in entries} == {"NBH001"}
    assert len({one["fingerprint"] for one in entries}) == 2
    assert all(one["location"]["lines"]["begin"] > 1 for one in entries)


def test_junit(tmp_path: Path, capsys: Shown) -> None:
    _write(tmp_path / "a.ipynb", "nope < '\x0b'")
    _write(tmp_path / "b.ipynb", "x = 1")
    main(["lint", "--format", "junit", "--select", "NBH", str(tmp_path)])
    suites = ET.fromstring(capsys.readouterr().out).findall("testsuite")
    assert [suite.get("failures") for suite in suites] == ["1", "0"]
    assert suites[0].find("testcase/failure") is not None


def test_sarif(tmp_path: Path, capsys: Shown) -> None:
    path = _write(tmp_path / "a.ipynb", "nope")
    main(["lint", "--format", "sarif", "--select", "NBH", str(path)])
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "NBH001"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == str(path)
    assert result["partialFingerprints"]["nb2prod/v1"]


def test_the_environment_is_looked_at_when_asked(tmp_path: Path, capsys: Shown) -> None:
    source = "import no_such_module\nimport pandas as pd\ntable = pd.read_csv('absent.csv')"
    path = _write(tmp_path / "a.ipynb", source)
    (tmp_path / "requirements.txt").write_text("numpy>=1\n")
    main(["lint", "--format", "json", "--select", "NBP", str(path)])
    assert _codes(capsys.readouterr().out) == []
    main(["lint", "--format", "json", "--select", "NBP", "--environment", str(path)])
    assert _codes(capsys.readouterr().out) == ["NBP003", "NBP006", "NBP009"]


@pytest.mark.parametrize("code", ["NBH001", "nbh001", "undefined-name"])
def test_a_rule_is_explained(code: str, capsys: Shown) -> None:
    assert main(["explain-rule", code]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("# NBH001: undefined-name\n")
    assert "## Use instead" in shown


def test_an_unknown_rule_is_told(capsys: Shown) -> None:
    assert main(["explain-rule", "NBH01"]) == 2
    assert "Did you mean NBH001?" in capsys.readouterr().err
