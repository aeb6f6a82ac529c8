"""The notebook's own comments, kept with the statements that they stand above."""

from __future__ import annotations

import ast
import io
import tokenize


def comments_above(code: str, node: ast.stmt) -> tuple[str, ...]:
    """Return the comment lines directly above a statement, and the one behind its last line."""
    lines = code.split("\n")
    found: list[str] = []
    number = node.lineno - 1
    while number >= 1 and lines[number - 1].lstrip().startswith("#"):
        found.insert(0, lines[number - 1].strip())
        number -= 1
    behind = _comment_behind(code, node.end_lineno or node.lineno)
    return (*found, *((behind,) if behind else ()))


def _comment_behind(code: str, line: int) -> str | None:
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT and token.start[0] == line:
                before = token.line[: token.start[1]].strip()
                return token.string if before else None
    except (tokenize.TokenError, SyntaxError):
        return None
    return None
