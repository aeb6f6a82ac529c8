"""Fixes mend what they say, touch nothing else, and never break a notebook."""

import json

import pytest

from nb2prod.diagnostic import Diagnostic
from nb2prod.lint import lint
from nb2prod.lint.fixing import fixed
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.reading import parse_notebook

_SKLEARN = "from sklearn.ensemble import RandomForestClassifier as RF\n"
_PANDAS = "import pandas as pd\ndf = pd.read_csv('a.csv')\n"


def _text(*cells: tuple[str, list[str]], indent: int | None = 1, as_list: bool = True) -> str:
    made = [
        {
            "cell_type": "code",
            "execution_count": 3,
            "id": f"c{number}",
            "metadata": {"tags": tags, "my": {"own": ["é", 1.50]}},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": ["ä\n"]}],
            "source": source.splitlines(keepends=True) if as_list else source,
        }
        for number, (source, tags) in enumerate(cells)
    ]
    document = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=indent, ensure_ascii=False) + "\n"


def _find(notebook: Notebook) -> list[Diagnostic]:
    return lint(notebook)


CASES = {
    "seed": ("NBR001", _SKLEARN + "m = RF()", "m = RF(random_state=42)", False),
    "seed behind others": ("NBR001", _SKLEARN + "m = RF(10)", "m = RF(10, random_state=42)", False),
    "seed over lines": (
        "NBR001",
        _SKLEARN + "m = RF(\n    n_estimators=10,\n)",
        "m = RF(\n    n_estimators=10, random_state=42,\n)",
        False,
    ),
    "seed behind brackets": (
        "NBR001",
        _SKLEARN + "m = RF((5 + 5))",
        "m = RF((5 + 5), random_state=42)",
        False,
    ),
    "seed instead of None": (
        "NBR001",
        _SKLEARN + "m = RF(random_state=None)",
        "m = RF(random_state=42)",
        False,
    ),
    "sample": (
        "NBR003",
        _PANDAS + "df = df.sample(frac=1)",
        "df = df.sample(frac=1, random_state=42)",
        False,
    ),
    "listing": (
        "NBR005",
        "import os\nnames = os.listdir('.')",
        "names = sorted(os.listdir('.'))",
        False,
    ),
    "set": ("NBR005", "a = ['x']\nb = list(set(a))", "b = sorted(list(set(a)))", True),
    "separator": (
        "NBP005",
        "import pandas as pd\ndf = pd.read_csv('data\\\\a.csv')",
        'df = pd.read_csv("data/a.csv")',
        False,
    ),
    "chained": (
        "NBP010",
        _PANDAS + "df['é'].fillna(0, inplace=True)",
        "df['é'] = df['é'].fillna(0)",
        True,
    ),
}


@pytest.mark.parametrize("as_list", [True, False], ids=["lines", "text"])
@pytest.mark.parametrize("name", CASES)
def test_a_fix_mends_its_finding_and_nothing_else(name: str, as_list: bool) -> None:
    code, source, expected, is_bold = CASES[name]
    text = _text(("y = 'ü'\n\n", []), (source, ["hide-input"]), ("z = 1", []), as_list=as_list)
    mended = fixed(text, "a.ipynb", _find, is_bold=is_bold)
    assert mended.counts[code] == 1
    notebook = parse_notebook(mended.text, "a.ipynb")
    assert notebook.cell(2).source.endswith(expected)
    assert not [one for one in lint(notebook) if one.code == code]
    before, after = json.loads(text), json.loads(mended.text)
    before["cells"][1]["source"] = after["cells"][1]["source"] = None
    assert before == after
    assert _outside(text) == _outside(mended.text)


def _outside(text: str) -> str:
    """Return the file's text without the source of its second cell."""
    start = text.index('"source"', text.index('"c1"'))
    return text[:start] + text[text.index('"cell_type"', start) :]


def test_unsafe_fixes_wait_to_be_asked_for() -> None:
    text = _text((_PANDAS + "df['a'].fillna(0, inplace=True)", []))
    assert fixed(text, "a.ipynb", _find).text == text


def test_a_misspelt_tag_becomes_the_role() -> None:
    text = _text(("x = 1", ["fetures", "other"]))
    mended = fixed(text, "a.ipynb", _find)
    assert parse_notebook(mended.text).cell(1).tags == ("features", "other")
    assert mended.text.replace("features", "fetures") == text


def test_a_late_import_moves_to_the_imports() -> None:
    text = _text(("import json", ["imports"]), ("import math\nr = math.pi", ["features"]))
    mended = parse_notebook(fixed(text, "a.ipynb", _find).text)
    assert [cell.source for cell in mended.cells] == ["import json\nimport math", "r = math.pi"]


def test_a_hard_coded_parameter_becomes_its_name() -> None:
    text = _text(
        ("seed = 7", ["parameters"]),
        ("import random\nr = random.Random(seed)\nf(seed=7)", ["train"]),
    )
    mended = parse_notebook(fixed(text, "a.ipynb", _find).text)
    assert mended.cell(2).source.endswith("f(seed=seed)")


@pytest.mark.parametrize("source", ["m = RF(  # why\n)", "m = RF(n_estimators=10  # few\n)"])
def test_comments_are_not_swallowed(source: str) -> None:
    text = _text((_SKLEARN + source, []))
    mended = parse_notebook(fixed(text, "a.ipynb", _find).text)
    assert source.partition("#")[2].partition("\n")[0] in mended.cell(1).source


def test_windows_line_ends_stay() -> None:
    text = json.dumps(json.loads(_text((_SKLEARN.replace("\n", "\r\n") + "m = RF()\r\n", []))))
    mended = json.loads(fixed(text, "a.ipynb", _find).text)
    source = "".join(mended["cells"][0]["source"])
    assert source.endswith("RF(random_state=42)\r\n")
    assert source.count("\n") == source.count("\r\n") == 2
