"""What is left of a cell when its IPython syntax has become plain Python."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Dropped(NamedTuple):
    """IPython syntax that a build can do without.

    Attributes:
        line: 1-based line in the cell.
        text: The line as written.
        is_shell: Whether it ran a program, so that the notebook's machine matters.
    """

    line: int
    text: str
    is_shell: bool = False


class Problem(NamedTuple):
    """IPython syntax that has no plain Python meaning, which a compiled cell must not hold.

    Attributes:
        what: What it is, ``%run``, ``!wget``, ``%%bash``.
        line: 1-based line in the cell.
        column: 1-based first column.
        end_line: Last line.
        end_column: Column after the last character.
        hint: The way out.
    """

    what: str
    line: int
    column: int
    end_line: int
    end_column: int
    hint: str


class Translated(NamedTuple):
    """A cell's source as plain Python.

    Attributes:
        code: The Python code; as many lines as the cell.
        dropped: What was left out because it changes no value.
        requirements: Packages that the cell installs, as pip would read them.
        problems: What cannot be compiled.
        is_blind: Whether something in the cell may bind names that nobody can see.
        shifts: Columns to add to a place in ``code``, by 1-based line, where text had to move.
    """

    code: str
    dropped: tuple[Dropped, ...] = ()
    requirements: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_blind: bool = False
    shifts: Mapping[int, int] = MappingProxyType({})
