"""The proof of one version: script = notebook, and single = batch = shuffled = HTTP = notebook.

The captures of the notebook's own kernel are the one side, the packaged version the other. Nothing in this package
knows how a version was compiled, so that a fault of the compiler cannot hide itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nb2prod.errors import ExecutionFailed
from nb2prod.prove.captured import Captured
from nb2prod.prove.counts import counts
from nb2prod.prove.equality import RELATIVE_TOLERANCE, Comparison
from nb2prod.prove.over_http import ask_service
from nb2prod.prove.replaying import Blamed, replaying

PARITY_FORMAT = 1
"""Format of ``parity.json``; raise it when an entry changes its meaning."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The outcome of a proof.

    Attributes:
        captured: The notebook's run that a version was compared with.
        comparisons: By kind.
        blame: Where the first difference arises, by kind, where that could be found.
    """

    captured: Captured
    comparisons: Mapping[str, Comparison]
    blame: Blamed

    @property
    def holds(self) -> bool:
        """Tell whether nothing differs."""
        return all(found.mismatches == 0 for found in self.comparisons.values())

    def counts(self) -> dict[str, Any]:
        """Return mismatches and rows by kind of proof."""
        return counts(self.evidence())

    def evidence(self) -> dict[str, Any]:
        """Return what ``parity.json`` holds."""
        return {
            "format": PARITY_FORMAT,
            "against": self.captured.against,
            "held_out": self.captured.is_held_out,
            "rows_identified_by": self.captured.identified_by,
            "rows": self.captured.rows,
            "tolerance": RELATIVE_TOLERANCE,
            "checks": {name: asdict(found) for name, found in self.comparisons.items()},
        }

    def said(self) -> str:
        """Return the outcome in one line."""
        wrong = {name: c for name, c in self.comparisons.items() if c.mismatches}
        if wrong:
            each = ", ".join(f"{name} {c.mismatches} of {c.rows}" for name, c in wrong.items())
            return f"differs: {each}"
        largest = max(found.largest for found in self.comparisons.values())
        single = self.comparisons["single"].rows
        how = f"largest difference {largest:.1g}" if largest else "to the bit"
        return (
            f"{self.captured.rows} rows in batch and shuffled, {single} singly and over HTTP: "
            f"all equal ({how})"
        )


def prove(
    service: Path,
    version: str,
    captured: Captured,
    golden: Mapping[str, Any],
    script_metrics: Mapping[str, float],
) -> Proof:
    """Prove a sealed version by replaying rows through it and by asking its service, side by side.

    Args:
        service: A complete service that holds the version.
        version: ``v1``, ``v2`` and so on.
        captured: The notebook's run.
        golden: Records with the notebook's answers, which the service is asked for.
        script_metrics: What the training script computed.

    Raises:
        ExecutionFailed: If the version cannot be opened, or its service does not start.
    """
    folder = service / "proof"
    folder.mkdir(exist_ok=True)
    sealed = service / "versions" / version
    is_sample = len(golden["rows"]) < captured.rows
    with replaying(sealed, captured, folder, sample=is_sample) as replay:
        try:
            http = ask_service(service, version, golden, folder / "server.log")
        except ExecutionFailed:
            replay.result()  # A version that cannot be opened explains why its service did not start.
            raise
        replayed, blame = replay.result()
    comparisons = {**replayed, "http": http}
    if (
        captured.against == "notebook"
    ):  # A training computes its metrics once: there is no second figure.
        metrics = compare_metrics(script_metrics, captured.metrics)
        comparisons = {"metrics": metrics, **comparisons}
    return Proof(captured, comparisons, blame)


def compare_metrics(script: Mapping[str, float], notebook: Mapping[str, float]) -> Comparison:
    """Compare the metrics of the script with the notebook's: they must be equal to the bit."""
    differing = [
        f"{name} is {script.get(name)!r} instead of {value!r}"
        for name, value in notebook.items()
        if not _is_same(script.get(name), value)
    ]
    return Comparison(len(notebook), len(differing), first="; ".join(differing) or None)


def _is_same(one: float | None, other: float) -> bool:
    return one == other or (one is not None and one != one and other != other)
