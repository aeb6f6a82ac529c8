"""IPython syntax becomes plain Python, and nothing else moves."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nb2prod.notebook.magics import translate
from nb2prod.notebook.parsing import parse_cell


@pytest.mark.parametrize(
    "source",
    [
        "x = a % b",
        "x = (a\n% b)",
        "x = [1,\n  %s,\n]",
        'x = """\n%time\n!ls\nobj?\n"""',
        "x = '''it''s\n%run a.py\n'''",
        "x = a \\\n% b",
        'print("a = %s" % x)',
        'f"{x!r} = %d"',
        "x = {'a': 1,\n     'b': 2}  # %time",
        "# %matplotlib inline",
        "# really?",
        's = "what?"',
        "if x != y: pass",
        "d = {\n'q?': 1}",
        "@decorator\ndef f(): pass",
    ],
)
def test_python_is_left_alone(source: str) -> None:
    translated = translate(source)
    assert translated.code == source
    assert not translated.problems
    assert not translated.dropped


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1"),
        ("if a:\n    %matplotlib inline", "if a:\n    pass  # %matplotlib inline"),
        ("%time x = f(1)", "pass; x = f(1)"),
        ("%time  x = f(1)", "pass;  x = f(1)"),
        ("%prun -s cumulative f(1)", "pass;               f(1)"),
        ("x = %time f(1)", "x =       f(1)"),
        ("%%time\nx = 1", "# %%time\nx = 1"),
        ("\n%%time\nx = 1\n%matplotlib inline", "\n# %%time\nx = 1\n# %matplotlib inline"),
        ("%%capture out\nx = 1", "out = None\nx = 1"),
        ("%%capture --no-stderr\nx = 1", "# %%capture --no-stderr\nx = 1"),
        ("%%timeit\nx = 1\n\ny = 2", "# %%timeit\n# x = 1\n\n# y = 2"),
        ("%%html\n<b>x</b>", "# %%html\n# <b>x</b>"),
        ("df.head?\nx = 1", "# df.head?\nx = 1"),
        ("?df\n??df\ndf??\n%time?", "# ?df\n# ??df\n# df??\n# %time?"),
        ("!pip install a \\\n  b\nx = 1", "# !pip install a \\\n  # b\nx = 1"),
        ("!echo \"it's (\nx = 1\n%who", "# !echo \"it's (\nx = 1\n# %who"),
        ("%load_ext autoreload\n%autoreload 2", "# %load_ext autoreload\n# %autoreload 2"),
        ("pip install pandas", "# pip install pandas"),
        ("x = (1,\n2)\n%who\ny = 3", "x = (1,\n2)\n# %who\ny = 3"),
    ],
)
def test_harmless_syntax_is_translated(source: str, code: str) -> None:
    translated = translate(source)
    assert translated.code == code
    assert not translated.problems
    ast.parse(translated.code)


@pytest.mark.parametrize(
    ("source", "what", "line", "column", "end_column"),
    [
        ("x = 1\n%run other.py", "%run", 2, 1, 14),
        ("if a:\n    %cd data", "%cd", 2, 5, 13),
        ("!wget http://x", "!wget", 1, 1, 15),
        ("files = !ls", "!ls", 1, 1, 12),
        ("t = %sql select 1", "%sql", 1, 1, 18),
        ("%%bash\nrm x", "%%bash", 1, 1, 7),
        ("%%writefile a.py\nx = 1", "%%writefile", 1, 1, 17),
        ("x = 1\n%%time\ny = 2", "%%time", 2, 1, 7),
        ("%env A=1", "%env", 1, 1, 9),
        ("!ls > files.txt", "!ls", 1, 1, 16),
        ("!python train.py", "!python", 1, 1, 17),
        ("/f 1", "the shortcut /", 1, 1, 5),
        ("%time f(\n1)", "%time", 1, 1, 9),
        ("%unheard_of", "%unheard_of", 1, 1, 12),
    ],
)
def test_what_has_no_meaning_in_python_is_a_problem_with_its_place(
    source: str, what: str, line: int, column: int, end_column: int
) -> None:
    problem = translate(source).problems[0]
    assert (problem.what, problem.line, problem.column, problem.end_column) == (
        what,
        line,
        column,
        end_column,
    )
    assert problem.hint


@pytest.mark.parametrize(
    ("source", "requirements"),
    [
        ("!pip install pandas", ("pandas",)),
        ("%pip install -q 'numpy>=2' scipy==1.11", ("numpy>=2", "scipy==1.11")),
        ("!pip3 install --upgrade -i https://example.org/simple a", ("a",)),
        ("!{sys.executable} -m pip install a", ("a",)),
        ("!python -m pip install a", ("a",)),
        ("%conda install -c conda-forge a", ("a",)),
        ("!pip install -r requirements.txt", ()),
        ("!pip install a && pip install b", ("a", "b")),
        ("!pip install a > /dev/null 2>&1", ("a",)),
        ("!pip install git+https://example.org/x.git", ()),
        ("%uv pip install a", ("a",)),
        ("%%bash\npip install a\npip install b", ("a", "b")),
        ("!pip list", ()),
    ],
)
def test_installed_packages_become_requirements(source: str, requirements: tuple[str, ...]) -> None:
    translated = translate(source)
    assert translated.requirements == requirements
    assert not translated.problems
    assert translated.dropped[0].is_shell


@pytest.mark.parametrize("source", ["!pip install a && rm -r b", "!pip install a; wget x"])
def test_installing_and_more_is_a_problem(source: str) -> None:
    assert translate(source).problems


@pytest.mark.parametrize(
    ("source", "is_blind"),
    [
        ("%run a.py", True),
        ("%pylab inline", True),
        ("%store -r", True),
        ("%unheard_of", True),
        ("%%unheard_of\nx", True),
        ("%%bash\nls", False),
        ("%matplotlib inline", False),
        ("!wget x", False),
        ("%store x", False),
    ],
)
def test_magics_that_may_bind_anything_are_known(source: str, is_blind: bool) -> None:
    assert translate(source).is_blind is is_blind


@pytest.mark.parametrize(
    ("source", "name", "column"),
    [
        ("%time y = f(x)", "f", 11),
        ("%time for i in z: f(i)", "f", 19),
        ("y = %time f(x)", "f", 11),
        ("   y = f(x)\n   z = 1", "f", 8),
        ("ä = f(1)", "f", 5),
        ("    %time é = f(x)", "f", 15),
    ],
)
def test_places_in_the_code_are_places_in_the_cell(source: str, name: str, column: int) -> None:
    parsed = parse_cell(source)
    assert parsed.tree is not None
    node = next(
        one for one in ast.walk(parsed.tree) if isinstance(one, ast.Name) and one.id == name
    )
    span = parsed.span(node)
    assert (span.line, span.column, span.end_column) == (1, column, column + 1)


def test_padding_is_not_part_of_the_tree() -> None:
    tree = parse_cell("%time x = 1\nif x:\n    %time y = 2").tree
    assert tree is not None
    assert ast.unparse(tree) == "x = 1\nif x:\n    y = 2"


_PIECES = [
    *("%time x = 1", "!ls", "x = 1", "'''", '"""', "(", ")", "  %who", "if x:", "obj?", "", "\\"),
    *("%%time", "x = !ls", "# c", "y = a %\\", "é = %time f()", "%cd /", "pip install a", "'"),
]
_LINES = st.lists(st.sampled_from(_PIECES), max_size=8)


@settings(max_examples=400, deadline=None)
@given(_LINES | st.lists(st.text(max_size=12), max_size=4))
def test_translation_keeps_the_number_of_lines_and_never_fails(lines: list[str]) -> None:
    source = "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n")
    assert translate(source).code.count("\n") == source.count("\n")
    parsed = parse_cell(source)
    assert (parsed.tree is None) <= (parsed.fault is not None)
