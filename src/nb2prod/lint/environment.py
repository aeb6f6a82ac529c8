"""What rules may know about the machine, gathered beforehand: linting touches no disk."""

from typing import NamedTuple


class Environment(NamedTuple):
    """Facts about the interpreter that will run the notebook.

    Attributes:
        missing_modules: Top-level modules that the notebook imports and nobody can find.
    """

    missing_modules: frozenset[str] = frozenset()
