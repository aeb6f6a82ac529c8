"""NBP004: a path that exists on one machine only."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.lazy_pattern import LazyPattern

# The second part is asked of texts that any call or name gets, the first of no others.
_ABSOLUTE = LazyPattern(
    r"(?P<home>~[\\/]|/home/[^/\s]+/|/Users/[^/\s]+/|/root/|/content/|/kaggle/|/mnt/|/Volumes/"
    r"|/dbfs/|/data/|/opt/|/tmp/|/var/)|(?P<drive>[A-Za-z]:[\\/](?![\\/]))"
)
# What a text with such a path must hold; looking for it is many times faster than the expressions.
_BEGINNINGS = ("'/", '"/', "'~", '"~', ":/", ":\\")
_HINT = LazyPattern(r"['\"](?:~[\\/]|/[A-Za-z]+/|[A-Za-z]:[\\/])")


@register
class AbsolutePath(Rule):
    """A path starts at a home folder, a drive or the root of one machine.

    ## What it does
    Finds texts such as `/home/ann/data.csv`, `~/data.csv`, `C:/data.csv` and `/content/drive/x`.

    ## Why is this bad?
    On a colleague's machine, in CI and in a container there is no such folder: the run stops, or
    worse, reads another file of that name.

    ## Example
    ```python
    # %%
    import pandas as pd
    table = pd.read_csv("/home/ann/project/prices.csv")
    ```

    ## Use instead
    ```python
    # %%
    import pandas as pd
    table = pd.read_csv("data/prices.csv")
    ```
    """

    code = "NBP004"
    name = "absolute-path"
    severity = Severity.WARNING
    stops_build = False
    words = _BEGINNINGS

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield each path once in each cell."""
        if _HINT.search(context.text) is None:
            return
        seen: set[tuple[int, str]] = set()
        for cell, node in context.texts:
            text = str(node.value)
            if (cell, text) not in seen and _is_path(text):
                seen.add((cell, text))
                yield self.found(
                    context,
                    cell,
                    context.span(cell, node),
                    f"The path `{text[:60]}` exists on one machine only: elsewhere the run stops.",
                    hint="Keep data beside the notebook and write the path from there, "
                    "or make it a parameter.",
                    subject=text[:100],
                )


def _is_path(text: str) -> bool:
    match = _ABSOLUTE.match(text)
    return (
        match is not None
        and "\n" not in text
        and len(text) > len(match.group())
        and " " not in text[:3]
    )
