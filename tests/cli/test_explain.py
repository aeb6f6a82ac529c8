import json
from pathlib import Path

import pytest

from nb2prod.__main__ import main
from nb2prod.build import BuildOptions
from nb2prod.build.explanation import Explained, Explanation
from nb2prod.cli import explaining
from nb2prod.errors import ExecutionFailed
from nb2prod.notebook import read
from tests.execute.conftest import write_cells

SOURCE = "df['a'] = df['a'].fillna(df['a'].mean())"
FOUND = [
    Explained(1, 11, "df['a'].fillna(df['a'].mean())", "row-wise", ""),
    Explained(1, 11, "df['a']", "row-wise", ""),
    Explained(1, 26, "df['a'].mean()", "frozen", "fitted.a_mean = 2.5"),
]


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    path = write_cells(Path("n.ipynb"), "df.plot()", (SOURCE, "features"))
    explanation = Explanation(read(str(path)), "explained", {2: FOUND}, [])
    monkeypatch.setattr(explaining, "explain", lambda *_: explanation)
    return str(path)


def test_cells_are_told_with_roles_and_what_is_frozen(
    notebook: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", notebook]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "",
        "cell 1  no role: executed, never compiled",
        "",
        "cell 2  features",
        "  1:11    row-wise  df['a'].fillna(df['a'].mean())",
        "  1:26    frozen    df['a'].mean()  → fitted.a_mean = 2.5",
        "",
        "n.ipynb can be compiled: 1 value is frozen at training.",
        "Next: nb2prod build n.ipynb",
    ]


def test_json_has_every_expression(notebook: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", notebook, "--format", "json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["status"] == "explained"
    assert [len(cell["expressions"]) for cell in content["cells"]] == [0, 3]


def test_a_fault_is_told_in_json(
    notebook: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Path, __: BuildOptions) -> Explanation:
        raise ExecutionFailed("a cell raised")

    monkeypatch.setattr(explaining, "explain", fail)
    assert main(["explain", notebook, "--format", "json"]) == 2
    assert json.loads(capsys.readouterr().out)["status"] == "failed"
