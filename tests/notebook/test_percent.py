"""Percent text as notebooks."""

from nb2prod.notebook import Role
from nb2prod.notebook.percent import from_percent


def test_marks_start_cells() -> None:
    text = '# %% [markdown]\n# Title\n# %% tags=["load"] count=3\nx = 1\n\ny = 2\n\n# %%\nz'
    notebook = from_percent(text, "a.py")
    assert notebook.path == "a.py"
    assert [(cell.kind, cell.source) for cell in notebook.cells] == [
        ("markdown", "# Title"),
        ("code", "x = 1\n\ny = 2"),
        ("code", "z"),
    ]
    assert notebook.cells[1].roles == (Role.LOAD,)
    assert notebook.cells[1].execution_count == 3
