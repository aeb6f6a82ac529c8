"""Tags change in a notebook's text; every other character stays."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nb2prod.notebook.tagging import with_tags


def _document(*metadata: dict[str, Any]) -> dict[str, Any]:
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": one, "outputs": [], "source": ["é = 1"]}
        for n, one in enumerate(metadata)
    ]
    return {"cells": cells, "metadata": {"b": 1, "a": [1.50, 1e3]}, "nbformat": 4}


_METADATA: list[dict[str, Any]] = [
    {},
    {"tags": []},
    {"tags": ["load"]},
    {"tags": ["a", "ü"], "zoo": {"tags": ["no"]}},
    {"collapsed": True},
    {"collapsed": True, "zoo": 1},
    {"zoo": 1, "collapsed": True},
]
_STYLES: list[dict[str, Any]] = [
    {"indent": 1, "ensure_ascii": False},
    {"indent": 2},
    {"indent": "\t"},
    {},
    {"separators": (",", ":")},
]


@pytest.mark.parametrize("style", _STYLES, ids=["jupyter", "two", "tab", "line", "minified"])
@pytest.mark.parametrize("number", range(1, len(_METADATA) + 1))
@pytest.mark.parametrize("tags", [[], ["train"], ["features", "train-only"]])
def test_the_result_is_what_the_same_writer_would_write(
    style: dict[str, Any], number: int, tags: list[str]
) -> None:
    document = _document(*_METADATA)
    text = json.dumps(document, **style) + "\n"
    changed = with_tags(text, {number: tags})
    metadata = document["cells"][number - 1]["metadata"]
    is_sorted = list(metadata) == sorted(metadata)
    metadata["tags"] = tags
    if is_sorted:
        metadata = dict(sorted(metadata.items()))
        document["cells"][number - 1]["metadata"] = metadata
    assert changed == json.dumps(document, **style) + "\n"


def test_several_cells_change_at_once() -> None:
    text = json.dumps(_document({}, {"tags": ["x"]}, {}), indent=1)
    cells = json.loads(with_tags(text, {3: ["a"], 1: ["b"], 2: []}))["cells"]
    assert [cell["metadata"]["tags"] for cell in cells] == [["b"], [], ["a"]]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_and_odd_numbers_stay(newline: str) -> None:
    text = '{\n "cells": [\n  {\n   "x": 1.50e+01,\n   "metadata": {}\n  }\n ]\n}'
    changed = with_tags(text.replace("\n", newline), {1: ["load"]})
    assert changed.count("\n") == changed.count(newline)
    assert "1.50e+01" in changed
    assert json.loads(changed)["cells"][0]["metadata"] == {"tags": ["load"]}


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ('{"worksheets": [{"cells": [{"a": 1}]}, {"cells": [{"metadata": {}}]}]}', 2),
        ('\ufeff{"cells": [{"a": "]}"}, {}]}', 2),
        ('{"cells": [], "cells": [{"metadata": {"tags": 1, "tags": []}}]}', 1),
    ],
    ids=["format 3", "byte order mark, no metadata", "repeated keys"],
)
def test_odd_files(text: str, tags: int) -> None:
    changed = json.loads(with_tags(text, {tags: ["load"]}).removeprefix("\ufeff"))
    sheets = changed.get("worksheets", [changed])
    cells = [cell for sheet in sheets for cell in sheet["cells"]]
    assert cells[tags - 1]["metadata"]["tags"] == ["load"]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=4)), min_size=1),
    st.lists(st.text(max_size=5), max_size=3),
    st.data(),
)
def test_only_the_tags_change(
    metadata: list[dict[str, Any]], tags: list[str], data: st.DataObject
) -> None:
    document = _document(*metadata)
    text = json.dumps(document, **data.draw(st.sampled_from(_STYLES)))
    number = data.draw(st.integers(1, len(metadata)))
    document["cells"][number - 1]["metadata"]["tags"] = tags
    assert json.loads(with_tags(text, {number: tags})) == document
