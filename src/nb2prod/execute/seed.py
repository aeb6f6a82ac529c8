"""The cell that seeds every generator before the notebook starts."""

import ast

from nb2prod.notebook import Notebook, parse_cell

_SEEDERS = {
    "torch": ("_framework.manual_seed(seed)", "_framework.use_deterministic_algorithms(True)"),
    "tensorflow": (
        "_framework.random.set_seed(seed)",
        "_framework.config.experimental.enable_op_determinism()",
    ),
}
"""By package: how it is seeded, and how it is asked for deterministic algorithms."""


def frameworks_of(notebook: Notebook) -> tuple[str, ...]:
    """Return the frameworks with generators of their own that the notebook imports."""
    imported: set[str] = set()
    for cell in notebook.executed_cells:
        tree = parse_cell(cell.source).tree
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
    if "keras" in imported:
        imported.add("tensorflow")
    return tuple(name for name in _SEEDERS if name in imported)


def seed_source(seed: int, frameworks: tuple[str, ...] = (), *, deterministic: bool = False) -> str:
    """Return the source of a cell that seeds ``random``, NumPy and the given frameworks.

    It leaves no name behind: a notebook that forgot to import NumPy must still fail.

    Args:
        seed: The seed; NumPy's legacy generator takes it modulo 2**32.
        frameworks: Further packages to seed, where they can be imported.
        deterministic: Ask those packages for deterministic algorithms.
    """
    lines = [
        "def _nb2prod_seed(seed):",
        "    import random",
        "    random.seed(seed)",
        "    import numpy",
        "    numpy.random.seed(seed % 2**32)",
    ]
    for name in frameworks:
        seeder, determinism = _SEEDERS[name]
        lines += ["    try:", f"        import {name} as _framework", f"        {seeder}"]
        lines += [f"        {determinism}"] if deterministic else []
        lines += ["    except ImportError:", "        pass"]
    return "\n".join([*lines, f"_nb2prod_seed({seed})", "del _nb2prod_seed"])
