"""The linter's settings for a notebook: the command line's over those of the nearest file."""

import os
from collections.abc import Mapping

from nb2prod.diagnostic import Severity
from nb2prod.errors import Place, UsageError
from nb2prod.lint.selection import Settings
from nb2prod.notebook.spelling import nearest

_FILES = (("nb2prod.toml", ("lint",)), ("pyproject.toml", ("tool", "nb2prod", "lint")))
_LISTS = frozenset({"select", "ignore", "magics"})
KEYS = frozenset(Settings._fields)
"""The keys of the section ``lint``."""


def settings_for(path: str, known: dict[str, Settings]) -> Settings:
    """Return the settings of the file that holds for a notebook.

    Args:
        path: The notebook.
        known: What was read already, by folder; it grows.

    Raises:
        UsageError: If a file is no TOML, or a key or value of its section is wrong.
    """
    folder = os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120 - pathlib starts slowly
    if folder not in known:
        known[folder] = _read(folder)
    return known[folder]


def merged(settings: Settings, given: Mapping[str, object]) -> Settings:
    """Return settings with those of the command line in place of the file's.

    Raises:
        UsageError: If a value is not what the key takes.
    """
    said = {key: value for key, value in given.items() if value}
    return _settings({**settings._asdict(), **said}, None) if said else settings


def _read(folder: str) -> Settings:
    """Take ``nb2prod.toml`` beside the notebook, else the nearest ``pyproject.toml`` with settings."""
    own = os.path.join(folder, _FILES[0][0])  # noqa: PTH118 - pathlib starts slowly
    if os.path.isfile(own):  # noqa: PTH113 - pathlib starts slowly
        return _settings(_table(own, _FILES[0][1]) or {}, own)
    name, keys = _FILES[1]
    last = ""
    while folder != last:
        path = os.path.join(folder, name)  # noqa: PTH118 - pathlib starts slowly
        table = _table(path, keys) if os.path.isfile(path) else None  # noqa: PTH113 - pathlib starts slowly
        if table is not None:
            return _settings(table, path)
        folder, last = os.path.dirname(folder), folder  # noqa: PTH120 - pathlib starts slowly
    return Settings()


def _table(path: str, keys: tuple[str, ...]) -> Mapping[str, object] | None:
    """Return a table of a TOML file, or None where the file has no settings of nb2prod."""
    with open(path, encoding="utf-8-sig", errors="replace") as file:  # noqa: PTH123 - pathlib starts slowly
        text = file.read()
    if ".".join(keys[:-1]) not in text or keys[-1] not in text:
        # Reading TOML takes longer than linting a notebook.
        return None
    import tomllib

    try:
        value: object = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"This file is no valid TOML: {error}.",
            place=Place(path),
            hint="Correct the line that the message names; strings need quotes in TOML.",
        ) from error
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else None


def _settings(table: Mapping[str, object], path: str | None) -> Settings:
    found: dict[str, object] = {}
    for key, value in table.items():
        if key not in KEYS:
            near = nearest(key, KEYS)
            raise UsageError(
                f"There is no setting `lint.{key}`.",
                place=Place(path) if path else None,
                why="A misspelt setting would be without effect, and nobody would notice.",
                hint=f"Did you mean `{near}`?" if near else f"It knows {', '.join(sorted(KEYS))}.",
            )
        found[key] = _value(key, value, path)
    # Each value was checked by its key.
    made = Settings()._replace(**found)  # type: ignore[arg-type]
    per_path = [code for _, codes in made.per_path for code in codes]
    for key, codes in (("select", made.select), ("ignore", made.ignore), ("per_path", per_path)):
        for code in codes if key in table else ():
            _check_code(key, code, path)
    return made


def _check_code(key: str, code: str, path: str | None) -> None:
    """Refuse a code with which none begins: nothing would be selected by it, and all seem well."""
    import nb2prod.lint.rules  # noqa: F401 - importing the rules registers them
    from nb2prod.lint.rule import registered

    known = registered()
    if code == "ALL" or (code and any(one.startswith(code) for one in known)):
        return
    upper = code.upper()
    is_only_small = any(one.startswith(upper) for one in known) and bool(code)
    near = upper if is_only_small else nearest(upper, {*known, *(one[:3] for one in known)})
    raise UsageError(
        f"No rule's code begins with `{code}`, in `{key}`.",
        place=Place(path) if path else None,
        why="A misspelt code would be without effect, and nobody would notice.",
        hint=f"Did you mean `{near}`?" if near else "docs/rules/README.md lists all rules.",
    )


def _value(key: str, value: object, path: str | None) -> object:
    if key in _LISTS and _is_texts(value):
        return tuple(value)  # type: ignore[arg-type]  # a list of texts
    if key == "per_path" and isinstance(value, tuple):
        return value
    if key == "per_path" and isinstance(value, Mapping) and all(map(_is_texts, value.values())):
        return tuple((str(pattern), tuple(codes)) for pattern, codes in value.items())
    if key == "fail_on" and value in list(Severity):
        return Severity(str(value))
    expected = "error, warning or info" if key == "fail_on" else "a list of texts"
    expected = "a table of lists of codes, by path" if key == "per_path" else expected
    raise UsageError(
        f"Setting `lint.{key}` must be {expected}, and is {value!r}.",
        place=Place(path) if path else None,
        hint="docs/linting.md lists every setting.",
    )


def _is_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
