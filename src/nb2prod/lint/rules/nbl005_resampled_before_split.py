"""NBL005: rows are multiplied before some are held out."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class ResampledBeforeSplit(Rule):
    """Rows are drawn again or made up to balance classes, and the rows are split afterwards.

    ## What it does
    Follows the result of `SMOTE`, the other samplers of imbalanced-learn and `sklearn.utils.resample`
    to the split.

    ## Why is this bad?
    Copies of one row, or rows made from it, are on both sides: the test asks what the training
    has already answered.

    ## Example
    ```python
    # %%
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.utils import resample
    table = pd.read_csv("people.csv")
    more = resample(table[table["bought"] == 1], n_samples=500, random_state=42)
    table = pd.concat([table, more])
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
    from sklearn.utils import resample
    table = pd.read_csv("people.csv")
    train, test = train_test_split(table, random_state=42)
    more = resample(train[train["bought"] == 1], n_samples=500, random_state=42)
    train = pd.concat([train, more])
    model = LogisticRegression().fit(train.drop(columns="bought"), train["bought"])
    accuracy = model.score(test.drop(columns="bought"), test["bought"])
    ```
    """

    code = "NBL005"
    name = "resampled-before-split"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.MODEL

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield each such resampling once."""
        trace = context.trace
        if trace is None or not trace.resamplings:
            return
        split = {number for one in trace.splits for number in one.data.draws}
        for resampling in trace.resamplings:
            if resampling.number in split and resampling.data.part == "whole":
                yield self.found(
                    context,
                    resampling.cell,
                    context.span(resampling.cell, resampling.node),
                    "Rows are multiplied here and split afterwards: copies of one row stand on "
                    "both sides, and the score is too good.",
                    hint="Split first, and resample the training rows only.",
                )
