"""Variations of a statement: in a function, in a loop, under another name, piped, assigned."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.properties.template import each_line, renamed

_ASSIGNED = re.compile(r"^df\[('\w+')\] = (?P<value>[^\n]*)$")
_COLUMN = re.compile(r"'(age|income|score|visits|stock)'")


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a program.

    Attributes:
        name: Its idiom, and how it is wrapped.
        body: Template of the statements.
        functions: Template of the functions that they need.
    """

    name: str
    body: str
    functions: str = ""


def wrapped(name: str, template: str, number: int, rng: random.Random) -> Step:
    """Return a step as it is, or in one of the ways in which people write it."""
    way = rng.choice(_WAYS)
    step = way(name, template, f"step_{number}")
    return step if step is not None else Step(name, template)


def _indented(template: str) -> str:
    return each_line(template, lambda line: f"    {line}")


def _rebinds(template: str) -> bool:
    return re.search(r"\bdf(, \w+)? = ", template) is not None


def _plain(name: str, template: str, _: str) -> Step | None:
    return Step(name, template)


def _in_function(name: str, template: str, function: str) -> Step | None:
    body = _indented(renamed(template, "frame"))
    return Step(
        f"{name} in a function",
        f"df = {function}(df)",
        f"def {function}(frame):\n{body}\n    return frame",
    )


def _in_procedure(name: str, template: str, function: str) -> Step | None:
    if _rebinds(template):
        return None
    body = _indented(renamed(template, "data"))
    return Step(f"{name} in a procedure", f"{function}(df)", f"def {function}(data):\n{body}")


def _copied(name: str, template: str, function: str) -> Step | None:
    body = _indented(template)
    return Step(
        f"{name} on a copy",
        f"df = {function}(df)",
        f"def {function}(df):\n    df = df.copy()\n{body}\n    return df",
    )


def _piped(name: str, template: str, function: str) -> Step | None:
    found = _in_function(name, template, function)
    return found and Step(f"{name} piped", f"df = df.pipe({function})", found.functions)


def _aliased(name: str, template: str, _: str) -> Step | None:
    back = "\ndf = table" if _rebinds(template) else ""
    return Step(f"{name} by an alias", f"table = df\n{renamed(template, 'table')}{back}")


def _returned(name: str, template: str, function: str) -> Step | None:
    found = _ASSIGNED.match(template)
    if found is None:
        return None
    return Step(
        f"{name} as a function's value",
        f"df[{found[1]}] = {function}(df)",
        f"def {function}(d):\n    return {renamed(found['value'], 'd')}",
    )


def _assigned(name: str, template: str, _: str) -> Step | None:
    found = _ASSIGNED.match(template)
    if found is None:
        return None
    body = f"df = df.assign(**{{{found[1]}: lambda d: {renamed(found['value'], 'd')}}})"
    return Step(f"{name} assigned", body)


def _stored_by_loc(name: str, template: str, _: str) -> Step | None:
    found = _ASSIGNED.match(template)
    return found and Step(f"{name} by loc", f"df.loc[:, {found[1]}] = {found['value']}")


def _named_first(name: str, template: str, _: str) -> Step | None:
    found = _ASSIGNED.match(template)
    return found and Step(f"{name} named first", f"made = {found['value']}\ndf[{found[1]}] = made")


def _in_loop(name: str, template: str, _: str) -> Step | None:
    """Do it for two columns, with the first as the loop variable."""
    return _over_columns(name, template, lambda body, columns: f"for col in {columns}:\n{body}")


def _in_function_of_column(name: str, template: str, function: str) -> Step | None:
    columns: list[str] = []

    def loop(_: str, found: str) -> str:
        columns.append(found)
        return f"for name in {found}:\n    df = {function}(df, name)"

    made = _over_columns(f"{name} in a function of the column", template, loop)
    body = _indented(_by_column(template))
    return made and Step(made.name, made.body, f"def {function}(df, col):\n{body}\n    return df")


def _over_columns(name: str, template: str, loop: Callable[[str, str], str]) -> Step | None:
    found = {match[0] for match in _COLUMN.finditer(template)}
    if len(found) != 1 or "for " in template or "lambda" in template:
        return None
    column = found.pop()
    other = "'visits'" if column != "'visits'" else "'age'"
    return Step(f"{name} in a loop", loop(_indented(_by_column(template)), f"[{column}, {other}]"))


def _by_column(template: str) -> str:
    made = re.sub(r"'([oq]\d+)'", r"col + '_\1'", template)
    return _COLUMN.sub("col", made)


_WAYS: tuple[Callable[[str, str, str], Step | None], ...] = (
    _plain,
    _plain,
    _plain,
    _in_function,
    _in_procedure,
    _copied,
    _piped,
    _aliased,
    _returned,
    _assigned,
    _stored_by_loc,
    _named_first,
    _in_loop,
    _in_loop,
    _in_function_of_column,
)
