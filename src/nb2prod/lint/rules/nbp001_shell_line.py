"""NBP001: a compiled cell installs packages or calls a shell."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context, line_span
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register


@register
class ShellLine(Rule):
    """A cell with a role installs packages or calls the shell.

    ## What it does
    Finds `!pip install`, `%pip install` and shell commands that only show something, in cells that
    are compiled.

    ## Why is this bad?
    The training script and the service call no shell: the line is left out. What it installs
    becomes a requirement of the version, at the version that is installed when the notebook is
    built.

    ## Example
    ```python
    # %% tags=["imports"]
    !pip install pandas
    import pandas as pd
    ```

    ## Use instead
    ```python
    # %%
    !pip install pandas
    # %% tags=["imports"]
    import pandas as pd
    ```
    """

    code = "NBP001"
    name = "shell-line"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.ROLE

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield shell lines of compiled cells."""
        for cell in context.cells:
            if not cell.roles:
                continue
            for dropped in context.session.parsed[cell.number].translated.dropped:
                if dropped.is_shell:
                    yield self.found(
                        context,
                        cell.number,
                        line_span(cell, dropped.line),
                        "This line calls the shell, which train.py and the service leave out.",
                        hint="Install packages beforehand, or in a cell without a role.",
                        subject=dropped.text.split("\n")[0],
                    )
