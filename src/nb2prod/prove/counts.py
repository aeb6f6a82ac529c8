"""Read what a proof left in ``parity.json``; this imports nothing that computes."""

from collections.abc import Mapping
from typing import Any


def counts(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Return mismatches and rows by kind of proof."""
    checks: Mapping[str, Mapping[str, Any]] = evidence.get("checks", {})
    kinds = {
        name: {"mismatches": check["mismatches"], "rows": check["rows"]}
        for name, check in checks.items()
    }
    return {"rows": evidence["rows"], **kinds} if "rows" in evidence else kinds
