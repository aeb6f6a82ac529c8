"""NBT011: a feature that one request alone cannot have."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.calls import Call
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.roles import Role

_ORDER = frozenset(
    [
        "shift",
        "diff",
        "rolling",
        "expanding",
        "ewm",
        "cumsum",
        "cumprod",
        "cummax",
        "cummin",
        "pct_change",
        "rank",
        "ffill",
        "bfill",
        "interpolate",
    ]
)
_OUTSIDE = ("requests.", "httpx.", "urllib.request.", "socket.", "sqlite3.", "boto3.")
_OUTSIDE_CALLS = frozenset({"pandas.read_sql", "pandas.read_sql_query", "pandas.read_gbq"})


@register
class UnservableFeature(Rule):
    """A `features` cell uses the rows before, or asks the outside world.

    ## What it does
    Finds `shift`, `diff`, `rolling`, `cumsum`, `rank`, `ffill` and their kind, and requests and
    queries, in cells tagged `features` that are not `train-only`.

    ## Why is this bad?
    A request is one row: it has no row before it. In the service such a feature is another value
    than in training, or the answer waits for another server. A build refuses it.

    ## Example
    ```python
    # %% tags=["load"]
    import pandas as pd
    table = pd.read_csv("prices.csv")
    # %% tags=["features"]
    table["before"] = table["price"].shift(1)
    # %% tags=["train"]
    model = table["before"].mean()
    # %% tags=["evaluate"]
    error = abs(model - table["price"]).mean()
    ```

    ## Use instead
    ```python
    # %% tags=["load"]
    import pandas as pd
    table = pd.read_csv("prices.csv")
    # %% tags=["features"]
    table["ratio"] = table["price"] / table["price_before"]
    # %% tags=["train"]
    model = table["ratio"].mean()
    # %% tags=["evaluate"]
    error = abs(model - table["ratio"]).mean()
    ```
    """

    code = "NBT011"
    name = "unservable-feature"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.ROLE
    role = Role.FEATURES

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield such calls."""
        cells = frozenset(
            cell.number
            for cell in context.with_role(Role.FEATURES)
            if Role.TRAIN_ONLY not in cell.roles
        )
        for call in context.calls_in(cells) if cells else ():
            why = _reason(call)
            if why is not None:
                yield self.found(
                    context,
                    call.cell,
                    context.span(call.cell, call.node),
                    f"`{call.method}` {why}",
                    hint="Put the value into the data beforehand, or tag the cell `train-only`.",
                    subject=call.method,
                )


def _reason(call: Call) -> str | None:
    if call.path.startswith(_OUTSIDE) or call.path in _OUTSIDE_CALLS:
        return "asks the outside world, which answers something else tomorrow, or not at all."
    is_method = isinstance(call.node.func, ast.Attribute) and not call.path.startswith("numpy.")
    if call.method in _ORDER and is_method:
        return "needs the other rows in their order, and a request has no other rows."
    return None
