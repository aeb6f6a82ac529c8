"""What playing a notebook tells: bindings, uses and changes of names, each at its place."""

import ast
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from nb2prod.notebook.events import Event
from nb2prod.notebook.model import Notebook
from nb2prod.notebook.parsing import Parsed


class Definition(NamedTuple):
    """One binding of a name.

    Attributes:
        name: The name.
        cell: Number of the cell that binds it.
        event: The binding.
        statement: Which statement of the notebook it belongs to.
    """

    name: str
    cell: int
    event: Event
    statement: int


class Use(NamedTuple):
    """One use of a name at the moment when a clean run comes to it.

    Attributes:
        name: The name that is looked up.
        cell: Number of the cell that is running.
        node: Where in that cell: the read, or the call that leads to it.
        definitions: What it may find, the last binding first; empty when there is nothing.
        via: Functions between the cell and the read, outermost first.
        is_sure: Whether a clean run surely looks it up here and nothing guards against its absence.
        deleted_in: Number of the cell that deleted the name before, or None.
        changed_in: Numbers of the cells that changed the object in place since it was bound.
    """

    name: str
    cell: int
    node: ast.AST
    definitions: tuple[Definition, ...]
    via: tuple[Definition, ...]
    is_sure: bool
    deleted_in: int | None
    changed_in: tuple[int, ...]


class Mutation(NamedTuple):
    """A change of an object in place, by the name through which it happens."""

    name: str
    cell: int
    node: ast.AST
    definitions: tuple[Definition, ...]


class Knowledge(NamedTuple):
    """What is known beside the notebook.

    Attributes:
        magics: Names of further magics, which bind nothing.
        stars: What ``from module import *`` binds, by module.
    """

    magics: frozenset[str] = frozenset()
    stars: Mapping[str, frozenset[str]] = MappingProxyType({})


NOTHING_KNOWN = Knowledge()
"""What is known when nobody looked beside the notebook."""


class Blind(NamedTuple):
    """A place after which any name may be bound: a star import, ``exec``, ``%run``."""

    cell: int
    node: ast.AST | None


class Session(NamedTuple):
    """What a clean top-to-bottom run does to names.

    Attributes:
        notebook: The notebook.
        parsed: Every code cell by number, skipped ones included.
        definitions: All bindings in order.
        uses: All look-ups in order, those within called functions included.
        mutations: All changes in place, in order.
        skipped: Names that skipped cells would bind, with the first such cell.
        calls: Every call by cell, each with the name of the function that it stands in.
        blinds: Where names are bound that nobody can see.
        doubtful: Names that a cell with a syntax error may bind.
    """

    notebook: Notebook
    parsed: dict[int, Parsed]
    definitions: tuple[Definition, ...]
    uses: tuple[Use, ...]
    mutations: tuple[Mutation, ...]
    skipped: dict[str, int]
    calls: dict[int, list[tuple[str, ast.Call]]]
    blinds: tuple[Blind, ...]
    doubtful: frozenset[str]
