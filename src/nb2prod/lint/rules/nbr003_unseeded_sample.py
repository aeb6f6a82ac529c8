"""NBR003: rows are sampled or shuffled without a seed."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.calls import Call, has_open_keywords, keyword
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register
from nb2prod.lint.seeding import seeding_fix

_OF_PANDAS = frozenset({"n", "frac", "replace", "weights", "ignore_index", "axis"})


@register
class UnseededSample(Rule):
    """A table's rows are sampled or shuffled without `random_state`.

    ## What it does
    Finds `table.sample(...)` of pandas without a seed, where no global seed was set before. The fix
    adds one.

    ## Why is this bad?
    Each run takes other rows, so the split and the model differ from run to run.

    ## Example
    ```python
    # %%
    import pandas as pd
    table = pd.read_csv("prices.csv")
    table = table.sample(frac=0.5)
    ```

    ## Use instead
    ```python
    # %%
    import pandas as pd
    table = pd.read_csv("prices.csv")
    table = table.sample(frac=0.5, random_state=42)
    ```
    """

    code = "NBR003"
    name = "unseeded-sample"
    severity = Severity.WARNING
    stops_build = False
    called = frozenset({"sample"})

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield samples in executed code; a look at some rows in an untagged cell is none."""
        shown = _shown(context)
        for call in context.calls:
            is_look = id(call.node) in shown
            if _is_sample(call) and not is_look and "numpy" not in context.seeded[id(call.node)]:
                yield self.found(
                    context,
                    call.cell,
                    context.span(call.cell, call.node),
                    "This takes other rows each time: the split and the model differ "
                    "from run to run.",
                    hint="Give it `random_state=42`, or a parameter.",
                    subject="sample",
                    fix=seeding_fix(context, call),
                )


def _is_sample(call: Call) -> bool:
    if call.method != "sample" or not isinstance(call.node.func, ast.Attribute):
        return False
    given = {one.arg for one in call.node.keywords}
    is_seeded = keyword(call.node, "random_state") is not None or has_open_keywords(call.node)
    return not is_seeded and bool(given) and given <= _OF_PANDAS


def _shown(context: Context) -> frozenset[int]:
    """Return the calls whose value a cell only shows."""
    return frozenset(
        id(statement.value)
        for parsed in context.session.parsed.values()
        for statement in (parsed.tree.body if parsed.tree else ())
        if isinstance(statement, ast.Expr)
    )
