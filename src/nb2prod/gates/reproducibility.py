"""Reproducibility: does a second training from the same inputs give the same model files?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from nb2prod.errors import ExecutionFailed
from nb2prod.gates.gate import Question
from nb2prod.gates.verdict import GateResult, Verdict
from nb2prod.runtime.digests import digest_file
from nb2prod.train import train

_TIMEOUT = 3600.0


def reproducibility(question: Question) -> Iterator[GateResult]:
    """Run the version's own ``train.py`` again in a fresh process, and compare every model file to the bit."""
    if not question.settings.reproducible:
        return
    version = question.candidate
    service = version.folder.parent.parent
    config = service / "configs" / f"{version.name}.yaml"
    with tempfile.TemporaryDirectory(prefix="nb2prod-") as folder:
        try:
            train(service, config, version.folder, Path(folder) / "again", timeout=_TIMEOUT)
        except ExecutionFailed as error:
            yield GateResult("reproducible", Verdict.FAIL, f"it does not train again: {error.what}")
            return
        names = version.manifest.artifact_files
        made = {name: digest_file(Path(folder) / "again" / name) for name in names}
    differing = [name for name in names if made[name] != version.manifest.files[name]]
    verdict = Verdict.FAIL if differing else Verdict.PASS
    said = f"another {', '.join(differing)}" if differing else "the same to the bit"
    yield GateResult(
        "reproducible",
        verdict,
        f"a second training gives {said}",
        value=float(len(differing)),
        threshold=0.0,
        evidence={"files": made},
    )
