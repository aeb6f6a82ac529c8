"""NBL003: a model is judged by what it has learned."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.leakage.knowledge import is_transformer
from nb2prod.lint.leakage.trace import Fit, Score
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class ScoredOnTrainingData(Rule):
    """A model is scored on the rows that it was fitted to, and on no others.

    ## What it does
    Compares the rows of `fit` with those of `score` and of the metrics. Silent as soon as anything
    is scored on held-out rows or by cross-validation, and where nothing has answers.

    ## Why is this bad?
    A model can know its training rows by heart. Nothing tells how it will do on others.

    ## Example
    ```python
    # %%
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    table = pd.read_csv("people.csv")
    X, y = table.drop(columns="bought"), table["bought"]
    model = LogisticRegression().fit(X, y)
    accuracy = model.score(X, y)
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

    code = "NBL003"
    name = "scored-on-training-data"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.MODEL

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first such score of a notebook that has no other."""
        trace = context.trace
        if trace is None or any(split.is_validation for split in trace.splits):
            return
        scores = [score for score in trace.scores if score.data.is_data]
        if any(score.data.part not in ("whole", "train") for score in scores):
            return
        fitted = [fit for fit in trace.fits if fit.target.is_data and not is_transformer(fit.path)]
        searches = any("SearchCV" in fit.path or fit.path.endswith("CV") for fit in trace.fits)
        for score in scores if not searches else ():
            if any(_are_same(fit, score) for fit in fitted):
                yield self.found(
                    context,
                    score.cell,
                    context.span(score.cell, score.node),
                    "The model is judged only by rows that it has learned from: nothing tells how "
                    "it will do on others.",
                    hint="Hold rows out with `train_test_split`, and score on those.",
                )
                return


def _are_same(fit: Fit, score: Score) -> bool:
    """Say whether a score uses the rows of a fit."""
    if not fit.data.tables & score.data.tables or fit.data.part != score.data.part:
        return False
    return fit.data.rows == score.data.rows
