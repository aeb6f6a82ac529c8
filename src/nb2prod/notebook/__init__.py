"""Notebooks as frozen data, and what their cells bind and read.

Everything here uses the standard library only, because the lint path must start fast.
"""

from nb2prod.notebook.dataflow import Dataflow, Need, dataflow
from nb2prod.notebook.magics import Dropped, Problem, Translated, translate
from nb2prod.notebook.model import Cell, Notebook
from nb2prod.notebook.names import Names, names_of
from nb2prod.notebook.parsing import Parsed, parse_cell
from nb2prod.notebook.reading import parse_notebook, read
from nb2prod.notebook.roles import Role

__all__ = [
    "Cell",
    "Dataflow",
    "Dropped",
    "Names",
    "Need",
    "Notebook",
    "Parsed",
    "Problem",
    "Role",
    "Translated",
    "dataflow",
    "names_of",
    "parse_cell",
    "parse_notebook",
    "read",
    "translate",
]
