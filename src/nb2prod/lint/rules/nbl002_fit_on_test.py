"""NBL002: something is fitted to the rows that are held out."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class FitOnTest(Rule):
    """A transformer or model is fitted to the test rows.

    ## What it does
    Follows the parts that `train_test_split` gives, under whatever name, to `fit` and
    `fit_transform`.

    ## Why is this bad?
    Test rows that are scaled by their own mean are not on the scale that the model knows; and a
    model that learned from them cannot be judged by them.

    ## Example
    ```python
    # %%
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler
    table = pd.read_csv("people.csv")
    X, y = table.drop(columns="bought"), table["bought"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=42)
    scaler = StandardScaler()
    model = LogisticRegression().fit(scaler.fit_transform(X_train), y_train)
    accuracy = model.score(scaler.fit_transform(X_test), y_test)
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
    scaler = StandardScaler()
    model = LogisticRegression().fit(scaler.fit_transform(X_train), y_train)
    accuracy = model.score(scaler.transform(X_test), y_test)
    ```
    """

    code = "NBL002"
    name = "fit-on-test"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.MODEL

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield fits to held-out rows."""
        for fit in context.trace.fits if context.trace else ():
            if fit.data.is_data and fit.data.part == "test":
                yield self.found(
                    context,
                    fit.cell,
                    context.span(fit.cell, fit.node),
                    "This is fitted to the test rows, which the model must not know: "
                    "its score says nothing about production.",
                    hint="Fit to the training rows only, and use `transform` for the test rows.",
                    subject=fit.receiver or None,
                )
