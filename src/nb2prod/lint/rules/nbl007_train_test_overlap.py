"""NBL007: rows are learned from and judged by."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.leakage.overlap import overlaps
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class TrainTestOverlap(Rule):
    """Some test rows are among the rows that the model was fitted to.

    ## What it does
    Finds models that are fitted to the table from which the test rows were taken, slices that
    overlap, and two `sample` calls from the same table.

    ## Why is this bad?
    The model is asked what it has been told: the score is too good by as much as they overlap.

    ## Example
    ```python
    # %%
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    table = pd.read_csv("people.csv")
    X, y = table.drop(columns="bought"), table["bought"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=42)
    model = LogisticRegression().fit(X, y)
    accuracy = model.score(X_test, y_test)
    ```

    ## Use instead
    ```python
    # %%
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    table = pd.read_csv("people.csv")
    X, y = table.drop(columns="bought"), table["bought"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=42)
    model = LogisticRegression().fit(X_train, y_train)
    accuracy = model.score(X_test, y_test)
    ```
    """

    code = "NBL007"
    name = "train-test-overlap"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.MODEL

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield scores of models that know some of the rows."""
        trace = context.trace
        if trace is None:
            return
        told: set[int] = set()
        for score in trace.scores:
            for fit in trace.fits:
                if fit.number not in score.models or fit.number in told:
                    continue
                if fit.target.is_data and overlaps(fit.data, score.data, trace):
                    told.add(fit.number)
                    yield self.found(
                        context,
                        score.cell,
                        context.span(score.cell, score.node),
                        f"The model was fitted (cell {fit.cell}) to rows that judge it here: "
                        "the score is too good.",
                        hint="Fit to the training rows only; take the test rows from the others.",
                    )
