"""What the documents show of `explain` and `compare` is what the commands print."""

import re
import shutil
from pathlib import Path

import pytest

from nb2prod.__main__ import main
from tests.build.conftest import FirstBuild

_DOCS = Path(__file__).resolve().parents[2] / "docs"
_SHOWN = re.compile(r"^<!-- checked: (\w+) -->\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _shown(document: str, command: str) -> list[str]:
    text = (_DOCS / document).read_text(encoding="utf-8")
    return [block for name, block in _SHOWN.findall(text) if name == command]


@pytest.fixture
def project(first_build: FirstBuild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the built project, with its service in it."""
    folder = tmp_path / "project"
    shutil.copytree(first_build.notebook.parent, folder)
    shutil.copytree(first_build.output, folder / "services")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "100")
    return folder


def test_explain(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "plants.ipynb"]) == 0
    printed = capsys.readouterr().out
    blocks = _shown("explaining.md", "explain")
    assert len(blocks) == 2
    for block in blocks:
        assert f"\n{block}\n" in printed


def test_compare(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = project / "data" / "plants.csv"
    head, *rows = table.read_text().splitlines()
    taller = [re.sub(r"^[\d.]*,", "33.5,", row) for row in rows[:4]]
    table.write_text("\n".join([head, *taller, *rows[4:]]) + "\n")
    assert main(["build", "plants.ipynb", "-p", "regularisation", "0.5"]) == 0
    capsys.readouterr()
    assert main(["compare", "services/plants", "v1", "v2"]) == 0
    assert [capsys.readouterr().out] == _shown("comparing.md", "compare")
