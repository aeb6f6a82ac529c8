"""What rules may know about the machine, gathered beforehand: linting touches no disk."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Environment(NamedTuple):
    """Facts about the interpreter and the folder in which the notebook will run.

    Attributes:
        missing_modules: Top-level modules that the notebook imports and nobody can find.
        undeclared_modules: Installed ones that no requirements file of the project declares.
        missing_files: Relative paths that the notebook reads and that are not there.
        untracked_files: Relative paths that are there but under nobody's version control.
        stars: What ``from module import *`` binds, by module, as its source says.
        python: The version of Python that will run the notebook, ``3.11``; empty when unknown.
        kernels: Names of the installed kernels; empty when unknown.
    """

    missing_modules: frozenset[str] = frozenset()
    undeclared_modules: frozenset[str] = frozenset()
    missing_files: frozenset[str] = frozenset()
    untracked_files: frozenset[str] = frozenset()
    stars: Mapping[str, frozenset[str]] = MappingProxyType({})
    python: str = ""
    kernels: frozenset[str] = frozenset()
