"""Findings as text and as JSON."""

import json

import pytest

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint import lint
from nb2prod.lint.excerpt import excerpt
from nb2prod.lint.reports import Linted, diagnostic_text, json_report, text_report
from nb2prod.notebook.percent import from_percent

_NOTEBOOK = from_percent("# %%\ntotal = 1\n# %%\ny = 1\nprint(totl)", "a.ipynb")
_EXPECTED = """\
a.ipynb:cell 2:2:7: NBH001 error: `totl` is not defined: a clean run stops here with a NameError.
    2 | print(totl)
      |       ^^^^
    hint: Did you mean `total`, bound in cell 1?"""


def _undefined() -> Diagnostic:
    return next(one for one in lint(_NOTEBOOK) if one.code == "NBH001")


def test_text_shows_the_place_the_line_and_the_hint() -> None:
    assert diagnostic_text(_undefined(), _NOTEBOOK) == _EXPECTED


def test_colours_change_nothing_else() -> None:
    text = diagnostic_text(_undefined(), _NOTEBOOK, is_coloured=True)
    assert "\x1b[1;31mNBH001 error:\x1b[0m" in text
    for code in ("\x1b[1;31m", "\x1b[31m", "\x1b[1m", "\x1b[0m"):
        text = text.replace(code, "")
    assert text == _EXPECTED


def test_a_finding_without_a_place_names_the_notebook() -> None:
    diagnostic = Diagnostic("NBT002", "missing-role", Severity.WARNING, "No roles.")
    assert diagnostic_text(diagnostic, _NOTEBOOK) == "a.ipynb: NBT002 warning: No roles."


def test_the_summary_counts_by_severity() -> None:
    lines = list(text_report([Linted(_NOTEBOOK, lint(_NOTEBOOK))] * 2))
    assert lines[-1] == "Found 2 errors, 2 warnings in 2 notebooks."
    assert list(text_report([Linted(_NOTEBOOK, [])])) == ["1 notebook: nothing to mend."]


def test_json_is_the_contract() -> None:
    report = json.loads(json_report([Linted(_NOTEBOOK, [_undefined()])]))
    assert report == {
        "notebooks": [
            {
                "path": "a.ipynb",
                "diagnostics": [
                    {
                        "code": "NBH001",
                        "name": "undefined-name",
                        "severity": "error",
                        "message": "`totl` is not defined: "
                        "a clean run stops here with a NameError.",
                        "hint": "Did you mean `total`, bound in cell 1?",
                        "subject": "totl",
                        "cell": 2,
                        "cell_id": None,
                        "line": 2,
                        "column": 7,
                        "end_line": 2,
                        "end_column": 11,
                        "fixable": False,
                    }
                ],
            }
        ]
    }


@pytest.mark.parametrize(
    ("text", "column", "end", "expected"),
    [
        ("abc", 2, 3, ("abc", " ", "^")),
        ("\tabc", 2, 5, ("    abc", "    ", "^^^")),
        ("名前 = x", 6, 7, ("名前 = x", "       ", "^")),
        ("x = 1", 6, 7, ("x = 1", "     ", "^")),
        ("x\x1b[31m = y", 9, 10, ("x·[31m = y", "        ", "^")),
        ("abc", 1, None, ("abc", "", "^^^")),
        ("é" * 3 + "x", 4, 5, ("éééx", "   ", "^")),
    ],
)
def test_excerpts(text: str, column: int, end: int | None, expected: tuple[str, str, str]) -> None:
    assert excerpt(text, column, end) == expected


def test_long_lines_are_cut_around_the_place() -> None:
    text = "a" * 300 + "X" + "b" * 300
    shown, blanks, carets = excerpt(text, 301, 302)
    assert len(shown) == 102
    assert shown[len(blanks)] == "X"
    assert carets == "^"
