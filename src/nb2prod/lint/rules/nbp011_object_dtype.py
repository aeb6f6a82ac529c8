"""NBP011: text columns looked for by the dtype `object`, which they no longer have."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register


@register
class ObjectDtype(Rule):
    """A dtype is compared with `object` to find text columns.

    ## What it does
    Finds `table.dtypes == "object"`, `column.dtype == object` and the like.

    ## Why is this bad?
    Since pandas 3 text columns have the dtype `str`: the comparison finds none, and the columns
    are silently left out of encoding or cleaning.

    ## Example
    ```python
    # %%
    import pandas as pd
    table = pd.read_csv("prices.csv")
    texts = table.columns[table.dtypes == "object"]
    ```

    ## Use instead
    ```python
    # %%
    import pandas as pd
    table = pd.read_csv("prices.csv")
    texts = table.select_dtypes(include="str").columns
    ```
    """

    code = "NBP011"
    name = "object-dtype"
    severity = Severity.WARNING
    stops_build = False
    words = (".dtype",)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield such comparisons."""
        for cell in context.cells:
            tree = context.session.parsed[cell.number].tree
            if tree is None or ".dtype" not in cell.source:
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Compare) and _is_wrong(node):
                    yield self.found(
                        context,
                        cell.number,
                        context.span(cell.number, node),
                        "Text columns have the dtype `str` in pandas 3: this comparison finds "
                        "none of them, and says nothing.",
                        hint='Use `select_dtypes(include="str")` or '
                        "`pd.api.types.is_string_dtype(column)`.",
                    )


def _is_wrong(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    is_dtype = any(
        isinstance(one, ast.Attribute) and one.attr in ("dtype", "dtypes") for one in sides
    )
    is_equality = all(isinstance(one, ast.Eq | ast.NotEq) for one in node.ops)
    return is_dtype and is_equality and any(_is_object(one) for one in sides)


def _is_object(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id == "object"
    if isinstance(node, ast.Attribute):
        return node.attr in ("object", "object_")
    return isinstance(node, ast.Constant) and node.value in ("object", "O")
