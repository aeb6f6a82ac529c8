"""NBT012: a part of the pipeline that cannot be stored."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.calls import Call
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register

_HOLDERS = frozenset(
    {
        "sklearn.preprocessing.FunctionTransformer",
        "sklearn.metrics.make_scorer",
        "sklearn.compose.make_column_selector",
        "sklearn.feature_extraction.text.TfidfVectorizer",
        "sklearn.feature_extraction.text.CountVectorizer",
    }
)


@register
class UnpicklablePart(Rule):
    """A lambda is given to a transformer that becomes part of the model.

    ## What it does
    Finds lambdas, and names that are bound to one, in `FunctionTransformer`, vectorizers and scorers of
    tagged cells.

    ## Why is this bad?
    A lambda has no name by which it could be found again, so the model cannot be stored and loaded
    in another process.

    ## Example
    ```python
    # %% tags=["features"]
    from sklearn.preprocessing import FunctionTransformer
    double = FunctionTransformer(lambda values: 2 * values)
    ```

    ## Use instead
    ```python
    # %% tags=["functions"]
    from sklearn.preprocessing import FunctionTransformer
    def doubled(values):
        return 2 * values
    # %% tags=["features"]
    double = FunctionTransformer(doubled)
    ```
    """

    code = "NBT012"
    name = "unpicklable-part"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.ROLE
    words = ("lambda",)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield such lambdas."""
        names = _names_of_lambdas(context)
        for call in context.calls_in(context.compiled):
            for value in _lambdas(call, names) if call.path in _HOLDERS else ():
                yield self.found(
                    context,
                    call.cell,
                    context.span(call.cell, value),
                    f"`{call.method}` keeps this lambda, which cannot be stored with the model.",
                    hint="Define a function in a cell tagged `functions`, and give its name.",
                    subject=call.method,
                )


def _names_of_lambdas(context: Context) -> frozenset[str]:
    """Return the names that are bound to lambdas and to nothing else."""
    lambdas, others = set[str](), set[str]()
    for one in context.session.definitions:
        body = one.event.body
        is_lambda = body is not None and body.name == "<lambda>"
        (lambdas if is_lambda else others).add(one.name)
    return frozenset(lambdas - others)


def _lambdas(call: Call, names: frozenset[str]) -> Iterator[ast.expr]:
    for value in [*call.node.args, *(one.value for one in call.node.keywords)]:
        is_named = isinstance(value, ast.Name) and value.id in names
        if isinstance(value, ast.Lambda) or is_named:
            yield value
