"""NBO006: a notebook without any saved run."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register


@register
class NeverExecuted(Rule):
    """No cell of the saved notebook was executed, although it has been open in a kernel.

    ## What it does
    Finds notebooks that a kernel has described itself in (`language_info`), but that hold no count
    and no output. Counts and outputs that were taken away on purpose look the same: leave the rule
    out there (`--ignore NBO006`).

    ## Why is this bad?
    By itself it is not: but nobody can see what the notebook is meant to compute, and nothing
    shows that it ever ran.

    ## Example
    ```python
    # metadata: {"language_info": {"name": "python", "version": "3.11.7"}}
    # %%
    prices = [1, 2, 3]
    ```

    ## Use instead
    ```python
    # metadata: {"language_info": {"name": "python", "version": "3.11.7"}}
    # %% count=1
    prices = [1, 2, 3]
    ```
    """

    code = "NBO006"
    name = "never-executed"
    severity = Severity.INFO
    stops_build = False

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield one finding for the notebook."""
        info = context.notebook.metadata.get("language_info")
        was_open = isinstance(info, dict) and "version" in info
        if was_open and not any(
            cell.execution_count or cell.outputs for cell in context.code_cells
        ):
            yield self.found(
                context,
                None,
                None,
                "No cell of this notebook has a saved run: what it computes cannot be seen.",
                hint="Run it from top to bottom and save it, with or without its outputs.",
            )
