"""Reading notebook files: what they hold, and what is said about files that are none."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nb2prod.errors import NotebookFault
from nb2prod.notebook import Role, parse_notebook, read
from nb2prod.notebook.reading import notebook_from


def _document(*cells: object, **more: object) -> dict[str, object]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)} | more


def _code(source: object = "x = 1", **more: object) -> dict[str, object]:
    return {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    } | more


def test_cells_are_counted_from_one_among_all_kinds() -> None:
    markdown = {"cell_type": "markdown", "metadata": {}, "source": "# Title"}
    raw = {"cell_type": "raw", "metadata": {}, "source": "plain"}
    notebook = notebook_from(_document(markdown, raw, _code(id="ab-1")))
    assert [(cell.number, cell.kind, cell.id) for cell in notebook.cells] == [
        (1, "markdown", None),
        (2, "raw", None),
        (3, "code", "ab-1"),
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a\nb", "a\nb"),
        (["a\n", "b"], "a\nb"),
        ("a\r\nb\rc", "a\nb\nc"),
        ([], ""),
    ],
    ids=["text", "list", "line ends", "empty list"],
)
def test_source_may_be_text_or_a_list(source: object, expected: str) -> None:
    assert notebook_from(_document(_code(source), _code())).cells[0].source == expected


def test_a_cell_holds_tags_roles_count_and_outputs() -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "hi"}
    metadata = {"tags": ["load", "hide-input"]}
    cell = notebook_from(
        _document(_code(metadata=metadata, execution_count=7, outputs=[output]))
    ).cells[0]
    assert cell.tags == ("load", "hide-input")
    assert cell.roles == (Role.LOAD,)
    assert cell.execution_count == 7
    assert cell.outputs == (output,)


def test_tags_of_markdown_cells_give_no_role() -> None:
    markdown = {"cell_type": "markdown", "metadata": {"tags": ["train"]}, "source": ""}
    assert notebook_from(_document(markdown, _code())).cells[0].roles == ()


def test_kernel_and_language_come_from_the_metadata() -> None:
    metadata = {
        "kernelspec": {"name": "conda-env", "language": "python"},
        "language_info": {"name": "python"},
    }
    notebook = notebook_from(_document(_code(), metadata=metadata))
    assert (notebook.kernel, notebook.language) == ("conda-env", "python")


def test_format_3_keeps_its_cells_in_worksheets() -> None:
    cells = [
        {"cell_type": "heading", "level": 1, "source": "Title"},
        {
            "cell_type": "code",
            "language": "python",
            "input": ["x = 1\n", "y = 2"],
            "prompt_number": 4,
            "outputs": [],
        },
    ]
    notebook = notebook_from(
        {"nbformat": 3, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}
    )
    assert [cell.kind for cell in notebook.cells] == ["markdown", "code"]
    assert notebook.cells[1].source == "x = 1\ny = 2"
    assert notebook.cells[1].execution_count == 4


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(_document(_code())).encode())
    assert read(path).cells[0].source == "x = 1"


_VALID = json.dumps(_document(_code("print('x')")))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (_VALID[:-9].encode(), "cut off"),
        (_VALID[: _VALID.index("print") + 3].encode(), "cut off"),
        (b"PK\x03\x04 archive", "not a Jupyter notebook"),
        (b"<html></html>", "not a Jupyter notebook"),
        (b'{"nbformat": 4,, }', "not valid JSON"),
        (b'{\n<<<<<<< ours\n"a": 1\n=======\n>>>>>>> theirs\n}', "unresolved merge"),
        (_VALID.encode("utf-16"), "UTF-16"),
        ('{"é": 1}'.encode("latin-1"), "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' * 100_000, "nested too deeply"),
        (b'{"nbformat": ' + b"9" * 5000 + b"}", "cannot be read"),
        (b"[1, 2]", "a list, not an object"),
        (b"null", "not a Jupyter notebook"),
        (b'{"cells": []}', "no 'nbformat'"),
        (b'{"nbformat": "4"}', "'nbformat' is a text"),
        (b'{"nbformat": true}', "true or false"),
        (b'{"nbformat": 2, "worksheets": []}', "nbformat 2"),
        (b'{"nbformat": 5, "cells": []}', "nbformat 5"),
        (b'{"nbformat": 4}', "'cells' is missing"),
        (b'{"nbformat": 4, "cells": {}}', "'cells' is an object"),
        (b'{"nbformat": 4, "cells": [], "metadata": 1}', "'metadata' is a number"),
        (b'{"nbformat": 3, "worksheets": [3]}', "'worksheets[0]' is a number"),
    ],
)
def test_files_that_are_no_notebooks_are_explained(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(content)
    with pytest.raises(NotebookFault) as caught:
        read(path)
    fault = caught.value
    assert said in fault.what
    assert fault.place is not None
    assert fault.place.notebook == str(path)
    assert fault.hint


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (3, "'cell 2' is a number"),
        ({"cell_type": "drawing"}, "cell type 'drawing'"),
        ({"cell_type": ["code"]}, "cell type ['code']"),
        (_code(source=5), "source that is a number"),
        (_code(source=["a", 1]), "source that is a list"),
        (_code(metadata=[]), "metadata that are a list"),
        (_code(metadata={"tags": "load"}), "tags"),
        (_code(metadata={"tags": [1]}), "tags"),
        (_code(execution_count="3"), "execution count"),
        (_code(execution_count=True), "execution count"),
        (_code(outputs={}), "outputs"),
        (_code(outputs=["x"]), "outputs"),
    ],
)
def test_wrong_types_inside_name_the_cell(cell: object, said: str) -> None:
    with pytest.raises(NotebookFault) as caught:
        notebook_from(_document(_code(), cell))
    assert said in caught.value.what
    assert "ell 2" in caught.value.what


@pytest.mark.parametrize(
    "metadata",
    [
        {"language_info": {"name": "R"}},
        {"kernelspec": {"name": "ir", "display_name": "R"}},
        {"kernelspec": {"name": "julia-1.9", "language": "julia"}},
    ],
)
def test_other_languages_are_refused(metadata: dict[str, object]) -> None:
    with pytest.raises(NotebookFault, match="not Python"):
        notebook_from(_document(_code(), metadata=metadata))


@pytest.mark.parametrize(
    "cells", [[], [_code("  \n")], [{"cell_type": "markdown", "metadata": {}, "source": "x = 1"}]]
)
def test_a_notebook_without_code_is_refused(cells: list[object]) -> None:
    with pytest.raises(NotebookFault, match="no code cells"):
        notebook_from(_document(*cells))


def test_missing_files_and_folders_are_explained(tmp_path: Path) -> None:
    with pytest.raises(NotebookFault, match="no such file"):
        read(tmp_path / "absent.ipynb")
    with pytest.raises(NotebookFault, match="folder"):
        read(tmp_path)
    with pytest.raises(NotebookFault, match="cannot be read"):
        read("a\0b.ipynb")


_KEYS = [
    *("cells", "cell_type", "source", "metadata", "tags", "outputs", "nbformat", "id"),
    *("worksheets", "input", "prompt_number", "execution_count", "kernelspec", "language"),
]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(_KEYS),
            inner | st.sampled_from(["code", "markdown", 3, 4, "python"]),
            max_size=6,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=300, deadline=None)
@given(_JSON)
def test_any_json_is_read_or_refused(document: object) -> None:
    with suppress(NotebookFault):
        assert parse_notebook(json.dumps(document)).code_cells


@settings(max_examples=200, deadline=None)
@given(_JSON, st.integers(3, 4))
def test_any_cell_is_read_or_refused(cell: object, version: int) -> None:
    document = _document(_code(), cell, nbformat=version, worksheets=[{"cells": [cell]}])
    with suppress(NotebookFault):
        assert notebook_from(document).code_cells


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.integers(0, len(_VALID)))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, position: int
) -> None:
    path = tmp_path_factory.mktemp("noise") / "a.ipynb"
    path.write_bytes(_VALID[:position].encode() + noise + _VALID[position:].encode())
    with suppress(NotebookFault):
        assert read(path).code_cells
