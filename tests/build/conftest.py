import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from nb2prod.build import BuildOptions, BuildResult, Step, build
from nb2prod.build.options import Silent
from tests.build.project import save_steps, use_saved_steps, write_project


@dataclass(frozen=True, slots=True)
class FirstBuild:
    """A real build, and what it kept for quick ones."""

    notebook: Path
    output: Path
    result: BuildResult
    steps: tuple[tuple[str, str], ...]
    saved: Path


class Noting(Silent):
    """Remember the steps of a build."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str]] = []

    def done(self, step: Step, seconds: float) -> None:
        self.steps.append((step.name, step.result))


@pytest.fixture(scope="session")
def first_build(tmp_path_factory: pytest.TempPathFactory) -> FirstBuild:
    """Build the small notebook once, for real. Do not change what it made."""
    folder = tmp_path_factory.mktemp("first")
    notebook, noting = write_project(folder / "project"), Noting()
    with pytest.MonkeyPatch.context() as patch:
        save_steps(patch, folder / "saved")
        (folder / "saved").mkdir()
        result = build(notebook, BuildOptions(output=folder / "services", reporter=noting))
    return FirstBuild(notebook, folder / "services", result, tuple(noting.steps), folder / "saved")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give builds a folder of their own for temporary files, which is empty in the end."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


QuickBuild = Callable[..., BuildResult]


@pytest.fixture
def quick_build(
    first_build: FirstBuild, tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> QuickBuild:
    """Return a build of a notebook's copy that gets its runs, training and proof from the real one."""
    use_saved_steps(monkeypatch, first_build.saved)
    notebook = write_project(tmp_path / "project")

    def run(**options: object) -> BuildResult:
        return build(notebook, BuildOptions(**{"output": tmp_path / "services", **options}))  # type: ignore[arg-type]

    return run
