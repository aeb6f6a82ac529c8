"""NBP010: a change in place of a part of a table, which pandas 3 throws away."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Edit, Fix, Severity
from nb2prod.lint.calls import Call, keyword
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register

_METHODS = frozenset(
    [
        "fillna",
        "replace",
        "clip",
        "drop",
        "dropna",
        "rename",
        "sort_values",
        "sort_index",
        "reset_index",
        "set_index",
        "ffill",
        "bfill",
        "interpolate",
        "mask",
        "where",
        "drop_duplicates",
        "update",
    ]
)


@register
class ChainedInplace(Rule):
    """A column is changed in place through its table, which does nothing in pandas 3.

    ## What it does
    Finds `table["a"].fillna(0, inplace=True)` and its kind. The fix assigns the result.

    ## Why is this bad?
    Since pandas 3 the column is a copy, the change is lost and nothing is said: the missing values
    stay, and the model learns from them.

    ## Example
    ```python
    # %%
    import pandas as pd
    table = pd.read_csv("prices.csv")
    table["price"].fillna(0, inplace=True)
    ```

    ## Use instead
    ```python
    # %%
    import pandas as pd
    table = pd.read_csv("prices.csv")
    table["price"] = table["price"].fillna(0)
    ```
    """

    code = "NBP010"
    name = "chained-inplace"
    severity = Severity.WARNING
    stops_build = False
    called = _METHODS
    words = ("inplace",)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield such calls."""
        for call in context.calls:
            function = call.node.func
            if (
                call.method in _METHODS
                and isinstance(function, ast.Attribute)
                and isinstance(function.value, ast.Subscript | ast.Attribute)
                and _is_part(function.value)
                and _is_true(keyword(call.node, "inplace"))
            ):
                part = ast.unparse(function.value)
                yield self.found(
                    context,
                    call.cell,
                    context.span(call.cell, call.node),
                    f"`{part}` is a copy in pandas 3, so this changes nothing and says nothing.",
                    hint=f"Write `{part} = {part}.{call.method}(...)` without `inplace`.",
                    subject=part,
                    fix=_fix(context, call, part),
                )


def _is_part(node: ast.Subscript | ast.Attribute) -> bool:
    """Say whether an expression picks a column of a named table."""
    if isinstance(node, ast.Attribute):
        return False
    return isinstance(node.value, ast.Name) and not isinstance(node.slice, ast.Slice)


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _fix(context: Context, call: Call, part: str) -> Fix | None:
    tree = context.session.parsed[call.cell].tree
    is_statement = any(
        isinstance(one, ast.Expr) and one.value is call.node for one in (tree.body if tree else ())
    )
    if not is_statement:
        return None
    made = ast.parse(ast.unparse(call.node), mode="eval").body
    if not isinstance(made, ast.Call):
        return None
    made.keywords = [one for one in made.keywords if one.arg != "inplace"]
    span = context.span(call.cell, call.node)
    # The notebook's authors saw the table unchanged where they ran pandas 3.
    return Fix((Edit(call.cell, *span, text=f"{part} = {ast.unparse(made)}"),), is_safe=False)
