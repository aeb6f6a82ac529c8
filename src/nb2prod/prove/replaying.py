"""Start the replay in a fresh process, which knows nothing of the build, and read what it found."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nb2prod.errors import ExecutionFailed
from nb2prod.execute.environment import THREAD_VARIABLES
from nb2prod.prove.captured import Captured
from nb2prod.prove.equality import Comparison
from nb2prod.runtime.verifying import read_manifest
from nb2prod.train.process import last_lines, tethered

Blamed = Mapping[str, Mapping[str, object]]
"""Where the first difference arises, by kind of proof."""


@dataclass(frozen=True, slots=True)
class Replaying:
    """A replay under way.

    Attributes:
        process: The process.
        report: File that it writes.
        log: File of what it prints.
    """

    process: subprocess.Popen[bytes]
    report: Path
    log: Path

    def result(self) -> tuple[dict[str, Comparison], Blamed]:
        """Wait for the end; return every comparison by kind, and where the first difference of each arises.

        Raises:
            ExecutionFailed: If the version cannot be opened there.
        """
        if self.process.wait() != 0:
            raise ExecutionFailed(
                "the version could not be opened in a fresh process",
                why=last_lines(self.log),
                hint="objects of the notebook must be importable: "
                "define functions and classes in tagged cells",
            )
        found = json.loads(self.report.read_text(encoding="utf-8"))
        blamed = {name: entry["blame"] for name, entry in found.items() if entry.get("blame")}
        comparisons = {
            name: Comparison(**{key: value for key, value in entry.items() if key != "blame"})
            for name, entry in found.items()
        }
        return comparisons, blamed


@contextlib.contextmanager
def replaying(
    version: Path, captured: Captured, folder: Path, *, sample: bool
) -> Iterator[Replaying]:
    """Replay the captured rows through a sealed version while the context lasts.

    Args:
        version: The version's folder.
        captured: The notebook's run.
        folder: An existing folder for the job and its report.
        sample: Replay single rows on the covering sample only.
    """
    job, report, log = (folder / name for name in ("replay.json", "replayed.json", "replay.log"))
    content = {
        "version": str(version.resolve()),
        "raw": str(captured.raw.resolve()),
        "scored": str(captured.scored.resolve()),
        "answer": captured.answer,
        "report": str(report.resolve()),
        "sample": sample,
    }
    job.write_text(json.dumps(content), encoding="utf-8")
    command = [sys.executable, "-m", "nb2prod.prove.replay", str(job.resolve())]
    # Several processes with a thread for each processor wait for each other at every small loop.
    threads = dict.fromkeys(THREAD_VARIABLES, str(read_manifest(version).threads))
    environment = {**os.environ, **threads, "PYTHONDONTWRITEBYTECODE": "1"}
    with tethered(command, folder=folder, environment=environment, log=log) as process:
        yield Replaying(process, report, log)
