"""The settings that a service takes over from the notebook's project, as TOML."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from nb2prod.config import Config

_SECTIONS = {"gates", "governance", "registry", "retrain"}


def settings_text(config: Config) -> str:
    """Return gates, governance, registry and retraining as TOML, without what is at its default."""
    values = config.model_dump(include=_SECTIONS, exclude_defaults=True)
    return "\n".join(_tables(values, ())).strip() + "\n" if values else ""


def _tables(values: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of a table: its own keys first, as TOML wants them, then the tables within."""
    own = {key: value for key, value in values.items() if not _is_table(value)}
    if path and (own or not values):
        yield f"\n[{'.'.join(map(_key, path))}]"
    for key, value in own.items():
        yield f"{_key(key)} = {_value(value)}"
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _tables(value, (*path, key))
        elif _is_table(value):
            for each in value:
                yield f"\n[[{'.'.join(map(_key, (*path, key)))}]]"
                yield from (f"{_key(name)} = {_value(inner)}" for name, inner in each.items())


def _is_table(value: object) -> bool:
    is_list = isinstance(value, list | tuple) and bool(value)
    return isinstance(value, Mapping) or (is_list and isinstance(value[0], Mapping))  # type: ignore[index]  # a list


def _key(key: str) -> str:
    is_bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if is_bare else json.dumps(key, ensure_ascii=False)


def _value(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)
