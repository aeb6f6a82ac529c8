"""Find the settings that hold for a notebook, and read them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from nb2prod.config.faults import checked
from nb2prod.config.model import Config
from nb2prod.errors import Place, UsageError

OWN_FILE = "nb2prod.toml"
PROJECT_FILE = "pyproject.toml"


def load_config(notebook: str | Path) -> Config:
    """Read the settings for a notebook.

    ``nb2prod.toml`` beside the notebook holds, else ``[tool.nb2prod]`` in the nearest
    ``pyproject.toml`` above it that has this table, else the defaults. A relative ``output`` is
    meant from the file that sets it.

    Raises:
        UsageError: If the file is no TOML, or a key or value is wrong.
    """
    found = _find(Path(notebook).absolute().parent)
    if found is None:
        return Config()
    path, table = found
    config = checked(table, source=path)
    if "output" in table:
        config = config.model_copy(update={"output": path.parent / config.output})
    return config


def _find(folder: Path) -> tuple[Path, Mapping[str, object]] | None:
    own = folder / OWN_FILE
    if own.is_file():
        return own, _read(own)
    for parent in (folder, *folder.parents):
        project = parent / PROJECT_FILE
        if project.is_file():
            tool = _read(project).get("tool")
            table = tool.get("nb2prod") if isinstance(tool, dict) else None
            if isinstance(table, dict):
                return project, table
    return None


def _read(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path.name} is no valid TOML: {error}.",
            place=Place(str(path)),
            why="Its settings cannot be read, and building without them could give another model.",
            hint="Correct the line that the message names; strings need quotes in TOML.",
        ) from error
    except OSError as error:
        raise UsageError(
            f"{path.name} cannot be read: {error.strerror}.",
            place=Place(str(path)),
            hint="Check the file's permissions.",
        ) from error
