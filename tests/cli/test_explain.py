import json
from pathlib import Path

import pytest

from nb2prod.__main__ import main
from nb2prod.build import BuildOptions
from nb2prod.build.explanation import (
    CodePlace,
    Explained,
    Explanation,
    Fate,
    FrozenValue,
    Statement,
)
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

FROZEN = FrozenValue(
    "a_mean", (), "df['a'].mean()", 2, 1, "2.5", (), (CodePlace("features.py", 9),), 4, 1
)


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    path = write_cells(Path("n.ipynb"), "df.plot()", (SOURCE, "features"))
    explanation = Explanation(
        read(str(path)),
        "explained",
        {2: FOUND},
        [],
        {2: [Statement(1, 1, Fate.SERVED, (CodePlace("features.py", 9),))]},
        [FROZEN],
        {"features.py": "# cell 2\nreturn df\n"},
    )
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
        "  line 1: training and serving  (features.py:9)",
        "  1:11    row-wise  df['a'].fillna(df['a'].mean())",
        "  1:26    frozen    df['a'].mean()  → fitted.a_mean = 2.5",
        "",
        "frozen at training",
        "  fitted.a_mean = 2.5",
        "      cell 2, line 1: df['a'].mean(); used by features.py:9",
        f"      leak: {FROZEN.leak}",
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


@pytest.mark.parametrize(
    ("form", "start"), [("html", "<!doctype html>"), ("json", '{"status"'), ("text", "\n")]
)
def test_it_goes_to_a_file(
    notebook: str, form: str, start: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "out"
    assert main(["explain", notebook, "--format", form, "-o", str(file)]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"Written: {file}" in shown.err
    assert file.read_text().startswith(start)


def test_a_page_on_standard_output_is_all_there_is(
    notebook: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", notebook, "--format", "html"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("<!doctype html>")
    assert out.endswith("</html>\n")


def test_a_file_that_cannot_be_written_is_a_fault(
    notebook: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", notebook, "-o", str(tmp_path / "none" / "out")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_notebook_itself_is_never_written(
    notebook: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Path(notebook).read_bytes()
    assert main(["explain", notebook, "--format", "html", "-o", f"./{notebook}"]) == 2
    assert "is the notebook itself" in capsys.readouterr().err
    assert Path(notebook).read_bytes() == before
