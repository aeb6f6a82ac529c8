"""NBH001: a name that nothing binds."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic
from nb2prod.lint.context import Context
from nb2prod.lint.counts import ran_well
from nb2prod.lint.failures import Cause, Failure
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.known_names import KNOWN_NAMES
from nb2prod.notebook.spelling import nearest

_USUAL_IMPORTS = {
    "pd": "import pandas as pd",
    "np": "import numpy as np",
    "plt": "import matplotlib.pyplot as plt",
    "sns": "import seaborn as sns",
    "tf": "import tensorflow as tf",
    "torch": "import torch",
    "os": "import os",
    "re": "import re",
    "json": "import json",
    "math": "import math",
    "random": "import random",
    "datetime": "from datetime import datetime",
    "Path": "from pathlib import Path",
    "train_test_split": "from sklearn.model_selection import train_test_split",
    "accuracy_score": "from sklearn.metrics import accuracy_score",
}


@register
class UndefinedName(Rule):
    """A name is used that no executed cell binds.

    ## What it does
    Finds uses of names that no cell above binds, also inside functions at the moment of their call.

    ## Why is this bad?
    The notebook worked because the saved session still held the name, from a cell that was edited
    or deleted since. A clean run stops with a NameError, and so would the training script.

    ## Example
    ```python
    # %%
    prices = [1, 2, 3]
    # %%
    total = sum(price)
    ```

    ## Use instead
    ```python
    # %%
    prices = [1, 2, 3]
    # %%
    total = sum(prices)
    ```
    """

    code = "NBH001"
    name = "undefined-name"
    occasion = Occasion.FAILURE

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield names that nothing binds."""
        for failure in context.failures:
            is_tagged = context.notebook.cell(failure.use.cell).is_compiled
            if failure.cause is Cause.UNDEFINED:
                yield self._finding(context, failure, _hint(context, failure))
            elif failure.cause is Cause.SKIPPED and not is_tagged:
                cell = context.session.skipped[failure.use.name]
                hint = f"Only cell {cell} binds it, and its tag `skip` keeps it from running."
                yield self._finding(context, failure, hint)

    def _finding(self, context: Context, failure: Failure, hint: str) -> Diagnostic:
        use = failure.use
        span = context.session.parsed[use.cell].span(use.node)
        message = f"`{use.name}` is not defined: a clean run stops here with a NameError."
        if use.via:
            reader = use.via[-1]
            message = (
                f"`{reader.name}` (cell {reader.cell}) needs `{use.name}`, which nothing defines: "
                "a clean run stops at this call with a NameError."
            )
        return self.found(context, use.cell, span, message, hint=hint, subject=use.name)


def _hint(context: Context, failure: Failure) -> str:
    use = failure.use
    if use.name in _USUAL_IMPORTS:
        return f"Add `{_USUAL_IMPORTS[use.name]}` to a cell above."
    if use.name == "__file__":
        return (
            "Scripts have `__file__` and notebooks have not; use a path from the notebook's folder."
        )
    bound = {one.name: one.cell for one in context.session.definitions if one.cell <= use.cell}
    near = nearest(use.name, bound) or nearest(use.name, KNOWN_NAMES)
    if near is not None:
        where = f", bound in cell {bound[near]}" if near in bound else ""
        return f"Did you mean `{near}`{where}?"
    cell = context.notebook.cell(use.cell)
    if ran_well(cell):
        return (
            f"This cell ran as In [{cell.execution_count}] without an error, so a cell that was "
            "deleted or changed since bound it: bring that code back."
        )
    return "Define it in a cell above, or remove the use; the cell that bound it may be gone."
