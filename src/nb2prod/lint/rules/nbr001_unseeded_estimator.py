"""NBR001: a random estimator or splitter without `random_state`."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.randomness import is_unseeded
from nb2prod.lint.rule import Rule, register
from nb2prod.lint.seeding import seeding_fix


@register
class UnseededEstimator(Rule):
    """An estimator, splitter or sampler draws random numbers and has no `random_state`.

    ## What it does
    Finds scikit-learn and imbalanced-learn objects that are random as they are called, where no
    global seed was set before. The fix adds `random_state`.

    ## Why is this bad?
    Each training gives another model and another score. Nobody can tell an improvement from luck,
    and a version in production cannot be made again.

    ## Example
    ```python
    # %%
    from sklearn.ensemble import RandomForestClassifier
    model = RandomForestClassifier(n_estimators=200)
    ```

    ## Use instead
    ```python
    # %%
    from sklearn.ensemble import RandomForestClassifier
    model = RandomForestClassifier(n_estimators=200, random_state=42)
    ```
    """

    code = "NBR001"
    name = "unseeded-estimator"
    severity = Severity.WARNING
    stops_build = False
    words = ("sklearn", "imblearn")

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield calls that leave out the seed."""
        for call in context.calls:
            if is_unseeded(call) and "numpy" not in context.seeded[id(call.node)]:
                yield self.found(
                    context,
                    call.cell,
                    context.span(call.cell, call.node),
                    f"`{call.method}` is random and has no seed: each training gives another "
                    "model, so the one in production cannot be made again.",
                    hint="Give it `random_state=42`, or a parameter.",
                    subject=call.method,
                    fix=seeding_fix(context, call),
                )
