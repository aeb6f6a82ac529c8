"""The notebook as one program: the compiled cells' statements in order, with the cell that each came from."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from nb2prod.compile.simplifying import lambda_names, simplified
from nb2prod.notebook import Cell, Notebook, Role, translate
from nb2prod.notebook.recording import place_key
from nb2prod.notebook.rewriting import rewritten

_SERVED_NEVER = frozenset({Role.TRAIN_ONLY})


@dataclass(frozen=True, slots=True)
class Step:
    """One top-level statement of a compiled cell.

    Attributes:
        cell: The cell.
        code: The cell's source after magics were translated.
        node: The statement, with places in ``code``.
        is_load: Whether it reads the raw table, or prepares that.
        caller: The cell that calls the function which the statement was taken out of, or None.
        path: Places of the calls that lead to it, where it was taken out of functions.
    """

    cell: Cell
    code: str
    node: ast.stmt
    is_load: bool = False
    caller: Cell | None = None
    path: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        """Return the roles of the cell that runs the statement."""
        return (self.caller or self.cell).roles

    @property
    def is_train_only(self) -> bool:
        """Tell whether the cell is tagged to happen in training only."""
        return bool(_SERVED_NEVER & set(self.roles))

    @property
    def is_prelude(self) -> bool:
        """Tell whether the cell holds imports or functions only."""
        return set(self.roles) <= {Role.IMPORTS, Role.FUNCTIONS}

    @property
    def is_evaluate(self) -> bool:
        """Tell whether the cell does nothing but evaluate."""
        return Role.EVALUATE in self.roles and Role.TRAIN not in self.roles


def steps_of(
    notebook: Notebook, raw_place: str | None = None, keys: Collection[str] = ()
) -> Iterator[Step]:
    """Yield the statements of the compiled cells, but those of the ``parameters`` cell.

    Args:
        notebook: The notebook.
        raw_place: Key of the call that reads the raw table, where its cell goes on with the table.
        keys: Keys of the statements that are taken as the operations that leave the same.
    """
    cells = [c for c in notebook.executed_cells if c.roles and Role.PARAMETERS not in c.roles]
    codes = [translate(cell.source).code for cell in cells]
    bodies = [ast.parse(code).body for code in codes]
    functions = lambda_names([statement for body in bodies for statement in body])
    for cell, code, body in zip(cells, codes, bodies, strict=True):
        for node in simplified(list(_rewritten(cell, body, keys)), functions):
            is_load = Role.LOAD in cell.roles and not _is_after(cell, node, raw_place)
            yield Step(cell, code, node, is_load)


def _rewritten(cell: Cell, body: Sequence[ast.stmt], keys: Collection[str]) -> Iterator[ast.stmt]:
    for node in body:
        made = rewritten(node) if place_key(cell.number, node) in keys else None
        if made is None:
            yield node
            continue
        if made.definition is not None:
            yield made.definition
        yield made.store


def _is_after(cell: Cell, node: ast.stmt, raw_place: str | None) -> bool:
    if raw_place is None:
        return False
    number, line = (int(part) for part in raw_place.split(":")[:2])
    return cell.number == number and node.lineno > line


def read_into(steps: Sequence[Step], raw_place: str) -> str | None:
    """Return the name that a cell binds the raw table to, as it was read, or None."""
    for step in steps:
        match step.node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if place_key(step.cell.number, value) == raw_place:
                    return name
    return None


def parameter_names(notebook: Notebook) -> tuple[str, ...]:
    """Return the names that the ``parameters`` cell binds."""
    names: list[str] = []
    for cell in notebook.with_role(Role.PARAMETERS):
        for node in ast.parse(translate(cell.source).code).body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.AnnAssign):
                targets = [node.target]
            names += [t.id for t in targets if isinstance(t, ast.Name)]
    return tuple(dict.fromkeys(names))
