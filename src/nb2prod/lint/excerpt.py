"""One line of source with carets under a part of it."""

_WIDTH = 100


def excerpt(text: str, column: int, end_column: int | None) -> tuple[str, str, str]:
    """Return a line as shown, the blanks up to a column, and carets from there.

    Tabs become blanks, characters without a width of their own become dots, wide characters count
    twice, and a long line is cut around the column.

    Args:
        text: The line.
        column: First column, from 1.
        end_column: Column after the last, or None for the rest of the line.
    """
    start = max(0, min(column - 1, len(text)))
    end = len(text.rstrip()) if end_column is None else min(end_column - 1, len(text))
    first = max(0, start - _WIDTH // 2) if len(text) > _WIDTH else 0
    last = min(len(text), first + _WIDTH)
    shown = _visible(text[first:last])
    before = _width(_visible(text[first:start]))
    marked = max(1, _width(_visible(text[start : min(max(end, start), last)])))
    prefix, suffix = "…" if first else "", "…" if last < len(text) else ""
    return f"{prefix}{shown}{suffix}", " " * (before + len(prefix)), "^" * marked


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    spread = text.replace("\t", "    ")
    return "".join(one if one.isprintable() else "·" for one in spread)


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(_columns(one) for one in text)


def _columns(character: str) -> int:
    import unicodedata

    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
