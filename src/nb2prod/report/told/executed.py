"""The notebook as it ran: kept by the build as it is, shown as a page where somebody asks for it."""

from __future__ import annotations

import shutil
from pathlib import Path

from nb2prod.artifact.disk import explained_faults, write_atomically

EXECUTED_NAME = "executed.ipynb"
PAGE_NAME = "notebook.html"


def keep_executed(service: Path, version: str, executed: Path) -> None:
    """Keep the executed notebook among the reports of a version."""
    folder = service / "reports" / version
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(executed, folder / EXECUTED_NAME)


def write_notebook(service: Path, version: str) -> tuple[Path, ...]:
    """Write the executed notebook as a page; nothing where none was kept.

    nbconvert takes a second, which a build does not wait for.

    Raises:
        EnvironmentFault: The folder cannot be written.
    """
    folder = service / "reports" / version
    executed = folder / EXECUTED_NAME
    if not executed.is_file():
        return ()
    from nb2prod.execute.html import to_html

    path = folder / PAGE_NAME
    with explained_faults(path):
        write_atomically(path, to_html(executed, f"{service.name} {version}").encode())
    return (path,)
