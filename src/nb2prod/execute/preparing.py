"""The copy of a notebook that papermill runs: with injected cells, and without skipped ones."""

import json
import warnings
from collections.abc import Mapping
from typing import TypeAlias

import nbformat

from nb2prod.execute.literals import Value
from nb2prod.execute.options import ExecuteOptions
from nb2prod.notebook import Notebook, Role

INJECTED_TAG = "nb2prod-injected"
"""Tag of every cell that the notebook itself does not have."""

CELLS_VARIABLE = "NB2PROD_CELLS"
"""Variable of the kernel's environment that ``cells_by_count`` describes."""

_SKIPPED_TAG = "skip-execution"  # nbclient's own
PARAMETERS_TAG = "injected-parameters"
"""Tag that papermill gives to the cell with the values of a run."""

NotebookNode: TypeAlias = nbformat.NotebookNode


def prepare(notebook: Notebook, options: ExecuteOptions, first: tuple[str, ...]) -> NotebookNode:
    """Return the notebook to run, as nbformat 4.

    Every cell of the original carries ``nb2prod: {"cell": <number>}`` in its metadata.

    Args:
        notebook: The notebook as it was read; its file is read again for all that it holds.
        options: Parameters, prelude and epilogue.
        first: Sources of cells to run before all others.
    """
    node = _upgraded(notebook.path)
    cells = []
    for cell, made in zip(notebook.cells, node.cells, strict=True):
        made.metadata["nb2prod"] = {"cell": cell.number}
        replaced = options.parameters and PARAMETERS_TAG in cell.tags
        is_left_out = options.only_tagged and not cell.roles
        if made.cell_type == "code" and (cell.is_skipped or replaced or is_left_out):
            made.metadata["tags"] = [*cell.tags, _SKIPPED_TAG]
        cells.append(made)
    if options.parameters:
        at = notebook.with_role(Role.PARAMETERS)[0].number
        source = _assignments(options.parameters)
        cells.insert(at, _injected(source, "parameters", (PARAMETERS_TAG,)))
    node.cells = [
        *(_injected(source, f"first-{at}") for at, source in enumerate(first)),
        *(_injected(source, f"prelude-{at}") for at, source in enumerate(options.prelude)),
        *cells,
        *(_injected(source, f"epilogue-{at}") for at, source in enumerate(options.epilogue)),
    ]
    return node


def _upgraded(path: str) -> NotebookNode:
    """Return a notebook in the newest format, with cell ids."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of cells without ids, which it is about to give them
        node: NotebookNode = nbformat.read(path, as_version=4)
        upgraded: NotebookNode = nbformat.v4.upgrade(node) or node
    return upgraded


def cells_by_count(prepared: NotebookNode) -> str:
    """Return a JSON list: the cell number that each execution count stands for.

    The first entry belongs to ``In [1]``; null stands for an injected cell.
    """
    run = [cell for cell in prepared.cells if is_run(cell)]
    return json.dumps([original_number(cell) for cell in run])


def is_run(cell: NotebookNode) -> bool:
    """Say whether nbclient sends a cell to the kernel."""
    if cell.cell_type != "code" or not cell.source.strip():
        return False
    return _SKIPPED_TAG not in cell.metadata.get("tags", [])


def original_number(cell: NotebookNode) -> int | None:
    """Return the number that a cell has in the user's notebook; None for an injected one."""
    own = cell.metadata.get("nb2prod", {})
    number = own.get("cell") if isinstance(own, Mapping) else None
    return number if isinstance(number, int) else None


def _injected(source: str, name: str, tags: tuple[str, ...] = ()) -> NotebookNode:
    metadata = {"tags": [*tags, INJECTED_TAG]}
    cell: NotebookNode = nbformat.v4.new_code_cell(source, id=f"nb2prod-{name}", metadata=metadata)
    return cell


def _assignments(parameters: Mapping[str, Value]) -> str:
    lines = [f"{name} = {value!r}" for name, value in parameters.items()]
    return "\n".join(["# Parameters", *lines])
