"""`nb2prod run`: what it keeps, what it says and what it returns."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes

from nb2prod.__main__ import main


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _write(name: str, *cells: tuple[str, list[str]]) -> bytes:
    made = [
        new_code_cell(source, id=f"c{at}", metadata={"tags": tags})
        for at, (source, tags) in enumerate(cells)
    ]
    Path(name).write_text(writes(new_notebook(cells=made)))
    return Path(name).read_bytes()


def test_a_run_keeps_the_notebook_and_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    before = _write("n.ipynb", ("k = 1", ["parameters"]), ("open('f', 'w').close()\nk + 1", []))
    assert main(["run", "n.ipynb", "-p", "k", "41", "-o", "out"]) == 0
    assert '"42"' in Path("out/n.ipynb").read_text()
    assert "<!DOCTYPE html>" in Path("out/n.html").read_text()
    assert Path("n.ipynb").read_bytes() == before
    assert not Path("f").exists()
    said = capsys.readouterr().out
    assert "ran from top to bottom: 2 cells" in said
    assert "not kept  f:" in said
    assert "Next: nb2prod build n.ipynb" in said


def test_a_run_that_fails_keeps_what_ran(capsys: pytest.CaptureFixture[str]) -> None:
    _write("n.ipynb", ("print('so far')", []), ("1 / 0", []))
    assert main(["run", "n.ipynb", "-o", "kept.ipynb"]) == 2
    assert "so far" in Path("kept.ipynb").read_text()
    assert "ZeroDivisionError" in Path("kept.html").read_text()
    said = capsys.readouterr().err
    assert "n.ipynb stopped; what ran is in kept.ipynb and kept.html" in said
    assert "n.ipynb:cell 2:1:1: error: ZeroDivisionError: division by zero" in said
    assert "Traceback" not in said


def test_settings_come_from_the_file_beside_the_notebook() -> None:
    _write("n.ipynb", ("import os\nprint(os.environ['PYTHONHASHSEED'])", []))
    Path("nb2prod.toml").write_text("seed = 17\n")
    assert main(["run", "n.ipynb"]) == 0
    assert '"17\\n"' in Path("runs/n.ipynb").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "."], "would overwrite the notebook itself"),
        (["-p", "x", "1"], "has no parameter `x`"),
        (["--seed", "-1"], "Setting `seed` must be greater than or equal to 0"),
        (["-f", "gone.yaml"], "parameters file cannot be read"),
    ],
)
def test_a_wrong_option_runs_nothing(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    before = _write("n.ipynb", ("k = 1", ["parameters"]))
    assert main(["run", "n.ipynb", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert Path("n.ipynb").read_bytes() == before
    assert [path.name for path in Path().iterdir()] == ["n.ipynb"]


def test_an_interrupt_returns_130_and_writes_nothing(tmp_path: Path) -> None:
    started = tmp_path / "started"
    _write("n.ipynb", (f"import time\nopen({str(started)!r}, 'w').close()\ntime.sleep(300)", []))
    process = subprocess.Popen(
        [sys.executable, "-m", "nb2prod", "run", "n.ipynb"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    while not started.exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted" in said
    assert not Path("runs").exists()
