"""NBL008: rows in the order of time are split at random."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class ShuffledTimeSeries(Rule):
    """Rows with values from the rows before them are split at random.

    ## What it does
    Follows columns that `shift`, `rolling`, `diff` and their kind compute to a split that shuffles.

    ## Why is this bad?
    The rows between which a test row stands are in the training, and hold its value or nearly
    so. In production the future is not known: the score is too good.

    ## Example
    ```python
    # %%
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    table = pd.read_csv("people.csv")
    table["before"] = table["price"].shift(1)
    X, y = table.drop(columns="bought"), table["bought"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=42)
    model = LogisticRegression().fit(X_train, y_train)
    accuracy = model.score(X_test, y_test)
    ```

    ## Use instead
    ```python
    # %%
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    table = pd.read_csv("people.csv")
    table["before"] = table["price"].shift(1)
    X, y = table.drop(columns="bought"), table["bought"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, shuffle=False)
    model = LogisticRegression().fit(X_train, y_train)
    accuracy = model.score(X_test, y_test)
    ```
    """

    code = "NBL008"
    name = "shuffled-time-series"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.MODEL

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield such splits."""
        for split in context.trace.splits if context.trace else ():
            if split.is_shuffled and split.data.is_ordered:
                yield self.found(
                    context,
                    split.cell,
                    context.span(split.cell, split.node),
                    "These rows hold values of the rows before them, and are split at random: "
                    "the training knows what comes after a test row.",
                    hint="Split by time: `shuffle=False`, or `TimeSeriesSplit`.",
                )
