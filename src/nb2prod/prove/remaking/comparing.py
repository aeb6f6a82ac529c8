"""Compare a version with the one that was made again: model files, answers, metrics, frozen statistics."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from nb2prod.artifact.disk import copy_tree
from nb2prod.artifact.manifest import DataFile, Manifest, VersionFacts, seal
from nb2prod.artifact.rows import read_rows
from nb2prod.prove.answered import compare_answer
from nb2prod.prove.equality import RELATIVE_TOLERANCE, Comparison, difference
from nb2prod.prove.remaking import probe
from nb2prod.prove.remaking.interpreter import Interpreter
from nb2prod.prove.remaking.outcome import Check
from nb2prod.report.change import Area, Difference
from nb2prod.report.comparison import compare_snapshots
from nb2prod.report.reading import read_snapshot
from nb2prod.train import Training

PROBE_ROWS = 200
"""Held-out rows that are answered beside the golden ones."""

_PROBE_SECONDS = 600.0
_MODEL_FILES = ("pipeline.joblib", "fitted.json")


def remade(
    version: Path,
    manifest: Manifest,
    training: Training,
    folder: Path,
    data: tuple[DataFile, ...],
) -> Manifest:
    """Put what a second training gave into a copy of the version, and seal it.

    Args:
        version: The stored version.
        manifest: Its manifest.
        training: The second training.
        folder: Where the copy is made.
        data: The data files that it read.
    """
    copy_tree(version, folder)
    for name in _MODEL_FILES:
        (folder / name).write_bytes((training.output / name).read_bytes())
    known = {field.name: getattr(manifest, field.name) for field in fields(VersionFacts)}
    facts = VersionFacts(**known)
    changed = replace(facts, metrics=training.metrics, data=data, machine=training.machine)
    return seal(folder, changed)


def model_files(stored: Manifest, made: Manifest) -> Check:
    """Compare the model files to the bit."""
    differing = [
        name for name in stored.artifact_files if stored.files[name] != made.files.get(name)
    ]
    said = f"another {', '.join(differing)}" if differing else "the same to the bit"
    return Check("model files", not differing, said)


def metrics(stored: Manifest, made: Manifest) -> Check:
    """Compare the metrics, within the tolerance of the proof."""
    names = dict.fromkeys([*stored.metrics, *made.metrics])
    apart = {name: difference(made.metrics.get(name), stored.metrics.get(name)) for name in names}
    differing = [
        f"{name} {made.metrics.get(name)!r} instead of {stored.metrics.get(name)!r}"
        for name in names
        if apart[name] > RELATIVE_TOLERANCE
    ]
    said = "; ".join(differing) or _named(stored.metrics)
    return Check("metrics", not differing, said)


def _named(values: Mapping[str, object]) -> str:
    shown = [f"{name} {v:.6g}" for name, v in values.items() if isinstance(v, int | float)]
    return ", ".join(shown) or "none are computed"


def answers(
    interpreter: Interpreter, service: Path, versions: tuple[Path, Path], folder: Path
) -> Iterator[Check]:
    """Have both versions answer rows in the environment that the second one was made in.

    Args:
        interpreter: That environment.
        service: Folder that holds ``runtime/``.
        versions: The stored version and the one that was made.
        folder: Where questions and answers are written.
    """
    stored = versions[0]
    golden = json.loads((stored / "golden.json").read_text(encoding="utf-8"))
    held_out = read_rows(stored)
    others = [] if held_out is None else list(held_out.records)[:PROBE_ROWS]
    records = [*(row["record"] for row in golden["rows"]), *others]
    said = _asked(interpreter, service, versions, records, folder)
    old, new = said["stored"], said["made"]
    if new["fault"] is not None:
        yield Check("answers", is_same=False, said=f"what was made does not answer: {new['fault']}")
        return
    count = len(golden["rows"])
    yield _check("golden rows", golden["rows"], new["rows"][:count], golden["tolerance"])
    if old["fault"] is None and others:
        yield _check("held-out rows", old["rows"][count:], new["rows"][count:], golden["tolerance"])


def _asked(
    interpreter: Interpreter,
    service: Path,
    versions: tuple[Path, Path],
    records: Sequence[Any],
    folder: Path,
) -> dict[str, Any]:
    job, output = folder / "probe.json", folder / "answers.json"
    asked = {
        "service": str(service),
        "versions": dict(zip(("stored", "made"), map(str, versions), strict=True)),
        "records": records,
        "output": str(output),
    }
    job.write_text(json.dumps(asked), encoding="utf-8")
    command = [str(interpreter.program), "-I", probe.__file__, str(job)]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PROBE_SECONDS,
        )
        fault = " ".join(done.stderr.strip().splitlines()[-1:])
    except subprocess.TimeoutExpired:
        fault = f"no answers within {_PROBE_SECONDS:.0f} seconds"
    if not output.is_file():
        return {name: {"fault": fault, "rows": []} for name in ("stored", "made")}
    found: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    return found


def _check(
    name: str,
    expected: Sequence[Mapping[str, Any]],
    given: Sequence[Mapping[str, Any]],
    tolerance: float,
) -> Check:
    found = Comparison(0, 0)
    for row, said in zip(expected, given, strict=True):
        one = compare_answer(said["prediction"], said["probabilities"], row, tolerance)
        found = found.joined(one)
    if found.mismatches:
        said_of = f"{found.mismatches} of {found.rows} rows differ; {found.first}"
    elif found.largest:
        said_of = f"{found.rows} rows equal (largest difference {found.largest:.0e})"
    else:
        said_of = f"{found.rows} rows equal"
    return Check(name, not found.mismatches, said_of, found.rows)


_REPORTED = frozenset({Area.METRICS, Area.STATISTICS, Area.MODEL, Area.DATA})


def changed_facts(stored: Path, made: Path) -> tuple[list[Difference], list[str], int]:
    """Return what else changed, what is to be known of that, and how many frozen values were compared.

    Args:
        stored: The stored version.
        made: The one that was made.
    """
    before = read_snapshot(stored)
    found = compare_snapshots(before, read_snapshot(made))
    notes = [note for note in found.notes if "could not be opened" in note]
    return [one for one in found.differences if one.area in _REPORTED], notes, len(before.fitted)


def statistics(differences: Sequence[Difference], count: int) -> Check:
    """Compare the frozen statistics: each is one number for all requests, so they must agree within the tolerance."""
    apart = [
        one
        for one in differences
        if one.area is Area.STATISTICS and not _is_close(one.before, one.after)
    ]
    if not apart:
        return Check("frozen statistics", is_same=True, said=f"{count} values equal")
    first = apart[0]
    where = f" ({first.place})" if first.place else ""
    said = f"{len(apart)} of {count} values differ; {first.subject}{where}: {first.said}"
    return Check("frozen statistics", is_same=False, said=said)


def _is_close(before: Any, after: Any) -> bool:
    """Tell whether two JSON values are equal, their numbers within the tolerance."""
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(_is_close(before[k], after[k]) for k in before)
    if isinstance(before, list) and isinstance(after, list):
        pairs = zip(before, after, strict=False)
        return len(before) == len(after) and all(_is_close(one, other) for one, other in pairs)
    return difference(after, before) <= RELATIVE_TOLERANCE
