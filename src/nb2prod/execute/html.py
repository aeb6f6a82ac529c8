"""Render an executed notebook as one HTML page."""

import logging
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter

from nb2prod.execute.preparing import INJECTED_TAG, PARAMETERS_TAG, NotebookNode

# nbconvert asks for alternative texts of images, which a notebook has no place for.
logging.getLogger("traitlets").addHandler(logging.NullHandler())


def to_html(executed: Path, title: str | None = None) -> str:
    """Return the page for an executed notebook, without the cells that only nb2prod added.

    Args:
        executed: The executed notebook.
        title: Title of the page; the file's name where None.
    """
    node: NotebookNode = nbformat.read(executed, as_version=4)
    node.cells = [cell for cell in node.cells if not _is_own(cell)]
    name = title or executed.stem
    body, _ = HTMLExporter().from_notebook_node(node, {"metadata": {"name": name}})
    return str(body)


def _is_own(cell: NotebookNode) -> bool:
    """Say whether a cell is of no interest to a reader; injected parameters are."""
    tags = cell.metadata.get("tags", [])
    return INJECTED_TAG in tags and PARAMETERS_TAG not in tags
