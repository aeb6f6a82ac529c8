"""Whether a version may be promoted: what its gates said, of which files, and against which champion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from nb2prod.artifact.evidence import PASSED, GateEvidence
from nb2prod.registry.entry import Entry
from nb2prod.registry.server import Alias


def obstacles(
    gates: GateEvidence | None,
    alias: Alias,
    *,
    version: str,
    champion: str | None,
    entries: Sequence[Entry],
    today: date,
) -> tuple[str, ...]:
    """Return why a version may not be promoted, each in one sentence; none where it may.

    Production needs passed gates. Staging takes a candidate whose gates are inconclusive too: there it gathers the
    evidence that is missing.

    Args:
        gates: What is kept of its gates.
        alias: Where it is to go.
        version: The version.
        champion: The version in production.
        entries: The audit log.
        today: Decides which waivers still hold.
    """
    if gates is None:
        return ("its gates were never judged",)
    if gates.digest != _noted_digest(entries, version):
        return (
            "its gates.json is not the one that the audit log names: it was changed afterwards",
        )
    found = []
    accepted = {PASSED} if alias == "production" else {PASSED, "inconclusive"}
    if gates.verdict not in accepted:
        stopped = ", ".join(_stopping(gates))
        found.append(f"its gates came to `{gates.verdict}`: {stopped}")
    if alias == "production" and champion not in {gates.champion, version}:
        against = gates.champion or "nothing"
        found.append(f"its gates compared it with {against}, and {champion} is in production now")
    found += _expired(gates, today)
    return tuple(found)


def _noted_digest(entries: Sequence[Entry], version: str) -> object:
    """Return the digest of the gates that the log names last for a version."""
    noted = [
        entry.facts.get("gates")
        for entry in entries
        if entry.version == version and entry.action in {"register", "gate"}
    ]
    return noted[-1] if noted else None


def _stopping(gates: GateEvidence) -> list[str]:
    return [
        f"{result['gate']} ({result['message']})"
        for result in gates.content.get("gates", ())
        if result["verdict"] in {"fail", "inconclusive"} and result["waived"] is None
    ]


def _expired(gates: GateEvidence, today: date) -> list[str]:
    waived = [result for result in gates.content.get("gates", ()) if result["waived"]]
    return [
        f"the waiver of {result['gate']} by {result['waived']['by']} ended on {result['waived']['until']}"
        for result in waived
        if date.fromisoformat(result["waived"]["until"]) < today
    ]
