"""Sources are changed in a notebook's text, and everything else stays as it was."""

import json

import pytest

from nb2prod.notebook.locating import file_lines
from nb2prod.notebook.reading import parse_notebook
from nb2prod.notebook.resourcing import with_sources

_LISTED = """{
 "cells": [
  {"cell_type": "markdown", "metadata": {}, "source": "# T"},
  {
   "cell_type": "code", "metadata": {}, "outputs": [],
   "source": [
    "a = '\\u00e9'\\n",
    "b = 2"
   ]
  }
 ],
 "metadata": {}, "nbformat": 4
}
"""


def test_lines_that_stay_are_written_as_they_were() -> None:
    new = with_sources(_LISTED, {2: "a = 'é'\nb = 3\nc = 4"})
    assert new == _LISTED.replace('"b = 2"', '"b = 3\\n",\n    "c = 4"')
    assert with_sources(new, {2: "a = 'é'\nb = 2"}) == _LISTED


@pytest.mark.parametrize(
    ("old", "source", "new"),
    [
        ('"x = 1"', "x = 2\ny", '"x = 2\\ny"'),
        ("[]", "", "[]"),
        ('["x = 1"]', "x\ny", '["x\\n", "y"]'),
        ('["x\\r\\n", "y"]', "x\nz", '["x\\r\\n", "z"]'),
        ('"x\\ry"', "other", '"x\\ry"'),
        ('["x\\n"]', "", "[]"),
    ],
)
def test_each_form_is_kept(old: str, source: str, new: str) -> None:
    text = '{"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": %s}], "nbformat": 4}'
    assert json.loads(with_sources(text % old, {1: source})) == json.loads(text % new)


def test_format_3_has_inputs() -> None:
    text = (
        '{"nbformat": 3, "metadata": {}, "worksheets": [{"cells": ['
        '{"cell_type": "code", "input": "x", "outputs": []}]}]}'
    )
    new = with_sources(text, {1: "y"})
    assert parse_notebook(new).cell(1).source == "y"
    assert new == text.replace('"x"', '"y"')


def test_lines_of_cells_are_found_in_the_file() -> None:
    lines = _LISTED.split("\n")
    (title,), code = file_lines(_LISTED)
    assert "# T" in lines[title - 1]
    assert ["a = '" in lines[code[0] - 1], "b = 2" in lines[code[1] - 1]] == [True, True]


def test_a_line_may_be_divided_in_the_file() -> None:
    text = '{"cells": [{"cell_type": "code", "source": [\n"a",\n"b\\n",\n"c\\nd"]}], "nbformat": 4}'
    assert file_lines(text) == [(2, 4, 4)]
