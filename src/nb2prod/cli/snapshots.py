"""Keep, list and restore data files."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from nb2prod.artifact.snapshots import Snapshot, Snapshots
from nb2prod.cli.answering import answer, answering
from nb2prod.errors import EnvironmentFault, UsageError


def run_add(
    files: Sequence[Path], root: Path, form: str, *, git_tag: str | None, with_dvc: bool
) -> int:
    """Keep files, show it, and return the exit code.

    Raises:
        Nb2prodError: It cannot be done.
    """
    with answering(form):
        if git_tag is not None:
            _check_committed(files)
        if with_dvc:
            _dvc_add(files)
        added = [] if with_dvc else [Snapshots(root).add(file) for file in files]
        if git_tag is not None:
            _tag(git_tag, files)
    shown = [{**_as_json(one), "is_new": is_new} for one, is_new in added]
    content = {"tracked_by": "dvc" if with_dvc else "nb2prod", "added": shown, "tag": git_tag}
    lines = [f"  {'kept' if is_new else 'same'}  {_line(one)}" for one, is_new in added]
    lines += [f"  dvc   {file}.dvc" for file in files if with_dvc]
    lines += [f"  tag   {git_tag}"] if git_tag is not None else []
    answer(form, content, lines)
    return 0


def run_list(root: Path, form: str) -> int:
    """List the snapshots."""
    with answering(form):
        found = Snapshots(root).kept()
    answer(form, {"snapshots": [_as_json(one) for one in found]}, [_line(one) for one in found])
    return 0


def run_restore(file: Path, digest: str | None, root: Path, form: str) -> int:
    """Put a snapshot back.

    Raises:
        Nb2prodError: There is none, or it was changed.
    """
    with answering(form):
        found = Snapshots(root).restore(file, digest)
    answer(form, _as_json(found), [f"  restored  {_line(found)}"])
    return 0


def _as_json(one: Snapshot) -> dict[str, object]:
    return {"path": one.path, "sha256": one.sha256, "bytes": one.bytes}


def _line(one: Snapshot) -> str:
    return f"{one.path}  {one.sha256}  {one.bytes} bytes"


def _dvc_add(files: Sequence[Path]) -> None:
    program = shutil.which("dvc")
    if program is None:
        raise EnvironmentFault(
            "there is no dvc here",
            why="--dvc leaves the files to DVC",
            hint="pip install dvc, or leave --dvc out: the files are kept below .nb2prod-data/",
        )
    _run([program, "add", *map(str, files)], "dvc add")


def _check_committed(files: Sequence[Path]) -> None:
    """Check that a tag would mean the files as they are now."""
    for file in files:
        status = _run(["git", "-C", str(file.parent), "status", "--porcelain", file.name], "git")
        known = _run(["git", "-C", str(file.parent), "ls-files", file.name], "git")
        if status or not known:
            raise UsageError(
                f"{file} is not committed as it is now",
                why="a tag names a commit, and this one does not hold the file",
                hint=f"git add {file} && git commit, and add it again",
            )


def _tag(name: str, files: Sequence[Path]) -> None:
    message = "Data: " + ", ".join(file.name for file in files)
    folder = str(files[0].parent)
    _run(["git", "-C", folder, "tag", "--annotate", name, "--message", message], "git tag")


def _run(command: Sequence[str], what: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise EnvironmentFault(f"{what} cannot be run: {error.strerror}") from error
    if done.returncode:
        raise EnvironmentFault(f"{what} failed", why=(done.stderr or done.stdout).strip()[-500:])
    return done.stdout.strip()
