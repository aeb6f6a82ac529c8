"""Compile and prove a version's row kernel in a fresh process: ``python -m nb2prod.build.kernel_job JOB``.

What is written is the kernel beside the version's code, and a report. The kernel is removed again unless it holds.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nb2prod.compile.kernel.compiling import compile_kernel
from nb2prod.compile.kernel.node import NoKernel
from nb2prod.prove.captured import open_scored, open_table
from nb2prod.prove.covering import covering_sample
from nb2prod.prove.kernel import KernelProof, KernelProver, is_in_contract, tolerance_for, varied
from nb2prod.runtime.digests import digest_file
from nb2prod.runtime.frames import to_records
from nb2prod.runtime.kernel import bound
from nb2prod.runtime.loading import LoadedVersion, load_version
from nb2prod.runtime.manifest import KERNEL_NAME
from nb2prod.runtime.predictor import Predictor

_SAMPLES = 120
_BASES = 2


def main(job_path: str) -> int:
    """Do as a job file says and write the report that it names."""
    job = json.loads(Path(job_path).read_text(encoding="utf-8"))
    version = load_version(Path(job["version"]))
    raw, scored = open_table(Path(job["raw"])), open_scored(Path(job["scored"]), job["answer"])
    report = make_kernel(version, raw, scored)
    Path(job["report"]).write_text(json.dumps(report), encoding="utf-8")
    return 0


def make_kernel(version: LoadedVersion, raw: Any, scored: Mapping[str, Any]) -> dict[str, Any]:
    """Compile a version's kernel, prove it, and leave it in the version where it holds.

    Args:
        version: The version; its folder may still change.
        raw: The raw table.
        scored: What the scored predict received and answered.

    Returns:
        What the manifest says about it: the evidence, or the reason why there is none.
    """
    predictor = Predictor(version)
    path = version.folder / KERNEL_NAME
    try:
        text = compile_kernel(version, _samples(predictor, raw))
    except NoKernel as error:
        return {"off": error.construct}
    path.write_text(text, encoding="utf-8")
    kernel = bound(_imported(version, path), version.pipeline)
    proof = KernelProver(kernel, predictor, tolerance_for(scored)).prove(raw, scored)
    if proof.holds:
        return _evidence(proof, digest_file(path))
    path.unlink()
    if proof.mismatches:
        return {"off": f"it differs in {proof.mismatches} of {proof.rows} rows: {proof.first}"}
    return {"off": "it answers no row that is as training saw it"}


def _samples(predictor: Predictor, raw: Any) -> list[Mapping[str, object]]:
    """Return checked records that show every null, category and extreme."""
    schema = predictor.version.schema
    table = raw[[column.name for column in schema.columns]].reset_index(drop=True)
    known = to_records(schema, table.iloc[covering_sample(table, _SAMPLES)])
    checked = map(predictor.check, [*known, *varied(schema, known[:_BASES])])
    return [one.values for one in checked if is_in_contract(one)]


def _imported(version: LoadedVersion, path: Path) -> Any:
    """Import the file under the name that it will have, although no manifest lists it yet."""
    name = f"{version.manifest.package}.kernel"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None  # noqa: PT018 - both or none
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _evidence(proof: KernelProof, digest: str) -> dict[str, Any]:
    return {
        "digest": digest,
        "rows": proof.rows,
        "answered": proof.answered,
        "largest": proof.largest,
        "is_to_the_bit": proof.largest == 0.0,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
