"""Findings that are known and left for later: only new ones are reported."""

import json
from collections.abc import Iterable

from nb2prod.errors import Place, UsageError
from nb2prod.lint.fingerprints import fingerprints
from nb2prod.lint.reports import Linted

FORMAT = 1
"""Version of the file; raise it when fingerprints are made in another way."""


def baseline_text(linted: Iterable[Linted]) -> str:
    """Return a baseline file that holds all findings."""
    found = {
        name: f"{one.code} {notebook.notebook.path}"
        for notebook in linted
        for name, one in zip(fingerprints(notebook), notebook.diagnostics, strict=True)
    }
    return json.dumps({"format": FORMAT, "findings": dict(sorted(found.items()))}, indent=1) + "\n"


def known_findings(text: str, path: str) -> frozenset[str]:
    """Return the names of the findings in a baseline file.

    Raises:
        UsageError: If the file is no baseline.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _no_baseline(path) from error
    findings = document.get("findings") if isinstance(document, dict) else None
    if not isinstance(findings, dict) or document.get("format") != FORMAT:
        raise _no_baseline(path)
    return frozenset(findings)


def without_known(linted: Linted, known: frozenset[str]) -> Linted:
    """Return a notebook with only those of its findings that are new."""
    names = fingerprints(linted)
    new = [one for name, one in zip(names, linted.diagnostics, strict=True) if name not in known]
    return Linted(linted.notebook, new)


def _no_baseline(path: str) -> UsageError:
    return UsageError(
        "This file is no baseline of this version.",
        place=Place(path),
        why="Without it all known findings would count as new.",
        hint=f"Write it anew: nb2prod lint --write-baseline {path} PATH",
    )
