"""NBL006: the test rows choose the model that they judge."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.leakage.selection import is_selection
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class SelectedByTest(Rule):
    """A loop tries models or settings, scores each on the test rows, and the best is kept.

    ## What it does
    Finds loops that fit and score on the test rows, where the scores are compared or the largest is
    taken. Loops that only show scores are left alone.

    ## Why is this bad?
    The best of many is partly the luckiest. Its score on the same rows promises more than
    production will show.

    ## Example
    ```python
    # %%
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    table = pd.read_csv("people.csv")
    X, y = table.drop(columns="bought"), table["bought"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=42)
    best = 0
    for strength in (0.1, 1, 10):
        model = LogisticRegression(C=strength).fit(X_train, y_train)
        accuracy = model.score(X_test, y_test)
        if accuracy > best:
            best = accuracy
    ```

    ## Use instead
    ```python
    # %%
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.model_selection import GridSearchCV
    table = pd.read_csv("people.csv")
    X, y = table.drop(columns="bought"), table["bought"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=42)
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1, 10]}).fit(X_train, y_train)
    accuracy = search.score(X_test, y_test)
    ```
    """

    code = "NBL006"
    name = "selected-by-test"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.MODEL

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first score of each such loop."""
        trace = context.trace
        if trace is None:
            return
        fitted = {id(loop) for fit in trace.fits for loop in fit.loops}
        told: set[int] = set()
        for score in trace.scores:
            loops = [loop for loop in score.loops if id(loop) in fitted and id(loop) not in told]
            if score.data.part != "test" or not loops:
                continue
            if any(is_selection(context, score.cell, loop) for loop in loops):
                told.update(id(loop) for loop in loops)
                yield self.found(
                    context,
                    score.cell,
                    context.span(score.cell, score.node),
                    "The test rows choose among the models here, so their score of the best one "
                    "promises more than production will show.",
                    hint="Choose by cross-validation on the training rows (GridSearchCV), and "
                    "score the chosen model once.",
                )
