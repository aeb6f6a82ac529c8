"""Render self-contained HTML pages: one file with its styles, no scripts, nothing from the network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape


def page(templates: Path, name: str, values: Mapping[str, object]) -> str:
    """Return a page.

    Args:
        templates: The folder of all templates; pages are in its ``report/``.
        name: File name of the page's template.
        values: What it shows; texts are escaped.
    """
    environment = Environment(
        loader=FileSystemLoader(templates / "report"),
        undefined=StrictUndefined,
        autoescape=True,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["marked"] = marked
    return environment.get_template(name).render(values)


def marked(text: str) -> Markup:
    """Return a message with what stands between backticks as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )
