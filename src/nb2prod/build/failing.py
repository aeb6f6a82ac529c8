"""What a training that fails means for the user: the statement of the notebook that its script does not follow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nb2prod.build.draft import Draft
from nb2prod.build.verdict import notebook_place
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.train import TrainingFailed, TrainingStopped

_FRAME = re.compile(
    r'^  File "[^"]*[/\\]code[/\\](?P<file>\w+\.py)", line (?P<line>\d+), in ', re.MULTILINE
)
_RAISED = re.compile(r"^(?P<kind>[A-Za-z_][\w.]*)(?:: (?P<text>.*))?$", re.MULTILINE)
_STOPPED = re.compile(r"^error: (?P<text>.+)\Z", re.MULTILINE | re.DOTALL)
"""What the script says where a step does something else than it did in the notebook."""
_OF_THE_MACHINE = frozenset({"MemoryError", "KeyboardInterrupt", "SystemExit", "OSError"})
"""Exceptions that say nothing of the notebook."""


def failed_training(draft: Draft, failure: TrainingFailed | TrainingStopped) -> Diagnostic | None:
    """Return the finding for a script that raised where the notebook did not; None where it ended otherwise.

    Args:
        draft: The compiled notebook.
        failure: What became of the training.
    """
    raised = _raised(failure.printed)
    if raised is None:
        return None
    cell, line = _place(draft, failure.printed)
    return Diagnostic(
        code="NBC402",
        name="script-fails",
        severity=Severity.ERROR,
        message=f"the training script made from this raised what the notebook did not: {raised}. "
        "Nothing was built, for a version that cannot be trained again is none",
        hint="write the step in plain statements, each statistic in one of its own",
        cell=cell,
        cell_id=None if cell is None else draft.order.notebook.cell(cell).id,
        line=line,
        column=None if line is None else 1,
    )


def _raised(printed: str) -> str | None:
    """Return why the script ended, as it says at the end of what it printed."""
    stopped = _STOPPED.search(printed.strip())
    if stopped is not None:
        return stopped["text"]
    _, started, last = printed.rpartition("Traceback (most recent call last):\n")
    found = next(_RAISED.finditer(last), None) if started else None
    if found is None or found["kind"].rpartition(".")[2] in _OF_THE_MACHINE:
        return None
    return found[0].rstrip(":")


def _place(draft: Draft, printed: str) -> tuple[int | None, int | None]:
    """Return cell and line of the innermost statement of the notebook that the script was in."""
    for file, line in reversed(list(_frames(printed))):
        if file in draft.emitted.files:
            return notebook_place(draft, file, line)
    return None, None


def _frames(printed: str) -> Iterator[tuple[str, int]]:
    last = printed.rpartition("Traceback (most recent call last):\n")[2]
    return ((found["file"], int(found["line"])) for found in _FRAME.finditer(last))
