"""What the linter says of a notebook that is built."""

from collections.abc import Mapping, Sequence
from typing import Any

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint import lint
from nb2prod.lint.gathering import gather
from nb2prod.notebook import Notebook


def findings_of(notebook: Notebook) -> list[Diagnostic]:
    """Return errors and warnings; remarks on style belong to ``nb2prod lint``."""
    found = lint(notebook, gather(notebook), requires_roles=True)
    return [finding for finding in found if finding.severity is not Severity.INFO]


_BY_RECORDING = frozenset({"NBL001", "NBL002", "NBL005"})
"""Rules on leaks that the rows of a recorded run decide exactly."""

_WHERE_TOLD = {"NBL006": {"NBC605"}, "NBL007": {"NBC602", "NBC606"}}
"""Rules that see more than rows: they give way where the run told the same."""


def not_told_again(
    findings: Sequence[Diagnostic], leaks: Mapping[str, Any] | None
) -> list[Diagnostic]:
    """Leave out what the linter supposed of leaks, where a recorded run knows.

    Args:
        findings: What the linter says.
        leaks: What the run showed, or None where there was none.
    """
    if leaks is None:
        return list(findings)
    told = {leak["code"] for leak in leaks["leaks"]}
    gone = _BY_RECORDING | {rule for rule, codes in _WHERE_TOLD.items() if codes & told}
    return [finding for finding in findings if finding.code not in gone]
