"""Names that only emitted code uses."""

SUPPORT = {
    "Dummies": "from .encoding import Dummies",
    "TableColumns": "from .encoding import TableColumns",
    "BehaviourChanged": "from .faults import BehaviourChanged",
    "Bins": "from .stored import Bins",
    "Categories": "from .stored import Categories",
    "Codes": "from .stored import Codes",
    "GroupTable": "from .stored import GroupTable",
    "Fitted": "from .pipeline import Fitted",
    "in_domain": "from .domain import in_domain",
    "Trained": "from .pipeline import Trained",
    "deepcopy": "from copy import deepcopy",
    "Any": "from typing import Any",
    "functions": "from . import functions",
    "Mapping": "from collections.abc import Mapping",
}
"""Imports of names that only emitted code uses."""

EMITTED = frozenset(
    name for name, line in SUPPORT.items() if line.startswith("from .") and name != "functions"
)
"""Those that a version's own modules define: a notebook must not bind them."""
