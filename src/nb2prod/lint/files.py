"""Which file names a notebook reads and writes."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from nb2prod.lint.calls import Call
from nb2prod.lint.context import Context
from nb2prod.notebook.lazy_pattern import LazyPattern

_READERS = frozenset(
    [
        "open",
        "read_csv",
        "read_excel",
        "read_parquet",
        "read_json",
        "read_table",
        "read_feather",
        "read_pickle",
        "read_hdf",
        "read_orc",
        "read_sas",
        "read_stata",
        "read_spss",
        "read_fwf",
        "read_xml",
        "read_html",
        "imread",
        "load",
        "loadtxt",
        "genfromtxt",
        "read_file",
        "scan_csv",
        "scan_parquet",
        "ZipFile",
    ]
)
_PATHS = frozenset(
    [
        "Path",
        "PosixPath",
        "exists",
        "isfile",
        "isdir",
        "listdir",
        "glob",
        "join",
        "abspath",
        "expanduser",
        "chdir",
        "makedirs",
        "mkdir",
        "to_csv",
        "to_parquet",
        "to_pickle",
        "to_excel",
        "to_json",
        "savefig",
        "save",
        "dump",
        "image_dataset_from_directory",
        "flow_from_directory",
        "ImageFolder",
    ]
)
_ADDRESS = LazyPattern(r"[a-zA-Z][a-zA-Z0-9+.-]+://")


class FileName(NamedTuple):
    """A text that a call takes for a file's name."""

    cell: int
    call: Call
    node: ast.Constant
    is_read: bool

    @property
    def text(self) -> str:
        """Return the name."""
        return str(self.node.value)


def file_names(context: Context) -> Iterator[FileName]:
    """Yield texts that are given to calls which open, build or write paths; addresses are none."""
    for call in context.calls:
        method = call.method
        if method not in _READERS and method not in _PATHS:
            continue
        for argument in [*call.node.args[:2], *(one.value for one in call.node.keywords)]:
            node = _constant(argument)
            if node is not None and not _ADDRESS.match(str(node.value)):
                yield FileName(call.cell, call, node, _is_read(call, argument))
                break


def _constant(node: ast.expr) -> ast.Constant | None:
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[0]
    return node if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_read(call: Call, argument: ast.expr) -> bool:
    """Say whether the whole name is there and the file is read."""
    if call.method not in _READERS or not isinstance(argument, ast.Constant):
        return False
    if argument is not (call.node.args[0] if call.node.args else None):
        return False
    if call.path != "open":
        return call.method != "open"
    mode = call.node.args[1] if len(call.node.args) > 1 else None
    return mode is None or (isinstance(mode, ast.Constant) and str(mode.value).startswith("r"))
