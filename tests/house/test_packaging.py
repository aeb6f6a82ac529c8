"""What is installed is everything that the checkout has."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _files(folder: str) -> set[str]:
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="git knows what is ignored")
def test_no_source_is_ignored() -> None:
    # A pattern such as `build/` would also keep src/nb2prod/build out of git and of the wheel.
    names = "\n".join(sorted(_files("src") | _files("templates") | _files("tests")))
    ignored = subprocess.run(
        ["git", "check-ignore", "--stdin"],
        cwd=ROOT,
        input=names,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ignored.stdout == ""


@pytest.mark.slow
def test_the_wheel_holds_every_module_and_template(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(tmp_path)]
    subprocess.run([*command, str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    modules = {name.removeprefix("src/") for name in _files("src/nb2prod")}
    templates = {f"nb2prod/{name}" for name in _files("templates")}
    assert held == modules | templates
