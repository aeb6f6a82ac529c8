"""The engine holds on anything that a cell may contain."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nb2prod.lint import Environment, lint
from nb2prod.notebook import Cell, Notebook, read
from nb2prod.notebook.roles import Role, roles_of
from nb2prod.notebook.suggesting import suggest

_LINES = [
    *(
        "import pandas as pd",
        "from m import *",
        "df = pd.read_csv('x')",
        "df['a'] = f(df)",
        "x",
        "del x",
    ),
    *(
        "def f(d):",
        "    global g",
        "    g = d",
        "    return h(d)",
        "class C(B):",
        "    def m(self): return self.m()",
    ),
    *(
        "for i in x:",
        "    if i: y = i",
        "while x:",
        "    break",
        "try:",
        "except E as e:",
        "    print(e)",
    ),
    *(
        "with a as b:",
        "match x:",
        "    case [y, *z]: pass",
        "lambda q: q + w",
        "[k for k in x if (u := k)]",
    ),
    *(
        "%time x = 1",
        "!pip install a",
        "%%bash",
        "x?",
        "return",
        "await x",
        "yield",
        "(",
        ")",
        "'''",
        "\\",
        "",
    ),
    *(
        "é = 'ü'",
        "\ud800",
        "\x00",
        "print 'x'",
        "    x = 1",
        "\t",
        "# c",
        "exec(x)",
        "globals()[x] = 1",
    ),
]
_TAGS = [
    *(role.value for role in Role),
    "fetures",
    "raises-exception",
    "injected-parameters",
    "nbval-skip",
]
# No carriage return: reading a notebook turns it into the end of a line.
_TEXT = st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=6)
_CELL = st.tuples(
    st.lists(st.sampled_from(_LINES) | _TEXT, max_size=6),
    st.lists(st.sampled_from(_TAGS), max_size=2),
    st.none() | st.integers(0, 5),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_CELL, min_size=1, max_size=6))
def test_any_cells_give_findings_with_places_inside(
    cells: list[tuple[list[str], list[str], int | None]],
) -> None:
    notebook = Notebook(
        "a.ipynb",
        tuple(
            Cell(number, None, "code", "\n".join(lines), tuple(tags), roles_of(tags), count)
            for number, (lines, tags, count) in enumerate(cells, 1)
        ),
        "python",
        None,
        4,
        {},
    )
    for found in lint(notebook, Environment(frozenset({"m"})), requires_roles=True):
        if found.cell is None or found.line is None or found.column is None:
            continue
        lines = notebook.cell(found.cell).source.split("\n")
        assert 1 <= found.line <= len(lines)
        assert 1 <= found.column <= len(lines[found.line - 1]) + 1
        assert found.end_line is not None
        assert found.line <= found.end_line <= len(lines)


def test_a_path_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(
        '{"nbformat": 4, "metadata": {}, "cells": '
        '[{"cell_type": "code", "metadata": {}, "source": "nope", "outputs": []}]}'
    )
    assert lint(path) == lint(read(path)) == lint(str(path))


@pytest.mark.parametrize(
    "source",
    [
        "?\n" + "a." * 50_000 + "!",
        "?\nx" + " " * 50_000 + "!",
        "?\n" + "x, " * 20_000 + "!",
        "%time " + "-a " * 20_000,
        "!pip install " + "a>=1 " * 20_000,
        "if a: x = 1\n" * 3000 + "x\n" * 3000,
        "x = '''" + "\\" * 50_000,
        "x = " + "(" * 150 + ")" * 150,
        "a" + ".b()" * 3000,
        "\n".join(f"def f{n}(): return f{n + 1}()" for n in range(2000)) + "\nf0()",
        "x = [" + "1, " * 100_000 + "]",
        "=" * 50_000,
    ],
    ids=str.split(
        "dots blanks commas options packages branches backslashes brackets chain calls list equals"
    ),
)
def test_large_cells_are_no_trouble(source: str) -> None:
    notebook = Notebook("a.ipynb", (Cell(1, None, "code", source),), "python", None, 4, {})
    assert lint(notebook)
    assert suggest(notebook) == ()
