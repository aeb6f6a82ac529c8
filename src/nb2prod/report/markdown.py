"""Render Markdown texts whose values come from a notebook: none of them may become markup."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_BLANKS = re.compile(r"\s+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def markdown(templates: Path, name: str, values: Mapping[str, object]) -> str:
    """Return a text.

    Args:
        templates: The folder of all templates; texts are in its ``report/``.
        name: File name of the text's template.
        values: What it says.
    """
    environment = Environment(
        loader=FileSystemLoader(templates / "report"),
        undefined=StrictUndefined,
        # The text is Markdown; the filters below escape what could become HTML within it.
        autoescape=False,  # noqa: S701
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(escaped=escaped, line=line, cell=cell, quote=quote)
    return _EMPTY_LINES.sub("\n\n", environment.get_template(name).render(values))


def escaped(value: object) -> str:
    """Return a text in which nothing is HTML."""
    return str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def line(value: object) -> str:
    """Return a text as one line."""
    return _BLANKS.sub(" ", escaped(value)).strip()


def cell(value: object) -> str:
    """Return a text for a cell of a table."""
    return line(value).replace("|", "\\|").replace("`", "'")


def quote(value: object) -> str:
    """Return a text as a quotation."""
    return "\n".join(f"> {one}".rstrip() for one in escaped(value).splitlines())
