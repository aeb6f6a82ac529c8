"""Find secrets by their form, in sources and in saved texts."""

import re
from collections.abc import Iterator, Sequence
from math import log2
from typing import NamedTuple

from nb2prod.notebook.lazy_pattern import LazyPattern
from nb2prod.notebook.model import Cell
from nb2prod.notebook.parsing import Span

_FORMS = (
    (r"AKIA[0-9A-Z]{16}\b", "an AWS access key"),
    (r"gh[pousr]_[A-Za-z0-9]{36,}", "a GitHub token"),
    (r"github_pat_[A-Za-z0-9_]{50,}", "a GitHub token"),
    (r"glpat-[A-Za-z0-9_-]{20,}", "a GitLab token"),
    (r"sk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}", "an API key"),
    (r"hf_[A-Za-z0-9]{30,}", "a Hugging Face token"),
    (r"xox[abprs]-[A-Za-z0-9-]{10,}", "a Slack token"),
    (r"AIza[0-9A-Za-z_-]{35}", "a Google API key"),
    (r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----", "a private key"),
    (r"eyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{10,}", "a JSON web token"),
    (
        r"[a-z][a-z0-9+]{2,}://[^\s:/@'\"{}<>]+:(?P<word>[^\s:/@'\"{}<>$*]{4,})@[\w.-]+",
        "a connection string with its password",
    ),
)
_SECRET = LazyPattern("|".join(f"({form.replace('?P<word>', '?:')})" for form, _ in _FORMS))
_SIGNS = (
    "AKIA",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "sk-",
    "hf_",
    "xox",
    "AIza",
    "PRIVATE KEY",
    "eyJ",
    "://",
)
_WORDS = ("apikey", "api_key", "secret", "passw", "access_token", "accesstoken", "auth_token")
_BOUND = LazyPattern(
    r"(?i)\b(?P<name>\w*(?:api_?key|secret|passw(?:or)?d|passwd|access_?token|auth_?token)\w*)"
    r"[\"']?\]?\s*[=:]\s*[\"'](?P<value>[^\"'\s]{8,})[\"']"
)
_PLACEHOLDER = LazyPattern(
    r"(?i)your|xxx|\*\*\*|<|>|example|change_?me|placeholder|dummy|secret|password|token|\.\.\.|test"
    r"|key|\{|%s|none|env"
)


class Secret(NamedTuple):
    """A secret in a source: the cell, where, and what it seems to be."""

    cell: int
    span: Span
    what: str


def secrets_in_sources(cells: Sequence[Cell]) -> Iterator[Secret]:
    """Yield the secrets in the sources of cells, as they are written."""
    whole = "\n".join([cell.source for cell in cells])
    if not may_hold_secret(whole) and not _may_bind(whole):
        return
    for cell in cells:
        if not may_hold_secret(cell.source) and not _may_bind(cell.source):
            continue
        for number, line in enumerate(cell.source.split("\n"), 1):
            for start, end, what in _in_line(line):
                yield Secret(cell.number, Span(number, start + 1, number, end + 1), what)


def secrets_in_outputs(texts: Sequence[tuple[Cell, str]]) -> Iterator[tuple[int, str]]:
    """Yield the cells whose saved texts show a secret, with what it seems to be."""
    told: set[int] = set()
    for cell, text in texts:
        match = _SECRET.search(text) if cell.number not in told and may_hold_secret(text) else None
        if match is not None and not _is_placeholder(match.group()):
            told.add(cell.number)
            yield cell.number, _FORMS[(match.lastindex or 1) - 1][1]


def may_hold_secret(text: str) -> bool:
    """Say whether a text holds a sign of one of the forms."""
    for sign in _SIGNS:  # noqa: SIM110 - a generator would take twice as long
        if sign in text:
            return True
    return False


def _may_bind(source: str) -> bool:
    lowered = source.lower()
    for word in _WORDS:  # noqa: SIM110 - as above
        if word in lowered:
            return True
    return False


def _in_line(line: str) -> Iterator[tuple[int, int, str]]:
    for match in _SECRET.finditer(line):
        if not _is_placeholder(match.group()):
            yield match.start(), match.end(), _FORMS[(match.lastindex or 1) - 1][1]
            return
    for match in _BOUND.finditer(line):
        value = match["value"]
        if not _PLACEHOLDER.search(value) and _is_random(value):
            yield match.start("value"), match.end("value"), f"the value of `{match['name']}`"


def _is_placeholder(text: str) -> bool:
    password = re.search(r"://[^:]+:(.+)@", text)
    return password is not None and _PLACEHOLDER.search(password[1]) is not None


def _is_random(value: str) -> bool:
    """Say whether a text looks like a key rather than like words or a path."""
    if not re.fullmatch(r"[\w+/=.@!#$%^&*-]+", value) or value.count("/") > 1:
        return False
    kinds = sum(bool(re.search(kind, value)) for kind in ("[a-z]", "[A-Z]", "[0-9]", r"[^\w]"))
    counts = [value.count(one) / len(value) for one in set(value)]
    entropy = -sum(share * log2(share) for share in counts)
    return (kinds >= 2 and entropy > 2.9 and len(value) >= 12) or (kinds >= 3 and entropy > 2.5)
