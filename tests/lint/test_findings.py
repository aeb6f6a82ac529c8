"""What each rule finds and where, and what it leaves alone."""

import pytest

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint import Environment, blocking, lint
from nb2prod.lint.rule import registered
from nb2prod.notebook.percent import from_percent

_ROLES = (
    '\n# %% tags=["load"]\nraw = 1\n# %% tags=["train"]\nmodel = 1\n# %% tags=["evaluate"]\nm = 1'
)


def _found(text: str, code: str) -> list[Diagnostic]:
    return [one for one in lint(from_percent(text)) if one.code == code]


@pytest.mark.parametrize(
    ("text", "code", "subject", "place"),
    [
        ("# %%\nabc = 1\ny = abd", "NBH001", "abd", (1, 2, 5, 8)),
        ("# %%\né = 'ü'; y = abd", "NBH001", "abd", (1, 1, 14, 17)),
        ("# %%\n%time y = abd", "NBH001", "abd", (1, 1, 11, 14)),
        ("# %%\nprint(abd)\n# %%\nabd = 1", "NBH002", "abd", (1, 1, 7, 10)),
        ("# %%\ndef f(): return k\nf()\n# %%\nk = 1", "NBH003", "k", (1, 2, 1, 4)),
        ("# %%\nx = 1\ndel x\n# %%\n(x)", "NBH008", "x", (2, 1, 2, 3)),
        ("# %% count=2\nx = 1\n# %% count=1\n#\n\ny = 1", "NBO001", None, (2, 1, 1, 2)),
        ('# %% tags=["load"]\n!ls', "NBP001", "!ls", (1, 1, 1, 4)),
        ("# %%\nx = 1\ny = (", "NBP002", None, (1, 2, 5, 6)),
        ('# %% tags=["fetures"]\nx = 1', "NBT001", "fetures", (1, 1, 1, 6)),
        ('# %%\nk = 1\n# %% tags=["load"]\nx = k', "NBT003", "k", (2, 1, 5, 6)),
        ('# %% tags=["parameters"]\nx = 1\ny = x + 1', "NBT004", "y", (1, 2, 1, 10)),
        ('# %% tags=["load"]\nif 1:\n    %run a.py', "NBT005", "%run", (1, 2, 5, 14)),
    ],
)
def test_findings_have_their_place(
    text: str, code: str, subject: str | None, place: tuple[int, ...]
) -> None:
    (found,) = _found(text, code)
    assert found.subject == subject
    assert (found.cell, found.line, found.column, found.end_column) == place
    assert found.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("# %%\npd.read_csv('x')", "import pandas as pd"),
        ("# %%\nprices = 1\n# %%\nprice", "Did you mean `prices`, bound in cell 1?"),
        ("# %%\nprnt(1)", "Did you mean `print`?"),
        ("# %%\n__file__", "notebooks have not"),
        ("# %% count=7\nlost_table", "ran as In [7] without an error"),
        ('# %% count=7 error="NameError"\nlost_table', "Define it in a cell above"),
        ('# %% tags=["skip"]\nx = 1\n# %%\nx', "cell 1 binds it, and its tag `skip`"),
    ],
)
def test_hints_for_undefined_names(text: str, hint: str) -> None:
    (found,) = _found(text, "NBH001")
    assert found.hint is not None
    assert hint in found.hint


def test_the_chain_of_calls_is_shown() -> None:
    text = "# %%\ndef g(): return k\n# %%\ndef f(): return g()\n# %%\nf()\n# %%\nk = 1"
    (found,) = _found(text, "NBH003")
    assert "`f` (cell 2) calls `g` (cell 1), which reads it" in found.message
    assert "cell 4" in found.message


@pytest.mark.parametrize(
    "text",
    [
        '# %%\ndf["t"] = 1\n# %% tags=["features"]\nx = 1',
        '# %%\nimport matplotlib.pyplot as plt\nplt.rcParams["a"] = 1',
        '# %%\nfor c in [1]: print(c)\n# %% tags=["features"]\nfor c in [2]: print(c)',
        '# %% tags=["load"]\ndf = 1\n# %%\nview = df\n# %% tags=["features"]\nx = df',
        '# %% tags=["load"]\ndf = {}\n# %%\ncopy = dict(df)\ncopy["a"] = 1\n# %% tags=["train"]\ndf',
        '# %% tags=["imports"]\nimport m as plt\n# %%\nplt.rc["a"] = 1\n# %% tags=["load"]\nplt.x()',
        '# %% tags=["parameters"]\nn = 1\n# %% tags=["injected-parameters"]\nn = 2\n# %% tags=["load"]\nx = n',
    ],
    ids=[
        "nothing tagged reads it",
        "no roles",
        "own loop variable",
        "exploration only reads",
        "exploration changes a copy",
        "options of a module",
        "papermill's parameters",
    ],
)
def test_harmless_exploration_is_no_finding(text: str) -> None:
    assert _found(text, "NBT003") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('# %%\nimport json\n# %% tags=["load"]\njson.x\n# %% tags=["train"]\njson.y', "`imports`"),
        (
            '# %% tags=["load"]\ndf = {}\n# %%\ndf["t"] = 1\n# %% tags=["features"]\nx = df',
            "changed in place by cell 2",
        ),
        (
            '# %%\nk = 1\n# %% tags=["functions"]\ndef f(): return k\n# %% tags=["load"]\nx = f()',
            "which `f` reads",
        ),
        ('# %% tags=["skip"]\nk = 1\n# %% tags=["load"]\nx = k', "tagged `skip`"),
        (
            '# %% tags=["load"]\ndf = 1\n# %%\ndf = 2\n# %% tags=["features"]\nx = df',
            "defined in cell 2",
        ),
        (
            (
                '# %% tags=["functions"]\ndef add(d): d["t"] = 1\n# %% tags=["load"]\ndf = {}\n'
                '# %%\nadd(df)\n# %% tags=["features"]\nx = df'
            ),
            "changed in place by cell 3",
        ),
    ],
)
def test_what_a_compiled_cell_needs_from_exploration(text: str, said: str) -> None:
    (found,) = _found(text, "NBT003")
    assert said in f"{found.message} {found.hint}"


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("# %%\nx = 1", Severity.WARNING),
        ('# %% tags=["parameters"]\nx = 1', Severity.WARNING),
        ('# %% tags=["load"]\nx = 1', Severity.ERROR),
        ('# %% tags=["step:load"]\nx = 1', Severity.ERROR),
    ],
)
def test_missing_roles_weigh_by_what_the_notebook_is_for(text: str, severity: Severity) -> None:
    (found,) = _found(text, "NBT002")
    assert found.severity is severity


def test_a_build_needs_roles_whatever_the_tags() -> None:
    (found,) = [
        one
        for one in lint(from_percent("# %%\nx = 1"), requires_roles=True)
        if one.code == "NBT002"
    ]
    assert found.severity is Severity.ERROR
    assert "`load`" in found.message
    assert "`train`" in found.message
    assert "`evaluate`" in found.message


@pytest.mark.parametrize(
    "value", ["1", "-1.5", "'a'", "True", "None", "[1, 2]", "(1, 'a')", "{'a': [1]}", "1 + 2j"]
)
def test_literals_are_parameters(value: str) -> None:
    text = f'# %% tags=["parameters"]\n"""What may vary."""\nx = {value}  # why\ny: int = {value}'
    assert _found(text, "NBT004") == []


@pytest.mark.parametrize(
    "statement", ["x = f()", "x = 60 * 60", "import os", "x, y = 1, 2", "x: int", "x['a'] = 1"]
)
def test_other_statements_are_no_parameters(statement: str) -> None:
    assert len(_found(f'# %% tags=["parameters"]\n{statement}', "NBT004")) == 1


def test_a_second_parameters_cell_is_a_finding() -> None:
    text = '# %% tags=["parameters"]\nx = 1\n# %% tags=["parameters"]\ny = 1'
    (found,) = _found(text, "NBT004")
    assert found.cell == 2


@pytest.mark.parametrize("counts", [(1, 2, 3), (1, 5, 9), (None, 1, None), (3, None, 4)], ids=str)
def test_growing_counts_are_fine(counts: tuple[int | None, ...]) -> None:
    marks = ["" if count is None else f" count={count}" for count in counts]
    text = "\n".join(f"# %%{mark}\nx = 1" for mark in marks)
    assert _found(text, "NBO001") == []


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import nope\nexcept ImportError:\n    nope = None",
        "def f():\n    import nope",
        "import json",
    ],
)
def test_imports_that_may_fail_are_left_alone(source: str) -> None:
    environment = Environment(frozenset({"nope"}))
    found = lint(from_percent(f"# %%\n{source}"), environment)
    assert [one.code for one in found] == ["NBT002"]


def test_findings_that_stop_a_build() -> None:
    text = '# %% count=2\nnope\n# %% count=1 tags=["load"]\n!ls\n%run a.py' + _ROLES
    found = lint(from_percent(text))
    assert [one.code for one in blocking(found)] == ["NBH001", "NBT005"]
    assert {one.code for one in found} == {
        "NBH001",
        "NBH010",
        "NBO001",
        "NBP001",
        "NBT005",
        "NBT014",
    }


def test_findings_come_in_the_order_of_their_places() -> None:
    found = lint(from_percent("# %%\nb\na\n# %%\nx = ("))
    assert [(one.code, one.cell) for one in found] == [
        ("NBT002", None),
        ("NBH001", 1),
        ("NBH001", 1),
        ("NBP002", 2),
    ]


def test_skipped_cells_are_not_checked() -> None:
    assert _found('# %% tags=["skip"]\nx = (\n# %%\ny = 1', "NBP002") == []


def test_what_stops_a_build_is_what_a_clean_run_would_hit_faults_of_tags_and_secrets() -> None:
    stopping = {code for code, rule in registered().items() if rule.stops_build}
    assert stopping == {
        *("NBH001", "NBH002", "NBH003", "NBH008"),
        *("NBP002", "NBP003", "NBP007"),
        "NBS001",
        *("NBT001", "NBT002", "NBT003", "NBT004", "NBT005"),
    }


@pytest.mark.parametrize(
    ("binding", "argument", "count"),
    [
        ("f = lambda v: v", "f", 1),
        ("f = lambda v: v", "func=f", 1),
        ("f = lambda v: v\ndef g(v): return v", "g", 0),
        ("f = lambda v: v\ndef f(v): return v", "f", 0),
    ],
)
def test_a_lambda_is_known_by_its_name(binding: str, argument: str, count: int) -> None:
    imports = "from sklearn.preprocessing import FunctionTransformer"
    text = f'# %% tags=["features"]\n{imports}\n{binding}\nt = FunctionTransformer({argument})'
    assert len(_found(text, "NBT012")) == count


def test_a_listing_of_a_path_needs_an_order() -> None:
    text = "# %%\nfrom pathlib import Path\nnames = [one for one in Path('x').iterdir()]"
    (found,) = _found(text, "NBR005")
    assert found.subject == "iterdir"
