"""What the linter says of a notebook that is built."""

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint import lint
from nb2prod.lint.gathering import gather
from nb2prod.notebook import Notebook


def findings_of(notebook: Notebook) -> list[Diagnostic]:
    """Return errors and warnings; remarks on style belong to ``nb2prod lint``."""
    found = lint(notebook, gather(notebook), requires_roles=True)
    return [finding for finding in found if finding.severity is not Severity.INFO]
