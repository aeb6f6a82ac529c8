"""The operands of a syntax node, in the order in which Python evaluates them.

The instrumenter wraps them where they stand; the probe replaces them by sampled values to run the
operation again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one operand of a node stands.

    Attributes:
        owner: The node that holds it.
        field: Field of the owner.
        position: Position within the field where that is a list, else None.
        name: The operand's name in recordings: ``0`` is the receiver, function or left side.
    """

    owner: ast.AST
    field: str
    position: int | None
    name: str

    def get(self) -> ast.expr:
        """Return the operand's expression."""
        value = getattr(self.owner, self.field)
        expression: ast.expr = value if self.position is None else value[self.position]
        return expression

    def put(self, expression: ast.expr) -> None:
        """Put another expression in the operand's place."""
        if self.position is None:
            setattr(self.owner, self.field, expression)
        else:
            getattr(self.owner, self.field)[self.position] = expression


def placeholder(name: str) -> str:
    """Return the variable that stands for the operand ``name`` in a replayed operation."""
    safe = "".join(c if c.isalnum() else "_" for c in name)
    return f"_operand_{safe}"


def slots_of(node: ast.AST) -> Iterator[Slot]:
    """Yield the operands of a node that the recorder watches, in evaluation order."""
    match node:
        case ast.Call():
            yield from _call_slots(node)
        case ast.Attribute() | ast.UnaryOp():
            yield Slot(node, "operand" if isinstance(node, ast.UnaryOp) else "value", None, "0")
        case ast.Subscript():
            yield Slot(node, "value", None, "0")
            yield from _key_slots(node)
        case ast.BinOp():
            yield Slot(node, "left", None, "0")
            yield Slot(node, "right", None, "1")
        case ast.Compare():
            yield Slot(node, "left", None, "0")
            for position in range(len(node.comparators)):
                yield Slot(node, "comparators", position, str(position + 1))
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield Slot(node.generators[0], "iter", None, "0")
        case ast.Assign() | ast.AugAssign():
            yield from _store_slots(node)
        case _:
            return


def _store_slots(node: ast.Assign | ast.AugAssign) -> Iterator[Slot]:
    value = Slot(node, "value", None, "value")
    if isinstance(node, ast.AugAssign):
        if isinstance(node.target, ast.Subscript | ast.Attribute):
            yield from slots_of(node.target)
        yield value
    elif len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript | ast.Attribute):
        yield value
        yield from slots_of(node.targets[0])


def _call_slots(node: ast.Call) -> Iterator[Slot]:
    if isinstance(node.func, ast.Attribute):
        yield Slot(node.func, "value", None, "0")
    else:
        yield Slot(node, "func", None, "0")
    for position, argument in enumerate(node.args):
        if isinstance(argument, ast.Starred):
            yield Slot(argument, "value", None, f"*{position + 1}")
        else:
            yield Slot(node, "args", position, str(position + 1))
    for keyword in node.keywords:
        yield Slot(keyword, "value", None, keyword.arg or "**")


def _key_slots(node: ast.Subscript) -> Iterator[Slot]:
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for position, part in enumerate(parts):
        if isinstance(part, ast.Slice):
            for field in ("lower", "upper", "step"):
                if getattr(part, field) is not None:
                    yield Slot(part, field, None, f"{field}{position}")
        elif isinstance(part, ast.Starred):
            yield Slot(part, "value", None, f"*k{position}")
        elif isinstance(node.slice, ast.Tuple):
            yield Slot(node.slice, "elts", position, f"k{position}")
        else:
            yield Slot(node, "slice", None, "1")
