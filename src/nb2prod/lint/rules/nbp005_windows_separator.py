"""NBP005: a path written with backslashes."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Edit, Fix, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.files import file_names
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.lazy_pattern import LazyPattern

_BACKSLASHED = LazyPattern(r"(?:\.{1,2}\\)?[\w .-]+(?:\\[\w .-]+)+")


@register
class WindowsSeparator(Rule):
    r"""A relative path has backslashes between its folders.

    ## What it does
    Finds texts such as `data\\prices.csv` that are given to calls which open files. The fix writes
    `/`, which every system understands.

    ## Why is this bad?
    Containers and servers run Linux, where a backslash is an ordinary letter: there is no file of
    that name.

    ## Example
    ```python
    # %%
    import pandas as pd
    table = pd.read_csv("data\\prices.csv")
    ```

    ## Use instead
    ```python
    # %%
    import pandas as pd
    table = pd.read_csv("data/prices.csv")
    ```
    """

    code = "NBP005"
    name = "windows-separator"
    severity = Severity.WARNING
    stops_build = False
    words = ("\\",)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield such file names."""
        for name in file_names(context):
            if _BACKSLASHED.fullmatch(name.text):
                span = context.span(name.cell, name.node)
                written = f'"{name.text.replace(chr(92), "/")}"'
                yield self.found(
                    context,
                    name.cell,
                    span,
                    f"`{name.text}` is a path on Windows only: elsewhere no such file exists.",
                    hint=f"Write {written}.",
                    subject=name.text,
                    fix=Fix((Edit(name.cell, *span, text=written),)),
                )
