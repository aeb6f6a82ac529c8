"""NBL001: a transformer learns from rows that are held out later."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.leakage.knowledge import is_learner
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class FitBeforeSplit(Rule):
    """A scaler, imputer or selector is fitted to all rows, and the rows are split afterwards.

    ## What it does
    Follows the result of `fit` and `fit_transform` of transformers that learn from the rows to
    `train_test_split`, `KFold` and cross-validation. One-hot and ordinal encoders are left alone.

    ## Why is this bad?
    The training has seen the test rows through their mean, range or relation to the answer: the
    score is better than what production will show.

    ## Example
    ```python
    # %%
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler
    table = pd.read_csv("people.csv")
    y = table["bought"]
    X = StandardScaler().fit_transform(table.drop(columns="bought"))
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
    from sklearn.preprocessing import StandardScaler
    table = pd.read_csv("people.csv")
    X, y = table.drop(columns="bought"), table["bought"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=42)
    scaler = StandardScaler().fit(X_train)
    model = LogisticRegression().fit(scaler.transform(X_train), y_train)
    accuracy = model.score(scaler.transform(X_test), y_test)
    ```
    """

    code = "NBL001"
    name = "fit-before-split"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.MODEL

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield each such fit once."""
        trace = context.trace
        if trace is None:
            return
        split = {number for one in trace.splits for number in one.data.fits}
        for fit in trace.fits:
            if fit.number in split and fit.data.part == "whole" and is_learner(fit.path):
                name = fit.path.rpartition(".")[2]
                yield self.found(
                    context,
                    fit.cell,
                    context.span(fit.cell, fit.node),
                    f"`{name}` learns from all rows here, and they are split afterwards: the "
                    "score is better than what production will show.",
                    hint="Split first, fit to the training rows, and transform both; "
                    "or put it into a Pipeline.",
                    subject=name,
                )
