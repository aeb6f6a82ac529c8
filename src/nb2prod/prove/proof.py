"""The proof of one version: script = notebook, and single = batch = shuffled = HTTP = notebook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import joblib  # noqa: TID251 (captures of this very build)
import numpy as np
import pandas as pd

from nb2prod.errors import ExecutionFailed
from nb2prod.prove.covering import SAMPLE_ROWS, covering_sample
from nb2prod.prove.equality import RELATIVE_TOLERANCE, Comparison
from nb2prod.prove.over_http import compare_over_http, running_service
from nb2prod.runtime.frames import to_records
from nb2prod.runtime.predictor import label_key
from nb2prod.runtime.schema import Schema

_GOLDEN_ROWS = 25


@dataclass(frozen=True, slots=True)
class Captured:
    """What the notebook's own kernel gave.

    Attributes:
        raw: File of the raw table.
        scored: File of what the scored predict received and answered.
        classes: Classes of the model, or None.
        is_held_out: Whether the scored rows were not fitted on.
        identified_by: How they were traced to the raw table.
    """

    raw: Path
    scored: Path
    classes: Sequence[Any] | None
    is_held_out: bool
    identified_by: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The outcome of a proof.

    Attributes:
        comparisons: By kind.
        blame: Where the first difference arises, by kind, where that could be found.
        held_out_rows: How many rows were scored.
        golden: Records with the notebook's own answers.
        evidence: What ``parity.json`` holds.
    """

    comparisons: Mapping[str, Comparison]
    blame: Mapping[str, Mapping[str, Any]]
    held_out_rows: int
    golden: Mapping[str, Any]
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Tell whether nothing differs."""
        return all(c.mismatches == 0 for c in self.comparisons.values())

    def counts(self) -> dict[str, Any]:
        """Return mismatches and rows by kind of proof."""
        counts: dict[str, Any] = {
            name: {"mismatches": c.mismatches, "rows": c.rows} for name, c in self.comparisons.items()
        }
        return {"rows": self.held_out_rows, **counts}


def compare_metrics(script: Mapping[str, float], notebook: Mapping[str, float]) -> Comparison:
    """Compare the metrics of the script with the notebook's: they must be equal to the bit."""
    differing = [
        f"{name} is {script.get(name)!r} instead of {value!r}"
        for name, value in notebook.items()
        if script.get(name) != value and not (value != value and script.get(name) != script.get(name))
    ]
    return Comparison(len(notebook), len(differing), first="; ".join(differing) or None)


def replay(version: Path, captured: Captured, folder: Path, *, sample: bool) -> tuple[
    dict[str, Comparison], dict[str, Mapping[str, Any]]
]:
    """Replay the captured rows through a sealed version in a fresh process.

    Raises:
        ExecutionFailed: If the process fails.
    """
    job, report = folder / "replay.json", folder / "replayed.json"
    job.write_text(
        json.dumps(
            {
                "version": str(version),
                "raw": str(captured.raw),
                "scored": str(captured.scored),
                "report": str(report),
                "sample": sample,
            }
        ),
        encoding="utf-8",
    )
    done = subprocess.run(  # noqa: S603 (our own interpreter and module)
        [sys.executable, "-m", "nb2prod.prove.replay", str(job)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    if done.returncode != 0:
        raise ExecutionFailed(
            "the version could not be opened in a fresh process",
            why="\n".join(done.stderr.strip().splitlines()[-8:]),
            hint="objects of the notebook must be importable: define functions and classes in tagged cells",
        )
    found = json.loads(report.read_text(encoding="utf-8"))
    blamed = {name: entry.pop("blame") for name, entry in found.items() if entry.get("blame")}
    for entry in found.values():
        entry.pop("blame", None)
    return {name: Comparison(**entry) for name, entry in found.items()}, blamed


def golden_rows(schema: Schema, captured: Captured, *, sample: bool) -> dict[str, Any]:
    """Return the covering sample as records with the notebook's own answers."""
    raw: pd.DataFrame = joblib.load(captured.raw)  # noqa: TID251 (captured by this very build)
    scored = joblib.load(captured.scored)  # noqa: TID251 (captured by this very build)
    names = [column.name for column in schema.columns]
    rows = raw[names].iloc[scored["positions"]].reset_index(drop=True)
    chosen = covering_sample(rows, SAMPLE_ROWS if sample else len(rows))
    records = to_records(schema, rows.iloc[chosen])
    predictions = np.asarray(scored["predictions"], dtype=object)
    probabilities = _probabilities(scored["probabilities"], captured.classes)
    targets = [column.name for column in schema.target]
    made = []
    for record, position in zip(records, chosen, strict=True):
        made.append(
            {
                "record": record,
                "prediction": _native(predictions[position], targets),
                "probabilities": None if probabilities is None else probabilities[position],
            }
        )
    return {"format": 1, "rows": made}


def _probabilities(values: Any, classes: Sequence[Any] | None) -> list[dict[str, float]] | None:
    if values is None or classes is None or isinstance(values, list) or np.ndim(values) != 2:
        return None
    labels = [label_key(label) for label in classes]
    return [dict(zip(labels, map(float, row), strict=True)) for row in np.asarray(values)]


def _native(value: Any, targets: Sequence[str]) -> Any:
    if isinstance(value, np.ndarray):
        return dict(zip(targets, [_native(v, targets) for v in value], strict=True))
    return value.item() if isinstance(value, np.generic) else value


def over_http(service: Path, version: str, golden: Mapping[str, Any]) -> Comparison:
    """Ask the packaged service for every golden row, singly and in batches."""
    rows = golden["rows"]
    has_probabilities = bool(rows) and rows[0]["probabilities"] is not None
    with running_service(service, version) as port:
        return compare_over_http(
            port,
            [row["record"] for row in rows],
            [row["prediction"] for row in rows],
            [row["probabilities"] for row in rows] if has_probabilities else None,
        )


def evidence(
    comparisons: Mapping[str, Comparison], captured: Captured, rows: int
) -> dict[str, Any]:
    """Return what ``parity.json`` holds."""
    return {
        "format": 1,
        "held_out": captured.is_held_out,
        "rows_identified_by": captured.identified_by,
        "rows": rows,
        "tolerance": RELATIVE_TOLERANCE,
        "checks": {name: asdict(found) for name, found in comparisons.items()},
    }


def shortened(golden: Mapping[str, Any]) -> dict[str, Any]:
    """Return the golden rows that a version keeps for its service's tests."""
    return {**golden, "rows": list(golden["rows"])[:_GOLDEN_ROWS]}
