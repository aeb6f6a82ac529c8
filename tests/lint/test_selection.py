"""Which findings are wanted."""

import pytest

from nb2prod.lint import lint
from nb2prod.lint.selection import Settings, wanted
from nb2prod.notebook.percent import from_percent


@pytest.mark.parametrize(
    ("settings", "code", "expected"),
    [
        (Settings(), "NBH001", True),
        (Settings(select=("NBH",)), "NBH001", True),
        (Settings(select=("NBH",)), "NBO001", False),
        (Settings(ignore=("NBO",)), "NBO001", False),
        (Settings(ignore=("NBO",)), "NBH001", True),
        (Settings(select=("NBO001",), ignore=("NBO",)), "NBO001", True),
        (Settings(select=("NBO",), ignore=("NBO001",)), "NBO001", False),
        (Settings(select=("NBO001",), ignore=("NBO001",)), "NBO001", False),
        (Settings(select=("ALL",)), "NBS001", True),
        (Settings(per_path=(("drafts/*", ("NBH",)),)), "NBH001", False),
        (Settings(per_path=(("*.ipynb", ("NBH001",)),)), "NBH001", False),
        (Settings(per_path=(("other/*", ("NBH",)),)), "NBH001", True),
    ],
)
def test_settings_choose_codes(settings: Settings, code: str, expected: bool) -> None:
    assert settings.wants(code, "work/drafts/a.ipynb") is expected


@pytest.mark.parametrize(
    "source",
    [
        "nope  # noqa: NBH001",
        "nope  # noqa",
        "nope  # NOQA: nbh001",
        "nope  # noqa: E501, NBH",
        "print(\n    nope,\n)  # why\n# noqa is for lines\nnope_again = 1",
    ],
)
def test_a_comment_leaves_out_its_line(source: str) -> None:
    notebook = from_percent(f"# %%\n{source}")
    kept = wanted(lint(notebook), notebook, Settings(select=("NBH",)))
    assert [one.code for one in kept] == (["NBH001"] if "print" in source else [])


@pytest.mark.parametrize(
    "source", ["nope  # noqa: E501", "# noqa: NBH001\nnope", "nope  # noqa-like", "nope  # no qa"]
)
def test_other_comments_leave_nothing_out(source: str) -> None:
    notebook = from_percent(f"# %%\n{source}")
    assert wanted(lint(notebook), notebook, Settings(select=("NBH",)))


@pytest.mark.parametrize(
    ("tag", "is_left_out"),
    [
        ("nb2prod-ignore:NBH001", True),
        ("nb2prod-ignore:NBH", True),
        ("nb2prod-ignore:NBO", False),
        ("hide-input", False),
    ],
)
def test_a_tag_leaves_out_codes_in_its_cell(tag: str, is_left_out: bool) -> None:
    notebook = from_percent(f'# %% tags=["{tag}"]\nnope\n# %%\nnope_too')
    kept = wanted(lint(notebook), notebook, Settings(select=("NBH001",)))
    assert [one.cell for one in kept] == ([2] if is_left_out else [1, 2])
