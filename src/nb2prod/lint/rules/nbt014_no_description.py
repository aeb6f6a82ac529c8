"""NBT014: nothing that a model card could say about the model."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.roles import REQUIRED_ROLES

_FEW = 5


@register
class NoDescription(Rule):
    """A notebook that is meant for a build has no title or description.

    ## What it does
    Looks for a markdown cell with text, in notebooks of five code cells or more that have all
    roles that a build needs.

    ## Why is this bad?
    Whoever meets the model in production has only its card to learn what it is for, on which data
    it was trained and where it should not be used.

    ## Example
    ```python
    # %% tags=["load"]
    rows = [(1, 0), (2, 1)]
    # %% tags=["features"]
    inputs = [x for x, _ in rows]
    # %% tags=["features"]
    answers = [y for _, y in rows]
    # %% tags=["train"]
    model = dict(zip(inputs, answers))
    # %% tags=["evaluate"]
    accuracy = sum(model[x] == y for x, y in rows) / len(rows)
    ```

    ## Use instead
    ```python
    # %% [markdown]
    # The doubler: from numbers to answers, for the documentation only.
    # %% tags=["load"]
    rows = [(1, 0), (2, 1)]
    # %% tags=["features"]
    inputs = [x for x, _ in rows]
    # %% tags=["features"]
    answers = [y for _, y in rows]
    # %% tags=["train"]
    model = dict(zip(inputs, answers))
    # %% tags=["evaluate"]
    accuracy = sum(model[x] == y for x, y in rows) / len(rows)
    ```
    """

    code = "NBT014"
    name = "no-description"
    severity = Severity.INFO
    stops_build = False
    occasion = Occasion.ROLE

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield one finding for the notebook."""
        is_meant = context.roles.issuperset(REQUIRED_ROLES) and len(context.cells) >= _FEW
        if is_meant and not _has_text(context):
            yield self.found(
                context,
                None,
                None,
                "No cell says what this model is for: its card would be empty.",
                hint="Begin with a markdown cell: a title, what is predicted, from which data.",
            )


def _has_text(context: Context) -> bool:
    return any(cell.kind == "markdown" and cell.source.strip() for cell in context.notebook.cells)
