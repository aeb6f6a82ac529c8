"""Keep the notebook within the service, so that its CI can execute it again."""

import json
from pathlib import Path

from nb2prod.artifact.disk import explained_faults, write_atomically
from nb2prod.artifact.lock import imported_modules, lock_for
from nb2prod.notebook.magics import translate
from nb2prod.notebook.model import Notebook
from nb2prod.runtime.digests import digest_bytes

_SKIP = "skip"
_NBVAL_SKIP = "nbval-skip"
_KERNEL_MODULES = ("ipykernel",)


def keep_notebook(notebook: Notebook, service: Path, *, local: frozenset[str] = frozenset()) -> str:
    """Copy the notebook to ``notebook/`` with the packages that it needs, and return its digest.

    Cells tagged ``skip`` are tagged ``nbval-skip`` too in the copy, so that nbval leaves out what
    a build leaves out. ``notebook/requirements.lock`` names the packages of all cells: those that
    only explore need more than training does.

    Args:
        notebook: The notebook as it was read.
        service: The service's folder.
        local: Modules that are files beside the notebook.

    Raises:
        EnvironmentFault: The folder cannot be written, or a module has no installed package.
    """
    folder = service / "notebook"
    source = Path(notebook.path)
    content = with_nbval_tags(source.read_text(encoding="utf-8-sig")).encode()
    modules = {
        module
        for cell in notebook.executed_cells
        for module in imported_modules(translate(cell.source).code)
    }
    lock = lock_for({*modules, *_KERNEL_MODULES}, local=local)
    with explained_faults(folder):
        write_atomically(folder / source.name, content)
        write_atomically(folder / "requirements.lock", lock.encode())
    return digest_bytes(content)


def with_nbval_tags(text: str) -> str:
    """Return a notebook's JSON with every ``skip`` cell tagged for nbval as well.

    A notebook without such cells is returned as it is.
    """
    content = json.loads(text)
    is_changed = False
    for cell in content.get("cells", []):
        tags = cell.get("metadata", {}).get("tags", [])
        if _SKIP in tags and _NBVAL_SKIP not in tags:
            tags.append(_NBVAL_SKIP)
            is_changed = True
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n" if is_changed else text
