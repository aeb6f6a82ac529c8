"""No test file stands where pytest does not look."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_folder_of_tests_is_searched() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    passed_over = options["tool"]["pytest"]["ini_options"]["norecursedirs"]
    folders = {
        part
        for path in (ROOT / "tests").rglob("test_*.py")
        for part in path.relative_to(ROOT).parts[:-1]
    }
    assert "build" in folders
    assert not [f for f in folders if any(fnmatch(f, pattern) for pattern in passed_over)]
