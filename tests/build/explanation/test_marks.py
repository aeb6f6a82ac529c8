import pytest

from nb2prod.build.explanation.marks import (
    Stretch,
    marks_of,
    source_of,
    stretches,
    with_functions,
)
from nb2prod.compile.emit import Emitted
from nb2prod.notebook.percent import from_percent

_TEXT = '''"""A module.

With three lines.
"""


def features(df):
    # cell 4
    # a comment of the notebook
    for name in ("a", "b"):
        df[name] = 1
    x = 2
    # cell 6
    y = 3
    return df
'''


_MARKS = {10: (4, 2), 12: (4, 5), 14: (6, 1)}


def test_stretches_cover_whole_statements() -> None:
    assert stretches(_TEXT, _MARKS) == [
        Stretch(10, 11, 4, 2),
        Stretch(12, 12, 4, 5),
        Stretch(14, 14, 6, 1),
    ]


@pytest.mark.parametrize("shift", [0, 3], ids=["exact", "counted from a shorter head"])
def test_marks_stand_where_their_statements_do(shift: int) -> None:
    counted = {line - shift: place for line, place in _MARKS.items()}
    emitted = Emitted({"features.py": _TEXT}, {"features.py": counted}, frozenset(), frozenset())
    assert marks_of(emitted) == {"features.py": _MARKS}


@pytest.mark.parametrize("name", ["fill", "fill_fitted", "fill_fitted_2"])
def test_functions_that_freeze_something_are_marked(name: str) -> None:
    text = f"def {name}(c, fitted):\n    return fitted.mean\n\n\ndef features(df):\n    return df\n"
    emitted = Emitted({"features.py": text}, {}, frozenset(), frozenset())
    notebook = from_percent('# %%\n# %% tags=["functions"]\nx = 1\ndef fill(c):\n    return c\n')
    assert with_functions(marks_of(emitted), emitted, notebook) == {"features.py": {1: (2, 2)}}


@pytest.mark.parametrize(
    ("line", "source"), [(11, (4, 2)), (12, (4, 5)), (9, None), (15, None), (1, None)]
)
def test_lines_lead_back_to_the_notebook(line: int, source: tuple[int, int] | None) -> None:
    found = stretches(_TEXT, _MARKS)
    assert source_of(line, found) == source


def test_decorators_belong_to_what_they_decorate() -> None:
    text = "# cell 2\n@wrapped\ndef f():\n    return 1\n"
    assert stretches(text, {2: (2, 1)}) == [Stretch(2, 4, 2, 1)]


def test_code_without_marks_has_no_stretches() -> None:
    assert stretches("x = 1\n", {}) == []
