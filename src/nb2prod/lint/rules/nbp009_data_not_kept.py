"""NBP009: a data file that is not there, or that nobody keeps."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.files import file_names
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class DataNotKept(Rule):
    """A cell reads a file that does not exist, or that is not under version control.

    ## What it does
    When it is told about the environment: looks for the files that cells read by a literal relative
    name, and whether git (or a `.dvc` file beside them) keeps them. A file that the notebook itself
    writes is left alone.

    ## Why is this bad?
    The run stops where the file is missing. Where it is only not kept, nobody can train the same
    model again once it changes.

    ## Example
    ```python
    # %%
    import pandas as pd
    table = pd.read_csv("a_file_that_nobody_has.csv")
    ```

    ## Use instead
    ```python
    # %%
    import pandas as pd
    table = pd.read_csv("prices.csv")
    ```
    """

    code = "NBP009"
    name = "data-not-kept"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.ENVIRONMENT

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first read of each such file."""
        environment = context.environment
        if environment is None or not (environment.missing_files or environment.untracked_files):
            return
        seen: set[str] = set()
        for name in file_names(context):
            if not name.is_read or name.text in seen:
                continue
            message, hint = "", ""
            if name.text in environment.missing_files:
                message = f"There is no file `{name.text}`: the run stops here."
                hint = "Correct the path; it counts from the notebook's folder."
            elif name.text in environment.untracked_files:
                message = (
                    f"`{name.text}` is under no version control: once it changes, nobody can "
                    "train this model again."
                )
                hint = "Add it to git, or to DVC if it is large."
            if message:
                seen.add(name.text)
                span = context.span(name.cell, name.node)
                yield self.found(context, name.cell, span, message, hint=hint, subject=name.text)
