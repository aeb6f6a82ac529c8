"""Which names go from which cell to which."""

import pytest

from nb2prod.notebook import dataflow
from nb2prod.notebook.percent import from_percent


@pytest.mark.parametrize(
    ("text", "cell", "needs"),
    [
        ("# %%\nx = 1\n# %%\nx = 2\n# %%\ny = x", 3, {"x": 2}),
        ("# %%\nx = 1\n# %%\nx = 2\ny = x", 2, {}),
        ("# %%\nx = 1\n# %%\ny = x\nx = 3", 2, {"x": 1}),
        ("# %%\nk = 1\n# %%\ndef f(): return k\n# %%\nf()", 3, {"f": 2, "k": 1}),
        ("# %%\ndef f(): return k\n# %%\nk = 1\n# %%\nk = 2\n# %%\nf()", 4, {"f": 1, "k": 3}),
        ("# %%\ndef f(): return k\n# %%\nk = 1\nf()", 2, {"f": 1}),
        (
            "# %%\nk = 1\n# %%\ndef g(): return k\ndef f(): return g()\n# %%\ny = f",
            3,
            {"f": 2, "g": 2, "k": 1},
        ),
        ("# %%\nimport numpy as np\n# %%\nnp.log(1)", 2, {"np": 1}),
        ("# %%\nx\n# %%\nx = 1", 1, {"x": None}),
        ("# %%\nfrom math import *\n# %%\nsqrt(2)", 2, {"sqrt": None}),
        ("# %%\nfor i in [1]: pass\n# %%\nfor i in [2]: print(i)", 2, {}),
        ("# %%\nx = 1\n# %%\nif x: x = 2\n# %%\nx", 3, {"x": 2}),
        ("# %%\nprint(len([1]))", 1, {}),
        ('# %%\nx = 1\n# %% tags=["skip"]\nx = 2\n# %%\nx', 3, {"x": 1}),
        (
            "# %%\nk = 1\n# %%\nclass C:\n    def m(self): return k\n# %%\nc = C()",
            3,
            {"C": 2, "k": 1},
        ),
        ("# %%\nlimit = 1\ndf = 2\n# %%\ndf.query('a > @limit')", 2, {"df": 1, "limit": 1}),
    ],
)
def test_needs(text: str, cell: int, needs: dict[str, int | None]) -> None:
    assert dataflow(from_percent(text)).needs(cell) == needs


def test_a_branch_leaves_both_definitions() -> None:
    flow = dataflow(from_percent("# %%\nx = 1\n# %%\nif x: x = 2\n# %%\nx"))
    assert flow.sources(3)["x"].cells == (2, 1)


@pytest.mark.parametrize(
    ("change", "changed_in"),
    [
        ("df['a'] = 1", (2,)),
        ("df.drop('a', inplace=True)", (2,)),
        ("add(df)", (2,)),
        ("add(frame=df)", (2,)),
        ("copied(df)", ()),
        ("total()", (2,)),
        ("df = df.copy()", ()),
        ("df.head()", ()),
    ],
)
def test_changes_in_place_are_known(change: str, changed_in: tuple[int, ...]) -> None:
    functions = (
        "def add(frame):\n    frame['a'] = 1\n"
        "def copied(frame):\n    frame = frame.copy()\n    frame['a'] = 1\n"
        "def total():\n    df['t'] = 1\n"
    )
    flow = dataflow(from_percent(f"# %%\n{functions}df = make()\n# %%\n{change}\n# %%\ndf"))
    assert flow.sources(3)["df"].changed_in == changed_in


def test_a_need_says_where_and_through_what() -> None:
    text = "# %%\nk = 1\ndef f(): return k\n# %%\ny = 1 + f()"
    need = dataflow(from_percent(text)).sources(2)["k"]
    assert need.via == ("f",)
    assert (need.span.line, need.span.column) == (1, 9)


def test_bound_and_changed_names_of_a_cell() -> None:
    flow = dataflow(from_percent("# %%\ndf = 1\nx, y = 1, 2\ndf['a'] = 3"))
    assert flow.binds(1) == {"df", "x", "y"}
    assert flow.mutates(1) == {"df"}
    assert flow.binds(9) == frozenset()
