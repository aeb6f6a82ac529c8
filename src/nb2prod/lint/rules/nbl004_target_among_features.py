"""NBL004: the answer is among the questions."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.leakage.knowledge import is_transformer
from nb2prod.lint.leakage.values import Value
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class TargetAmongFeatures(Rule):
    """The column to predict, or a copy of it, is among the columns to predict from.

    ## What it does
    Follows columns that are chosen and dropped, and compares the features with the answers where
    a model is fitted to both.

    ## Why is this bad?
    The score is perfect, and in production, where the answer is not known, the column is missing.

    ## Example
    ```python
    # %%
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    table = pd.read_csv("people.csv")
    y = table["bought"]
    X = table.drop(columns=["name"])
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
    y = table["bought"]
    X = table.drop(columns=["name", "bought"])
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=42)
    model = LogisticRegression().fit(X_train, y_train)
    accuracy = model.score(X_test, y_test)
    ```
    """

    code = "NBL004"
    name = "target-among-features"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.MODEL

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first fit whose features hold the answer."""
        trace = context.trace
        for happened in trace.fits if trace else ():
            if is_transformer(happened.path) or trace is None:
                continue
            column = _leaked(happened.data, happened.target, trace.aliases)
            if column is not None:
                yield self.found(
                    context,
                    happened.cell,
                    context.span(happened.cell, happened.node),
                    f"The features hold `{column}`, which is what is predicted: the score is "
                    "perfect, and in production the column is missing.",
                    hint=f'Leave it out: `.drop(columns="{column}")`.',
                    subject=column,
                )
                return


def _leaked(data: Value, target: Value, aliases: dict[str, str]) -> str | None:
    """Return the column of the answers, or of a copy, that the features surely hold."""
    column = target.column
    if column is None or not data.is_data or not data.tables & target.tables:
        return None
    origin = aliases.get(column, column)
    same = {column, origin} | {copy for copy, source in aliases.items() if source == origin}
    return next((one for one in sorted(same) if data.holds(one) and _was_there(data, one)), None)


def _was_there(data: Value, column: str) -> bool:
    """Say whether a column is certainly there: chosen by name, or never taken away."""
    return data.columns is None or column in data.columns
