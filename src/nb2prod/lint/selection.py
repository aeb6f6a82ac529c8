"""Which findings are wanted: by code, by path, by marks in the notebook."""

import re
from collections.abc import Iterable
from fnmatch import fnmatch
from typing import NamedTuple

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.notebook.lazy_pattern import LazyPattern
from nb2prod.notebook.model import Notebook

_NOQA = LazyPattern(
    r"#\s*noqa(?![\w-])(?:\s*:\s*(?P<codes>[A-Z]+[0-9]*(?:\s*,\s*[A-Z]+[0-9]*|\s+[A-Z]+[0-9]+)*))?",
    re.IGNORECASE,
)
_TAG = "nb2prod-ignore:"


class Settings(NamedTuple):
    """What a project asks of the linter.

    Attributes:
        select: Codes or beginnings of codes to report; empty for all.
        ignore: Codes or beginnings of codes to leave out; the longer of two beginnings wins.
        per_path: Further codes to leave out, each with a pattern for the notebook's path.
        magics: Names of magics of the project's own, which bind nothing.
        fail_on: The least severity that makes the command fail.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_path: tuple[tuple[str, tuple[str, ...]], ...] = ()
    magics: tuple[str, ...] = ()
    fail_on: Severity = Severity.ERROR

    def wants(self, code: str, path: str) -> bool:
        """Say whether findings of a code are wanted in a notebook."""
        chosen = _longest(self.select, code) if self.select else 0
        left_out = _longest(self.ignore, code)
        if chosen is None or (left_out is not None and left_out >= chosen):
            return False
        return not any(
            code.startswith(codes) for pattern, codes in self.per_path if _fits(path, pattern)
        )


def wanted(
    diagnostics: Iterable[Diagnostic], notebook: Notebook, settings: Settings
) -> list[Diagnostic]:
    """Return the findings that neither the settings nor marks in the notebook leave out."""
    return [
        one
        for one in diagnostics
        if settings.wants(one.code, notebook.path) and not _is_marked(one, notebook)
    ]


def _longest(prefixes: tuple[str, ...], code: str) -> int | None:
    """Return the length of the longest prefix of a code; None when none is one."""
    return max((len(one) for one in prefixes if code.startswith(one) or one == "ALL"), default=None)


def _fits(path: str, pattern: str) -> bool:
    plain = path.replace("\\", "/").removeprefix("./")
    return fnmatch(plain, pattern) or fnmatch(plain, f"*/{pattern}")


def _is_marked(diagnostic: Diagnostic, notebook: Notebook) -> bool:
    """Say whether a tag of the cell or a comment on the line leaves a finding out."""
    if diagnostic.cell is None:
        return False
    cell = notebook.cell(diagnostic.cell)
    for tag in cell.tags:
        if tag.startswith(_TAG) and diagnostic.code.startswith(_codes(tag.removeprefix(_TAG))):
            return True
    if diagnostic.line is None or "noqa" not in cell.source.lower():
        return False
    lines = cell.source.split("\n")
    numbers = {diagnostic.line, diagnostic.end_line or diagnostic.line}
    return any(_leaves_out(lines[number - 1], diagnostic.code) for number in numbers)


def _leaves_out(line: str, code: str) -> bool:
    match = _NOQA.search(line)
    return match is not None and (match["codes"] is None or code.startswith(_codes(match["codes"])))


def _codes(text: str) -> tuple[str, ...]:
    return tuple(one.upper() for one in re.split(r"[\s,]+", text) if one)
