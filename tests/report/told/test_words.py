"""What a notebook says of itself, by its headings."""

import pytest

from nb2prod.notebook import Cell, Notebook
from nb2prod.report.told.words import words_of


def _notebook(*texts: str | None) -> Notebook:
    """Return a notebook of texts; None is a cell of code."""
    cells = [
        Cell(number, None, "code", "x = 1")
        if text is None
        else Cell(number, None, "markdown", text)
        for number, text in enumerate(texts, 1)
    ]
    return Notebook("n.ipynb", tuple(cells), "python", None, 4, {})


def test_title_and_introduction_stand_before_the_code() -> None:
    found = words_of(_notebook("# Birds\n\nWhich is it?", None, "## Model\n\nA tree."))
    assert found.title == "Birds"
    assert found.introduction is not None
    assert found.introduction.text == "Which is it?"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Intended use", "use"),
        ("Purpose", "use"),
        ("Goal of this", "use"),
        ("Limitations", "limits"),
        ("Out of scope", "limits"),
        ("Known biases", "limits"),
        ("The data", "data"),
        ("Dataset", "data"),
    ],
)
def test_a_heading_decides_where_a_text_belongs(heading: str, field: str) -> None:
    found = words_of(_notebook(None, f"## {heading}\n\nSome words."))
    (passage,) = getattr(found, field)
    assert (passage.cell, passage.heading, passage.text) == (2, heading, "Some words.")


@pytest.mark.parametrize("heading", ["Because", "Model", "Abuse", "Delimiters", "Update", "User"])
def test_other_headings_say_nothing_of_it(heading: str) -> None:
    found = words_of(_notebook(f"## {heading}\n\nSome words."))
    assert (found.use, found.data, found.limits) == ((), (), ())


def test_a_paragraph_on_the_data_counts_under_any_heading() -> None:
    found = words_of(_notebook("# Birds\n\nWhich?\n\nData: a census (CC0).\n\nAnd more."))
    (passage,) = found.data
    assert passage.text == "Data: a census (CC0)."


def test_a_heading_without_text_says_nothing() -> None:
    found = words_of(_notebook("## Data", None, "## Use"))
    assert (found.data, found.use, found.introduction) == ((), (), None)


def test_a_mark_within_a_fenced_block_is_no_heading() -> None:
    found = words_of(_notebook("# Birds\n\n```\n# use\n```\n\nEnd."))
    assert found.use == ()
    assert found.introduction is not None
    assert found.introduction.text.endswith("End.")


def test_a_long_text_is_cut() -> None:
    (passage,) = words_of(_notebook("## Purpose\n\n" + "word " * 2000)).use
    assert len(passage.text) < 1600
    assert passage.text.endswith("…")


def test_a_notebook_without_words_states_nothing() -> None:
    found = words_of(_notebook(None))
    assert (found.title, found.introduction, found.use, found.data, found.limits) == (
        *("", None),
        *((), (), ()),
    )
