"""Render Markdown texts whose values come from a notebook: none of them may become markup."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_BLANKS = re.compile(r"\s+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_MARKS = re.compile(r"([\\`*_\[\]|])")


def markdown(templates: Path, name: str, values: Mapping[str, object]) -> str:
    """Return a text.

    What no filter was asked for is escaped as for HTML, so that a filter that was forgotten lets nothing through.

    Args:
        templates: The folder of all templates; texts are in its ``report/``.
        name: File name of the text's template.
        values: What it says.
    """
    environment = Environment(
        loader=FileSystemLoader(templates / "report"),
        undefined=StrictUndefined,
        autoescape=True,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(plain=plain, line=line, code=code, quote=quote)
    return _EMPTY_LINES.sub("\n\n", environment.get_template(name).render(values))


def plain(value: object) -> Markup:
    """Return a text in which nothing is HTML; Markdown stays, since nb2prod itself wrote it."""
    return Markup(_without_tags(str(value)))  # noqa: S704 - every `<` was escaped


def line(value: object) -> Markup:
    """Return a text as one line in which nothing is HTML or Markdown, also for a cell of a table."""
    text = _BLANKS.sub(" ", str(value)).strip()
    return Markup(_MARKS.sub(r"\\\1", _without_tags(text)))  # noqa: S704 - every `<` was escaped


def code(value: object) -> Markup:
    """Return a text as code, also for a cell of a table; within code nothing is HTML, and no backtick ends it."""
    text = _BLANKS.sub(" ", str(value)).strip().replace("`", "'").replace("|", "\\|")
    return Markup(f"`{text}`" if text else "")  # noqa: S704 - within backticks


def quote(value: object) -> Markup:
    """Return a text of the notebook as a quotation; its Markdown stays, HTML does not."""
    lines = _without_tags(str(value)).splitlines()
    return Markup("\n".join(f"> {one}".rstrip() for one in lines))  # noqa: S704 - every `<` was escaped


def _without_tags(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
