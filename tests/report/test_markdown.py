"""Texts of a notebook stay texts in Markdown."""

from pathlib import Path

import pytest

from nb2prod.report.markdown import code, line, markdown, plain, quote


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("a\n  b", "a b"),
        ("a|b", "a\\|b"),
        ("[x](y)", "\\[x\\](y)"),
        ("`*_", "\\`\\*\\_"),
        ("back\\slash", "back\\\\slash"),
    ],
)
def test_a_line_holds_neither_html_nor_markdown(text: str, shown: str) -> None:
    assert line(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("df['a'] < 1", "`df['a'] < 1`"), ("a`b|c", "`a'b\\|c`"), ("a\nb", "`a b`"), ("", "")],
)
def test_code_ends_where_it_ends(text: str, shown: str) -> None:
    assert code(text) == shown


def test_a_quotation_keeps_its_markdown_only() -> None:
    assert quote("**a**\n\n<i>") == "> **a**\n>\n> &lt;i&gt;"
    assert plain("`a` <i>") == "`a` &lt;i&gt;"


def test_what_no_filter_was_asked_for_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "t.md.j2").write_text("{{ a }}\n\n\n\n{{ a | line }}\n")
    assert markdown(tmp_path, "t.md.j2", {"a": "<i>"}) == "&lt;i&gt;\n\n&lt;i&gt;\n"
