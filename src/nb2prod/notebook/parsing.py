"""Parse a cell to a tree, or say where its syntax breaks.

What is returned are named tuples: Python needs a millisecond to make a frozen, slotted dataclass, and linting one
notebook takes two.
"""

import ast
import warnings
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nb2prod.notebook.magics import Translated, translate


class SyntaxFault(NamedTuple):
    """Why a cell cannot be parsed; lines and columns are 1-based in the cell."""

    message: str
    line: int
    column: int
    end_line: int
    end_column: int


_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")


class Span(NamedTuple):
    """A stretch of a cell; all numbers 1-based, columns in characters, the end column exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Parsed(NamedTuple):
    """A cell's source and its tree.

    Attributes:
        translated: The source as plain Python.
        tree: Its syntax tree, or None when it does not parse.
        fault: Where and why it does not parse, or None.
    """

    translated: Translated
    tree: ast.Module | None
    fault: SyntaxFault | None

    def span(self, node: ast.AST) -> Span:
        """Return where a node of the tree stands in the cell.

        Trees count columns in bytes from 0; people and editors count characters from 1.
        """
        code = self.translated.code
        line = getattr(node, "lineno", 1)
        end_line = getattr(node, "end_lineno", None) or line
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", None) or 0
        is_ascii = code.isascii()
        if is_ascii and not self.translated.shifts:
            # Of plain text bytes are characters, so nobody need look at the lines.
            return Span(line, start + 1, end_line, end + 1)
        lines = () if is_ascii else code.split("\n")
        return Span(
            line, self._column(lines, line, start), end_line, self._column(lines, end_line, end)
        )

    def _column(self, lines: Sequence[str], line: int, offset: int) -> int:
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        shift = self.translated.shifts.get(line, 0)
        if text.isascii():
            return offset + 1 + shift
        return (
            len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "replace"))
            + 1
            + shift
        )


def parse_cell(source: str, magics: frozenset[str] = frozenset()) -> Parsed:
    """Translate and parse a cell's source.

    Never raises for any text, and never lets Python's own warnings about the source out.

    Args:
        source: The cell's text.
        magics: Names of further magics that bind nothing.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return parse_quietly(source, magics)


def parse_quietly(source: str, magics: frozenset[str] = frozenset()) -> Parsed:
    """Do what `parse_cell` does, for callers that silence Python's warnings themselves."""
    translated = translate(source, magics)
    try:
        tree = ast.parse(translated.code)
    except SyntaxError as error:
        return Parsed(translated, None, _fault(error, translated))
    except (ValueError, RecursionError, MemoryError) as error:
        return Parsed(translated, None, SyntaxFault(_reason(error), 1, 1, 1, 1))
    code = translated.code
    if "pass;" in code:
        _drop_padding(tree)
    may_stray = "return" in code or "break" in code or "continue" in code or "yield" in code
    fault = next(_strays(tree, translated), None) if may_stray else None
    return Parsed(translated, tree, fault)


def _fault(error: SyntaxError, translated: Translated) -> SyntaxFault:
    lines = translated.code.split("\n")
    line = min(max(error.lineno or 1, 1), len(lines))
    shift = translated.shifts.get(line, 0)
    column = min(max(error.offset or 1, 1), len(lines[line - 1]) + 1)
    if isinstance(error, IndentationError):
        column = len(lines[line - 1]) - len(lines[line - 1].lstrip()) + 1
    end_line = min(max(error.end_lineno or line, line), len(lines))
    end = error.end_offset or 0
    if end_line == line and end <= column:
        end = column + 1
    return SyntaxFault(
        error.msg, line, column + shift, end_line, end + translated.shifts.get(end_line, 0)
    )


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeEncodeError):
        return "the cell holds half of a character (a lone surrogate)"
    if isinstance(error, ValueError):
        return "the cell holds a null character" if "null" in str(error) else str(error)
    return "the code is nested too deeply to be parsed"


def _drop_padding(tree: ast.Module) -> None:
    """Take out the ``pass;`` that holds a kept statement's columns."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and len(body) > 1:
            body[:] = [
                one
                for one, after in zip(body, [*body[1:], None], strict=True)
                if not _is_padding(one, after)
            ]


def _is_padding(statement: ast.stmt, after: ast.stmt | None) -> bool:
    return (
        isinstance(statement, ast.Pass) and after is not None and after.lineno == statement.lineno
    )


def _strays(tree: ast.Module, translated: Translated) -> Iterator[SyntaxFault]:
    """Find what the parser lets pass and the compiler would not."""
    parsed = Parsed(translated, tree, None)
    pending: list[tuple[ast.AST, bool]] = [(node, False) for node in reversed(tree.body)]
    while pending:
        node, is_loop = pending.pop()
        message = _stray_message(node, is_loop=is_loop)
        if message:
            span = parsed.span(node)
            yield SyntaxFault(message, span.line, span.column, span.end_line, span.end_column)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            continue
        inside = is_loop or isinstance(node, ast.For | ast.AsyncFor | ast.While)
        pending += [(child, inside) for child in reversed(list(_inner_statements(node)))]


def _inner_statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements of a statement, in order, with the handlers and cases that hold some."""
    for field in _BLOCKS:
        yield from getattr(node, field, ())


def _stray_message(node: ast.AST, *, is_loop: bool) -> str | None:
    if isinstance(node, ast.Return):
        return "'return' outside function"
    if isinstance(node, ast.Break | ast.Continue) and not is_loop:
        return (
            "'break' outside loop"
            if isinstance(node, ast.Break)
            else "'continue' not properly in loop"
        )
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield | ast.YieldFrom):
        return "'yield' outside function"
    return None
