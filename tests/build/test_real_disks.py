"""Builds onto file systems that are really full or read-only: mounted for the test, in a name space of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build.project import write_project

pytestmark = pytest.mark.slow

_APART = ("unshare", "--user", "--map-root-user", "--mount")


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Return a folder to mount on, where this machine lets a test mount at all."""
    folder = tmp_path / "disk"
    folder.mkdir()
    trial = [*_APART, "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    if shutil.which("unshare") is None or subprocess.run(trial, check=False).returncode:
        pytest.skip("mounting a file system needs user name spaces, which this machine denies")
    return folder


def _script(disk: Path, options: str, before: str, after: str, notebook: Path) -> str:
    return f"""
mount -t tmpfs -o {options} tmpfs {disk} || exit 99
{before}
{sys.executable} -m nb2prod build {notebook} -o {disk}/services
echo "ended with $?"
find {disk} -path '*/versions/v*' -o -name '*.joblib'
{after}
"""


def _run(script: str) -> str:
    done = subprocess.run(
        [*_APART, "bash", "-c", script],
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.stdout


@pytest.mark.parametrize("size", ["40k", "200k"])
def test_a_full_file_system_keeps_nothing_half_written(disk: Path, size: str) -> None:
    notebook = write_project(disk.parent / "project")
    roomy = f"mount -o remount,size=50m {disk} && {sys.executable} -m nb2prod build {notebook} -o {disk}/services"
    said = _run(_script(disk, f"size={size}", "", roomy, notebook))
    first, _, second = said.partition("ended with 2\n")
    assert "cannot be written: the disk is full" in first
    # No version and no model were there when the first build had ended, and the next one builds.
    assert second.lstrip().startswith("lint")
    assert "built: " in second


def test_a_read_only_file_system_is_said_before_anything_runs(disk: Path) -> None:
    notebook = write_project(disk.parent / "project")
    said = _run(_script(disk, "size=1m", f"mount -o remount,ro {disk}", "", notebook))
    assert "cannot be written" in said
    assert "read-only" in said
    assert "execute" not in said
    assert said.endswith("ended with 2\n")
