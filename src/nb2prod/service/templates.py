"""Find the templates and read what they hold."""

from pathlib import Path

import nb2prod

RENDERED = ".j2"
_HIDDEN = "dot-"
_LEFT_OUT = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})


def template_root() -> Path:
    """Return the folder of the templates: in the installed package, else in the checkout."""
    package = Path(nb2prod.__file__).parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parents[1] / "templates"


def template_files(folder: Path) -> dict[str, Path]:
    """Return the templates below a folder by the path that each one becomes.

    ``.j2`` is taken off, and ``dot-name`` becomes ``.name``: a real ``.gitignore`` would act on
    the templates themselves. Bytecode caches, which pip makes in installed templates, are left
    out.
    """
    files: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and _LEFT_OUT.isdisjoint(relative.parts):
            name = relative.name.removesuffix(RENDERED)
            if name.startswith(_HIDDEN):
                name = "." + name.removeprefix(_HIDDEN)
            files[relative.with_name(name).as_posix()] = path
    return files
