"""SVG elements as escaped text."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

Content = Markup | str


def element(name: str, *children: Content, **attributes: object) -> Markup:
    """Return an element; texts are escaped, and an attribute that is None is left out.

    Args:
        name: Its tag.
        children: Elements and texts within it.
        attributes: Its attributes; ``class_`` is ``class``, and underscores are hyphens.
    """
    given = Markup("").join(
        Markup(' {}="{}"').format(_attribute(key), _text(value))
        for key, value in attributes.items()
        if value is not None
    )
    inner = Markup("").join(escape(child) for child in children)
    return Markup("<{0}{1}>{2}</{0}>").format(name, given, inner)


def picture(
    size: tuple[float, float], said: str, children: Iterable[Content], look: str = "plot"
) -> Markup:
    """Return a whole drawing.

    Args:
        size: Width and height in its own units.
        said: What it shows, for whoever cannot see it.
        children: What is drawn.
        look: Its class.
    """
    width, height = size
    return element(
        "svg",
        element("title", said),
        *children,
        class_=look,
        viewBox=f"0 0 {_text(width)} {_text(height)}",
        role="img",
        # Its own width at most, so that texts have one size in all plots.
        style=f"max-width:{_text(width)}px",
    )


def path(points: Iterable[tuple[float, float]]) -> str:
    """Return the ``d`` of a line through points."""
    return " ".join(
        f"{'L' if number else 'M'}{_text(x)} {_text(y)}" for number, (x, y) in enumerate(points)
    )


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value)
