"""Which runs a grid stands for."""

from pathlib import Path

import pytest

from nb2prod.errors import UsageError
from nb2prod.notebook import Notebook, read
from nb2prod.track.grid import MOST_RUNS, grid
from tests.execute.conftest import write_cells


@pytest.fixture
def notebook(tmp_path: Path) -> Notebook:
    cells = 'n = 1\ndepth: int | None = 3\nname = "a"\nsizes = [1]', "parameters"
    return read(str(write_cells(tmp_path / "n.ipynb", cells)))


@pytest.mark.parametrize(
    ("axes", "expected"),
    [
        pytest.param(("n=1,2",), [{"n": 1}, {"n": 2}], id="one axis"),
        pytest.param(
            ("n=1,2", "name=x,y"),
            [{"n": n, "name": x} for n in (1, 2) for x in "xy"],
            id="every combination",
        ),
        pytest.param(("depth=None,4",), [{"depth": None}, {"depth": 4}], id="none"),
        pytest.param(
            ("sizes=[1,2],[3]",), [{"sizes": [1, 2]}, {"sizes": [3]}], id="commas in brackets"
        ),
        pytest.param(("name=a b,c",), [{"name": "a b"}, {"name": "c"}], id="words"),
        pytest.param(("n=1,1, 2",), [{"n": 1}, {"n": 2}], id="each once"),
    ],
)
def test_a_grid_is_every_combination(
    axes: tuple[str, ...], expected: list[dict[str, object]], notebook: Notebook
) -> None:
    assert grid(notebook, axes) == expected


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        pytest.param(("n",), "is no axis", id="no values"),
        pytest.param(("n=",), "is no axis", id="empty"),
        pytest.param(("n=1,,2",), "is no axis", id="a value missing"),
        pytest.param(("n=1", "n=2"), "given twice", id="twice"),
        pytest.param(("name=1,2", "n=one"), "one", id="another type"),
        pytest.param(("m=1",), "no parameter `m`", id="unknown"),
        pytest.param(
            (f"n={','.join(map(str, range(MOST_RUNS + 1)))}",), "combinations", id="too many"
        ),
    ],
)
def test_what_is_no_grid_is_said(axes: tuple[str, ...], said: str, notebook: Notebook) -> None:
    with pytest.raises(UsageError, match=said):
        grid(notebook, axes)


def test_a_parameter_is_swept_or_set(notebook: Notebook) -> None:
    assert grid(notebook, ("n=1,2",), [("name", "z")]) == [
        {"name": "z", "n": 1},
        {"name": "z", "n": 2},
    ]
    with pytest.raises(UsageError, match="given twice"):
        grid(notebook, ("n=1,2",), [("n", "3")])
