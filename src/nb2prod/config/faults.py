"""Turn what pydantic finds into messages for whoever wrote the settings."""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from nb2prod.config.model import Config
from nb2prod.errors import Place, UsageError

_EXPECTED = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "a text in quotes",
    "path_type": "a path in quotes",
    "tuple_type": "a column name or a list of them",
    "model_type": "a table",
}


def checked(values: Mapping[str, object], source: Path | None = None) -> Config:
    """Return the settings that ``values`` describe.

    Args:
        values: Settings by key, nested as the sections are.
        source: The file that they come from; None for the command line.

    Raises:
        UsageError: If a key is unknown or a value is not what the key takes.
    """
    try:
        return Config.model_validate(dict(values))
    except ValidationError as error:
        raise _fault(error, source) from error


def _fault(error: ValidationError, source: Path | None) -> UsageError:
    first: Mapping[str, Any] = error.errors(include_url=False)[0]
    # What follows the key is a position in its value or a branch of its type: no use to a reader.
    inner = {"bool", "float", "int", "str"}
    keys = tuple(part for part in first["loc"] if isinstance(part, str) and part not in inner)
    place = _place(source, keys)
    if first["type"] == "extra_forbidden":
        return _unknown(keys, place)
    key = ".".join(keys)
    expected = _EXPECTED.get(first["type"], first["msg"].lower().replace("input should be ", ""))
    return UsageError(
        f"Setting `{key}` must be {expected}, and is {first['input']!r}.",
        place=place,
        hint="docs/configuration.md lists every setting with its type and default.",
    )


def _unknown(keys: tuple[str, ...], place: Place | None) -> UsageError:
    known = _known(keys[:-1])
    near = difflib.get_close_matches(keys[-1], known, n=1)
    if near:
        hint = f"Did you mean `{near[0]}`?"
    elif known:
        hint = f"It knows {', '.join(known)}."
    else:
        hint = f"[{'.'.join(keys[:-1])}] takes no settings in this version."
    return UsageError(
        f"There is no setting `{'.'.join(keys)}`.",
        place=place,
        why="A misspelt setting would be without effect, and nobody would notice.",
        hint=hint,
    )


def _known(section: tuple[str, ...]) -> list[str]:
    model: type[BaseModel] = Config
    for key in section:
        field = model.model_fields.get(key)
        annotation = None if field is None else field.annotation
        models = [
            each
            for each in (annotation, *get_args(annotation))
            if isinstance(each, type) and issubclass(each, BaseModel)
        ]
        if not models:
            return []
        model = models[0]
    return list(model.model_fields)


def _place(source: Path | None, keys: tuple[str, ...]) -> Place | None:
    """Return where the file sets a key; TOML's reader keeps no lines, so look for its name."""
    if source is None:
        return None
    key = re.compile(rf"""\s*\[*["']?{re.escape(keys[-1])}["']?\s*[=\].]""")
    inside = source.name != "pyproject.toml"
    for number, line in enumerate(source.read_text("utf-8-sig").splitlines(), 1):
        if line.lstrip().startswith("[tool."):
            inside = line.lstrip().startswith("[tool.nb2prod")
        if inside and key.match(line):
            column = len(line) - len(line.lstrip()) + 1
            return Place(str(source), line=number, column=column, source_line=line)
    return Place(str(source))
