"""Findings as GitHub and GitLab show them beside the changed lines."""

import json
from collections.abc import Iterable, Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.fingerprints import fingerprints
from nb2prod.lint.reports import Located

_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_GITLAB = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def github_report(located: Iterable[Located]) -> Iterator[str]:
    """Yield one workflow command for each finding."""
    for one in located:
        for found in one.linted.diagnostics:
            properties = {
                "file": one.linted.notebook.path,
                "line": str(one.line(found)),
                "title": f"{found.code} {found.name}",
            }
            given = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
            text = f"{place_in_words(found)}{found.message}" + (
                f" {found.hint}" if found.hint else ""
            )
            yield f"::{_GITHUB[found.severity]} {given}::{_message(text)}"


def gitlab_report(located: Iterable[Located]) -> str:
    """Return the findings as a Code Quality report."""
    entries = [
        {
            "description": f"{place_in_words(found)}{found.message}",
            "check_name": found.code,
            "fingerprint": name,
            "severity": _GITLAB[found.severity],
            "location": {"path": one.linted.notebook.path, "lines": {"begin": one.line(found)}},
        }
        for one in located
        for name, found in zip(fingerprints(one.linted), one.linted.diagnostics, strict=True)
    ]
    return json.dumps(entries, indent=2)


def place_in_words(diagnostic: Diagnostic) -> str:
    """Return ``cell 3, line 2: ``, or nothing for a finding about the whole notebook."""
    if diagnostic.cell is None:
        return ""
    line = f", line {diagnostic.line}" if diagnostic.line is not None else ""
    return f"cell {diagnostic.cell}{line}: "


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
