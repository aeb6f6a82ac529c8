"""Give a sealed version its row kernel, where one can be compiled and proved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nb2prod.prove.captured import Captured
from nb2prod.runtime.manifest import KERNEL_NAME

_SECONDS = 300.0
_HIDDEN = "the kernel's process ended with an error"


def add_kernel(version: Path, captured: Captured, folder: Path) -> Mapping[str, Any]:
    """Compile and prove a kernel in a fresh process; a version can do without one.

    Args:
        version: The sealed version; where a kernel holds, it is among its code afterwards.
        captured: The notebook's run.
        folder: An existing folder for the job and its report.

    Returns:
        What the manifest says about it.
    """
    job, report = folder / "kernel.json", folder / "kernel-report.json"
    content = {
        "version": str(version.resolve()),
        "raw": str(captured.raw.resolve()),
        "scored": str(captured.scored.resolve()),
        "answer": captured.answer,
        "report": str(report.resolve()),
    }
    job.write_text(json.dumps(content), encoding="utf-8")
    command = [sys.executable, "-m", "nb2prod.build.kernel_job", str(job.resolve())]
    found: Mapping[str, Any] = {"off": _HIDDEN}
    try:
        subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            check=True,
            timeout=_SECONDS,
            capture_output=True,
        )
        found = json.loads(report.read_text(encoding="utf-8"))
    except subprocess.TimeoutExpired:
        found = {"off": f"it was not proved within {_SECONDS:g} seconds"}
    except subprocess.CalledProcessError:
        pass
    if "digest" not in found:
        (version / KERNEL_NAME).unlink(missing_ok=True)
    return found
