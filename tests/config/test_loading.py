"""Settings come from the file beside the notebook, else from the nearest project that has some."""

from pathlib import Path

import pytest

from nb2prod.config import Config, load_config, merged
from nb2prod.errors import UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    notebooks = tmp_path / "project" / "notebooks"
    notebooks.mkdir(parents=True)
    return notebooks


def test_without_a_file_the_defaults_hold(folder: Path) -> None:
    assert load_config(folder / "n.ipynb") == Config()


def test_the_file_beside_the_notebook_holds(folder: Path) -> None:
    (folder / "nb2prod.toml").write_text(
        'name = "birds"\nseed = 7\ntimeout = 30\ntarget = "Species"\n'
    )
    config = load_config(folder / "n.ipynb")
    assert (config.name, config.seed, config.timeout) == ("birds", 7, 30.0)
    assert config.target == ("Species",)


def test_the_nearest_project_with_a_table_holds(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[project]\nname = "no settings here"\n')
    (folder.parent / "pyproject.toml").write_text('[tool.nb2prod]\ntarget = ["a", "b"]\n')
    assert load_config(folder / "n.ipynb").target == ("a", "b")


def test_the_file_beside_the_notebook_wins_over_the_project(folder: Path) -> None:
    (folder / "nb2prod.toml").write_text("seed = 1\n")
    (folder / "pyproject.toml").write_text("[tool.nb2prod]\nseed = 2\nthreads = 3\n")
    config = load_config(folder / "n.ipynb")
    assert (config.seed, config.threads) == (1, 1)


def test_a_relative_output_is_meant_from_its_file(folder: Path) -> None:
    (folder.parent / "pyproject.toml").write_text('[tool.nb2prod]\noutput = "out"\n')
    assert load_config(folder / "n.ipynb").output == folder.parent / "out"


def test_a_byte_order_mark_is_no_fault(folder: Path) -> None:
    (folder / "nb2prod.toml").write_bytes(b"\xef\xbb\xbfseed = 5\n")
    assert load_config(folder / "n.ipynb").seed == 5


@pytest.mark.parametrize(
    ("text", "what", "hint", "line"),
    [
        pytest.param("a = 1\nsed = 7", "no setting `a`.", "It knows", 1, id="unknown"),
        pytest.param("\nsed = 7", "no setting `sed`.", "Did you mean `seed`?", 2, id="near"),
        pytest.param(
            "seed = '7'", "`seed` must be a whole number, and is '7'", "docs/", 1, id="int"
        ),
        pytest.param(
            "seed = true", "`seed` must be a whole number", "docs/", 1, id="bool-is-no-int"
        ),
        pytest.param("seed = -1", "greater than or equal to 0, and is -1", "docs/", 1, id="range"),
        pytest.param("strict = 'yes'", "`strict` must be true or false", "docs/", 1, id="bool"),
        pytest.param("timeout = 'a'", "`timeout` must be a number", "docs/", 1, id="float"),
        pytest.param("timeout = 0", "greater than 0", "docs/", 1, id="positive"),
        pytest.param("name = 3", "`name` must be a text in quotes", "docs/", 1, id="text"),
        pytest.param("target = 3", "a column name or a list", "docs/", 1, id="columns"),
        pytest.param("target = ['a', 3]", "`target` must be a text", "docs/", 1, id="column"),
        pytest.param(
            "prove = 'half'", "'sample' or 'full', and is 'half'", "docs/", 1, id="choice"
        ),
        pytest.param("domain = 'drop'", "'flag', 'reject' or 'fallback'", "docs/", 1, id="domain"),
        pytest.param(
            "domain = 'fallback'", "`fallback` must be given", "docs/", None, id="no-fallback"
        ),
        pytest.param("gates = 1", "`gates` must be a table", "docs/", 1, id="table"),
        pytest.param("[gates]\nacc = 1", "`gates.acc`", "It knows metrics, ", 2, id="section"),
    ],
)
def test_a_fault_says_where_and_what(
    folder: Path, text: str, what: str, hint: str, line: int | None
) -> None:
    (folder / "nb2prod.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        load_config(folder / "n.ipynb")
    assert what in caught.value.what
    assert hint in (caught.value.hint or "")
    assert caught.value.place is not None
    assert caught.value.place.line == line


def test_a_fault_in_a_project_is_placed_in_its_table(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.other]\nsed = 1\n[tool.nb2prod]\nsed = 2\n")
    with pytest.raises(UsageError) as caught:
        load_config(folder / "n.ipynb")
    assert caught.value.place is not None
    assert caught.value.place.line == 4


@pytest.mark.parametrize(
    "content", [pytest.param(b"seed = ", id="toml"), pytest.param(b"\xff\xfe", id="encoding")]
)
def test_a_file_that_is_no_toml_is_a_usage_error(folder: Path, content: bytes) -> None:
    (folder / "nb2prod.toml").write_bytes(content)
    with pytest.raises(UsageError, match=r"nb2prod\.toml is no valid TOML"):
        load_config(folder / "n.ipynb")


def test_the_command_line_wins() -> None:
    config = merged(Config(seed=3, strict=True), {"seed": 9, "strict": None, "output": Path("o")})
    assert (config.seed, config.strict, config.output) == (9, True, Path("o"))


def test_the_command_line_is_checked_too() -> None:
    with pytest.raises(UsageError, match="Setting `seed` must be less than or equal to 4294967295"):
        merged(Config(), {"seed": 2**40})


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Config().seed = 3  # type: ignore[misc]  # that it fails is what is tested
