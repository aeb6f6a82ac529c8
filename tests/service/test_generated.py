"""The generated service's own tests pass where nothing of nb2prod can be imported."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path


def test_the_service_s_own_tests_pass(built_service: Path, tmp_path: Path) -> None:
    service = tmp_path / "birds"
    shutil.copytree(built_service, service)
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "nb2prod.py").write_text("raise ImportError('not in a service')\n")
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"],
        cwd=service,
        env={**os.environ, "PYTHONPATH": str(blocked)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout
    assert re.search(r"^\d{2} passed", found.stdout, re.MULTILINE), found.stdout


def test_nothing_in_a_service_imports_nb2prod(built_service: Path) -> None:
    sources = [*(built_service / "app").glob("*.py"), *(built_service / "runtime").glob("*.py")]
    assert len(sources) > 20
    for source in sources:
        assert not re.search(r"^\s*(from|import) nb2prod", source.read_text(), re.MULTILINE)
