"""Write the report or the model card of a version, and say where they are."""

from collections.abc import Callable
from pathlib import Path

from nb2prod.cli.answering import answer, answering
from nb2prod.report.told.executed import write_notebook
from nb2prod.report.told.gathering import Told, gather
from nb2prod.report.told.writing import write_card, write_report
from nb2prod.service.finding import find_service, find_version
from nb2prod.service.templates import template_root

_SECONDS = 60.0
"""How long the importance of columns may take, where somebody asked for the page."""

Write = Callable[[Path, Told, Path], tuple[Path, ...]]


def run_report(service: Path, version: str | None, form: str) -> int:
    """Write the report of a version, and return the exit code.

    Raises:
        Nb2prodError: It cannot be written.
    """
    return _run(service, version, form, _report)


def run_card(service: Path, version: str | None, form: str) -> int:
    """Write the model card of a version, and return the exit code.

    Raises:
        Nb2prodError: It cannot be written.
    """
    return _run(service, version, form, write_card)


def _report(folder: Path, told: Told, templates: Path) -> tuple[Path, ...]:
    version = told.manifest.version
    return (*write_report(folder, told, templates), *write_notebook(folder, version))


def _run(service: Path, version: str | None, form: str, write: Write) -> int:
    with answering(form):
        folder = find_service(service)
        name = find_version(folder, version)
        told = gather(folder, name, seconds=_SECONDS)
        files = write(folder, told, template_root())
    notes = [f"not measured: {told.unmeasured}"] if told.unmeasured else []
    content = {
        "status": "written",
        "version": name,
        "files": [path.relative_to(folder).as_posix() for path in files],
        "notes": notes,
    }
    shown = [service_path(service, path, folder) for path in files]
    answer(form, content, [*notes, *(f"written: {path}" for path in shown)])
    return 0


def service_path(service: Path, path: Path, folder: Path) -> str:
    """Return a file of a service by the path that the user gave, where that is one."""
    return str(service / path.relative_to(folder) if service.is_dir() else path)
