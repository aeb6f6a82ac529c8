"""A value for a parameter must be known by name and fit by type."""

from pathlib import Path

import pytest

from nb2prod.errors import UsageError
from nb2prod.execute.literals import Value
from nb2prod.execute.overrides import overrides
from nb2prod.execute.parameters import declared
from nb2prod.notebook import Notebook, read
from tests.execute.conftest import WriteNotebook

CELL = """\
seed = 42
rate = 0.1
name = "adult"
is_fast = False
columns = ["a", "b"]
pair = (1, 2)
weights = {"a": 1.0}
anything = None
limit: int | None = 5
maybe: Optional[float] = None
mixed: list[int] = [1]
path = Path("data")
depth = -3
"""


@pytest.fixture
def notebook(write_notebook: WriteNotebook) -> Notebook:
    return read(write_notebook(("# title", "markdown"), (CELL, "parameters"), "seed + 1"))


def test_names_types_and_places_are_read_without_running(notebook: Notebook) -> None:
    found = declared(notebook)
    assert list(found)[:3] == ["seed", "rate", "name"]
    assert found["seed"].value == 42
    assert found["depth"].value == -3
    assert found["limit"].types == {"int", "None"}
    assert found["maybe"].types == {"float", "None"}
    assert found["mixed"].types == {"list"}
    assert not found["path"].is_literal
    assert (found["rate"].place.cell, found["rate"].place.line) == (2, 2)
    assert found["rate"].place.source_line == "rate = 0.1"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("seed", "7", 7),
        ("seed", "-7", -7),
        ("rate", "0.5", 0.5),
        ("rate", "1", 1.0),
        ("rate", "1e-3", 0.001),
        ("name", "42", "42"),
        ("name", "", ""),
        ("is_fast", "true", True),
        ("is_fast", "False", False),
        ("columns", '["x"]', ["x"]),
        ("columns", "['x', 'y']", ["x", "y"]),
        ("pair", "[3, 4]", (3, 4)),
        ("pair", "(3, 4)", (3, 4)),
        ("weights", '{"b": 2}', {"b": 2}),
        ("anything", "3", 3),
        ("anything", "null", None),
        ("anything", "word", "word"),
        ("limit", "None", None),
        ("limit", "8", 8),
        ("maybe", "2", 2.0),
    ],
)
def test_a_text_is_read_by_the_declared_type(
    notebook: Notebook, name: str, text: str, value: Value
) -> None:
    found = overrides(notebook, [(name, text)])
    assert found == {name: value}
    assert type(found[name]) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("seed", "7.0", "a whole number"),
        ("seed", "true", "a whole number"),
        ("seed", "null", "a whole number"),
        ("rate", "fast", "a number"),
        ("rate", "nan", "a number"),
        ("is_fast", "1", "true or false"),
        ("columns", "a,b", "a list"),
        ("columns", '{"a": 1}', "a list"),
        ("weights", "[1]", "a mapping"),
        ("limit", "some", "a whole number or null"),
    ],
)
def test_a_text_of_another_type_is_refused(
    notebook: Notebook, name: str, text: str, expected: str
) -> None:
    with pytest.raises(UsageError) as caught:
        overrides(notebook, [(name, text)])
    assert f"`{name}` must be {expected}, and is {text!r}" in caught.value.what
    assert caught.value.place is not None
    assert caught.value.place.cell == 2


@pytest.mark.parametrize(
    ("name", "hint"),
    [("sed", "Did you mean `seed`?"), ("zzz", "declares `seed`, `rate`"), ("Seed", "`seed`")],
)
def test_an_unknown_name_is_refused_with_the_nearest(
    notebook: Notebook, name: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=f"no parameter `{name}`") as caught:
        overrides(notebook, [(name, "1")])
    assert hint in (caught.value.hint or "")


def test_a_computed_parameter_cannot_be_set(notebook: Notebook) -> None:
    with pytest.raises(UsageError, match="`path` is computed in the notebook"):
        overrides(notebook, [("path", "elsewhere")])


def test_a_notebook_without_parameters_takes_none(write_notebook: WriteNotebook) -> None:
    notebook = read(write_notebook("seed = 42"))
    assert overrides(notebook) == {}
    with pytest.raises(UsageError, match="no parameters that a run could set"):
        overrides(notebook, [("seed", "1")])


def test_the_command_line_wins_over_the_file(notebook: Notebook, tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("seed: 1\nrate: 2\nname: 2024-01-31\npair: [5, 6]\n")
    found = overrides(notebook, [("seed", "3")], file)
    assert found == {"seed": 3, "rate": 2.0, "name": "2024-01-31", "pair": (5, 6)}
    assert type(found["rate"]) is float


@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param(b"seed: seven", "`seed` must be a whole number", id="type"),
        pytest.param(b"sed: 7", "no parameter `sed`", id="name"),
        pytest.param(b"rate: .nan", "`rate` must be a number", id="nan"),
        pytest.param(b"anything: 2024-01-31", "must be a text, number", id="no-literal"),
        pytest.param(b"- seed", "must map names to values", id="list"),
        pytest.param(b"1: 2", "must map names to values", id="number-as-name"),
        pytest.param(b"a: [1", "no valid YAML", id="broken"),
        pytest.param(b"\xff\xfe\x00", "cannot be read", id="encoding"),
        pytest.param(b"!!python/object:os.system {}", "no valid YAML", id="unsafe-tag"),
        pytest.param(None, "cannot be read: No such file", id="missing"),
    ],
)
def test_a_faulty_file_is_a_usage_error(
    notebook: Notebook, tmp_path: Path, content: bytes | None, what: str
) -> None:
    file = tmp_path / "p.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=what):
        overrides(notebook, file=file)


def test_an_empty_file_sets_nothing(notebook: Notebook, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("# nothing yet\n")
    assert overrides(notebook, file=tmp_path / "p.yaml") == {}


def test_kale_names_the_cell_otherwise(write_notebook: WriteNotebook) -> None:
    notebook = read(write_notebook(("n = 1", "pipeline-parameters")))
    assert overrides(notebook, [("n", "2")]) == {"n": 2}
