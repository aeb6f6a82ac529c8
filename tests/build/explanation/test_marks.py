import pytest

from nb2prod.build.explanation.marks import Stretch, source_of, stretches

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


@pytest.mark.parametrize("shift", [0, 3], ids=["exact", "counted from a shorter head"])
def test_stretches_cover_whole_statements(shift: int) -> None:
    marks = {10 - shift: (4, 2), 12 - shift: (4, 5), 14 - shift: (6, 1)}
    assert stretches(_TEXT, marks) == [
        Stretch(10, 11, 4, 2),
        Stretch(12, 12, 4, 5),
        Stretch(14, 14, 6, 1),
    ]


@pytest.mark.parametrize(
    ("line", "source"), [(11, (4, 2)), (12, (4, 5)), (9, None), (15, None), (1, None)]
)
def test_lines_lead_back_to_the_notebook(line: int, source: tuple[int, int] | None) -> None:
    found = stretches(_TEXT, {10: (4, 2), 12: (4, 5), 14: (6, 1)})
    assert source_of(line, found) == source


def test_decorators_belong_to_what_they_decorate() -> None:
    text = "# cell 2\n@wrapped\ndef f():\n    return 1\n"
    assert stretches(text, {2: (2, 1)}) == [Stretch(2, 4, 2, 1)]


def test_code_without_marks_has_no_stretches() -> None:
    assert stretches("x = 1\n", {}) == []
