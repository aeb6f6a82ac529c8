"""Which statements the features and the model depend on: what is computed for metrics or to look at is none of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from nb2prod.compile.plan import Learned, Line
from nb2prod.compile.reading import is_capture, is_state
from nb2prod.compile.slicing import needed
from nb2prod.notebook.trees import copied


def learned_statements(
    lines: Sequence[Line], roots: Sequence[ast.expr], mutators: Iterable[str]
) -> Learned:
    """Return the notebook's statements that some values of training depend on.

    Args:
        lines: The training script.
        roots: The values: what the model receives, and the model.
        mutators: Functions that change their arguments.
    """
    split = _EntriesAsNames()
    nodes = [split.visit(copied(line.node)) for line in lines]
    wanted = {
        n.id
        for root in roots
        for n in ast.walk(split.visit(copied(root)))
        if isinstance(n, ast.Name)
    }
    kept, _ = needed(nodes, wanted, mutators)
    places = {True: set[tuple[int, int]](), False: set[tuple[int, int]]()}
    for i in kept:
        places[is_capture(lines[i].node)].add((lines[i].cell, lines[i].source_line))
    return Learned(frozenset(places[False]), frozenset(places[True] - places[False]))


class _EntriesAsNames(ast.NodeTransformer):
    """Take each entry of the fitted state for a name of its own, so that one entry does not keep all others."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Replace an entry of the fitted state."""
        if is_state(node.value):
            return ast.copy_location(ast.Name(f"fitted.{node.attr}", node.ctx), node)
        return self.generic_visit(node)
