"""Two runs are the same when they show the same, but for what varies in every run."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from nb2prod.execute.comparing import compare


def _write(path: Path, *outputs: object) -> Path:
    cell = new_code_cell("1", id="a", outputs=list(outputs), metadata={"nb2prod": {"cell": 3}})
    own = new_code_cell("2", id="b", outputs=[_text("other")], metadata={"tags": []})
    metadata = {"papermill": {"start_time": "2026-01-02T03:04:05"}}
    nbformat.write(new_notebook(cells=[cell, own], metadata=metadata), path)
    return path


def _text(text: str, name: str = "stdout") -> object:
    return new_output("stream", name=name, text=text)


def _data(**data: str) -> object:
    return new_output("display_data", data={key.replace("_", "/"): data[key] for key in data})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param([_text("a\n")], [_text("a\n")], id="equal"),
        pytest.param([_text("a"), _text("b")], [_text("ab")], id="chunks"),
        pytest.param([_text("w", "stderr")], [], id="stderr"),
        pytest.param([_text("<A at 0x7f01aa>")], [_text("<A at 0x7f99bb>")], id="address"),
        pytest.param([_text("took 1.25 s")], [_text("took 0.9 s")], id="duration"),
        pytest.param([_text("CPU times: 1 ms")], [_text("CPU times: 20 us")], id="magic"),
        pytest.param(
            [_text("/tmp/ipykernel_12/34.py")], [_text("/tmp/ipykernel_9/8.py")], id="path"
        ),
        pytest.param([_text("2026-01-02 03:04:05.1")], [_text("2026-01-02 04:00:00")], id="now"),
        pytest.param([_data(image_png="a")], [_data(image_png="b")], id="image"),
    ],
)
def test_what_varies_is_no_difference(
    tmp_path: Path, first: list[object], second: list[object]
) -> None:
    one, two = _write(tmp_path / "1.ipynb", *first), _write(tmp_path / "2.ipynb", *second)
    assert compare(one, two) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param([_text("0.9843")], [_text("0.9844")], id="number"),
        pytest.param([_text("2020-01-02 03:04:05")], [_text("2020-01-02 03:04:06")], id="date"),
        pytest.param([_data(image_png="a")], [], id="no-image"),
        pytest.param([_data(text_plain="1")], [_data(text_plain="2")], id="result"),
        pytest.param([_data(text_plain="1")], [_data(text_plain="1", text_html="1")], id="type"),
        pytest.param(
            [new_output("error", ename="A", evalue="x", traceback=[])],
            [new_output("error", ename="A", evalue="y", traceback=[])],
            id="error",
        ),
    ],
)
def test_what_means_something_is_a_difference(
    tmp_path: Path, first: list[object], second: list[object]
) -> None:
    one, two = _write(tmp_path / "1.ipynb", *first), _write(tmp_path / "2.ipynb", *second)
    assert [each.cell for each in compare(one, two)] == [3]
