"""Values that a ``parameters`` cell may hold, and how they are named to people."""

from typing import TypeAlias

Value: TypeAlias = (
    "bool | int | float | str | list[Value] | tuple[Value, ...] | dict[str, Value] | None"
)
"""What a parameter can be: everything that papermill injects and a YAML file can say."""

_NAMES = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "list": "a list",
    "tuple": "a list",
    "dict": "a mapping",
    "None": "null",
}


def type_name(value: object) -> str:
    """Return the name that parameters are compared by: ``int``, ``None`` and so on."""
    return "None" if value is None else type(value).__name__


def in_words(type_names: frozenset[str]) -> str:
    """Say in words what a parameter takes."""
    return " or ".join(dict.fromkeys(_NAMES[name] for name in _NAMES if name in type_names))
