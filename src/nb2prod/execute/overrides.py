"""Check the values that a run gives to parameters: papermill only warns of an unknown one."""

import ast
import difflib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeGuard

import yaml

from nb2prod.errors import Place, UsageError
from nb2prod.execute.literals import Value, in_words, type_name
from nb2prod.execute.parameters import Parameter, declared
from nb2prod.notebook import Notebook


def overrides(
    notebook: Notebook, pairs: Sequence[tuple[str, str]] = (), file: Path | None = None
) -> dict[str, Value]:
    """Return the values to inject, each of the type that the notebook declares.

    Args:
        notebook: The notebook whose ``parameters`` cell declares names and types.
        pairs: Names and values as texts, from ``-p``; they win over the file.
        file: A YAML file of names and values, from ``-f``.

    Raises:
        UsageError: If the file cannot be read, a name is unknown or a value has another type.
    """
    said: dict[str, object] = dict(_from_file(file)) if file is not None else {}
    if not said and not pairs:
        return {}
    known = declared(notebook)
    if not known:
        raise UsageError(
            "The notebook has no parameters that a run could set.",
            place=Place(notebook.path),
            why="A value without a parameter would be without effect.",
            hint="Put the settings into a cell of their own and give it the tag `parameters`.",
        )
    for name, value in said.items():
        said[name] = _checked(_known(name, known), value, value)
    for name, text in pairs:
        parameter = _known(name, known)
        said[name] = _checked(parameter, _from_text(text, parameter), text)
    return said  # type: ignore[return-value]  # every value went through _checked


def _known(name: str, known: Mapping[str, Parameter]) -> Parameter:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        listed = ", ".join(f"`{each}`" for each in known)
        raise UsageError(
            f"The notebook has no parameter `{name}`.",
            place=next(iter(known.values())).place,
            why="The notebook would run with its own value, and the model would be another one.",
            hint=f"Did you mean `{near[0]}`?" if near else f"The notebook declares {listed}.",
        )
    parameter = known[name]
    if not parameter.is_literal:
        raise UsageError(
            f"Parameter `{name}` is computed in the notebook, so a run cannot set it.",
            place=parameter.place,
            why="Only literals can be checked against the type that the notebook expects.",
            hint=f"Give `{name}` a literal value in the `parameters` cell and compute in the next.",
        )
    return parameter


def _checked(parameter: Parameter, value: object, said: object) -> Value:
    """Return a value as the type that the parameter has."""
    name = type_name(value)
    if isinstance(value, date) and "str" in parameter.types:
        return value.isoformat()  # YAML reads an unquoted 2024-01-31 as a date
    if name == "list" and "list" not in parameter.types and "tuple" in parameter.types:
        return tuple(value)  # type: ignore[arg-type]  # the name says that it is a list
    if name == "int" and "int" not in parameter.types and "float" in parameter.types:
        return float(value)  # type: ignore[arg-type]  # the name says that it is an int
    if (not parameter.types or name in parameter.types) and _is_literal(value):
        return value
    expected = in_words(parameter.types) or "a text, number, list or mapping"
    raise UsageError(
        f"Parameter `{parameter.name}` must be {expected}, and is {said!r}.",
        place=parameter.place,
        why=f"The notebook declares it with the value {parameter.value!r} and computes with that.",
        hint=f"Give {expected}, or change the `parameters` cell if it takes something else now.",
    )


def _is_literal(value: object) -> TypeGuard[Value]:
    match value:
        case None | bool() | int() | str():
            return True
        case float():
            return math.isfinite(value)
        case list() | tuple():
            return all(map(_is_literal, value))
        case dict():
            return all(isinstance(key, str) and _is_literal(each) for key, each in value.items())
        case _:
            return False


def _from_text(text: str, parameter: Parameter) -> object:
    """Read a value of the command line by the types that are declared, the narrowest first."""
    types = parameter.types or frozenset(_READERS)
    for name, read in _READERS.items():
        if name in types:
            try:
                return read(text)
            except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
                continue
    return _Unreadable()


class _Unreadable:
    """A text that is none of the types that its parameter takes."""


def _null(text: str) -> None:
    if text not in {"null", "None"}:
        raise ValueError(text)


def _bool(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError(text)
    return text.lower() == "true"


def _nested(*kinds: type) -> Callable[[str], object]:
    def read(text: str) -> object:
        try:
            value = json.loads(text)
        except ValueError:
            value = ast.literal_eval(text.strip())
        if not isinstance(value, kinds):
            raise TypeError(text)
        return value

    return read


_READERS: dict[str, Callable[[str], object]] = {
    "None": _null,
    "bool": _bool,
    "int": int,
    "float": float,
    "list": _nested(list),
    "tuple": _nested(list, tuple),
    "dict": _nested(dict),
    "str": str,
}


def _from_file(path: Path) -> Mapping[str, object]:
    try:
        values = yaml.safe_load(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The parameters file cannot be read: {getattr(error, 'strerror', None) or error}.",
            place=Place(str(path)),
            hint="Give -f the path of a YAML file, UTF-8, with one `name: value` a line.",
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise UsageError(
            f"The parameters file is no valid YAML: {getattr(error, 'problem', error)}.",
            place=Place(str(path), line=mark.line + 1 if mark else None),
            hint="Write one `name: value` a line.",
        ) from error
    if values is None:
        return {}
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise UsageError(
            "The parameters file must map names to values.",
            place=Place(str(path)),
            hint="Write one `name: value` a line.",
        )
    return values
