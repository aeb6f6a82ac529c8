"""NBR005: a value that is another one in each run or on each machine."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Edit, Fix, Severity
from nb2prod.lint.calls import Call
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register

_CLOCKS = frozenset(
    [
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcnow",
        "datetime.date.today",
        "pandas.Timestamp.now",
        "pandas.Timestamp.today",
        "pandas.Timestamp.utcnow",
    ]
)
_IDENTITIES = frozenset({"uuid.uuid1", "uuid.uuid4", "secrets.token_hex", "os.urandom"})
_LISTINGS = frozenset({"os.listdir", "glob.glob", "os.scandir"})
_ORDERLESS = frozenset({"sorted", "len", "set", "sum", "max", "min", "any", "all", "frozenset"})
_ORDERED = frozenset({"list", "tuple", "enumerate"})
_IN_FOLDERS = frozenset({"glob", "rglob", "iterdir"})
_CALLED = (
    _IN_FOLDERS
    | _ORDERED
    | {"hash"}
    | {path.rpartition(".")[2] for path in _CLOCKS | _IDENTITIES | _LISTINGS}
)


@register
class UnstableValue(Rule):
    """A value depends on the clock, a random identity, or an order that nothing fixes.

    ## What it does
    Finds unsorted `listdir` and `glob`, lists made of sets, and, in tagged cells, clocks, uuids and
    `hash` of texts. The fix puts `sorted` around.

    ## Why is this bad?
    File systems list files in any order, sets of texts come in another order in each process, and
    tomorrow's clock gives other features: the model changes although nothing was changed.

    ## Example
    ```python
    # %%
    import os
    names = os.listdir(".")
    ```

    ## Use instead
    ```python
    # %%
    import os
    names = sorted(os.listdir("."))
    ```
    """

    code = "NBR005"
    name = "unstable-value"
    severity = Severity.WARNING
    stops_build = False
    called = _CALLED

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield such calls."""
        harmless = _harmless(context)
        for call in context.calls:
            if id(call.node) in harmless:
                continue
            if _is_listing(call) or _is_of_a_set(call):
                yield self._unordered(context, call)
            elif call.cell in context.compiled and not call.owner and _is_unstable(call):
                yield self._unstable(context, call)

    def _unordered(self, context: Context, call: Call) -> Diagnostic:
        span = context.span(call.cell, call.node)
        what = "files" if _is_listing(call) else "elements of a set"
        start = Edit(call.cell, span.line, span.column, span.line, span.column, "sorted(")
        end = Edit(call.cell, span.end_line, span.end_column, span.end_line, span.end_column, ")")
        return self.found(
            context,
            call.cell,
            span,
            f"The order of {what} is nobody's promise: another run or machine gives another one.",
            hint="Put `sorted(...)` around it.",
            subject=call.method,
            fix=Fix((start, end), is_safe=_is_listing(call)),
        )

    def _unstable(self, context: Context, call: Call) -> Diagnostic:
        return self.found(
            context,
            call.cell,
            context.span(call.cell, call.node),
            f"`{call.path}` gives another value in each run, so this cell cannot be reproduced "
            "and its model cannot be made again.",
            hint="Make it a parameter, read it from the data, or move it to an untagged cell.",
            subject=call.path,
        )


def _harmless(context: Context) -> set[int]:
    """Return calls whose order or value is used up by what is around them."""
    found: set[int] = set()
    for call in context.calls:
        if call.method in _ORDERLESS or (call.path == "os.path.exists"):
            for argument in call.node.args:
                found.add(id(argument))
                if isinstance(argument, ast.GeneratorExp | ast.ListComp):
                    found.add(id(argument.generators[0].iter))
    for parsed in context.session.parsed.values():
        for statement in parsed.tree.body if parsed.tree else ():
            if isinstance(statement, ast.Expr):
                found.add(id(statement.value))
            elif isinstance(statement, ast.Compare):
                found.update(id(one) for one in statement.comparators)
    return found


def _is_listing(call: Call) -> bool:
    return call.path in _LISTINGS or (
        call.path.startswith("pathlib.Path()") and call.method in _IN_FOLDERS
    )


def _is_of_a_set(call: Call) -> bool:
    """Say whether a call puts a set's elements in an order: ``list(set(names))``."""
    if call.path not in _ORDERED or len(call.node.args) != 1:
        return False
    inner = call.node.args[0]
    return (
        isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Name)
        and inner.func.id == "set"
        and bool(inner.args)
    )


def _is_unstable(call: Call) -> bool:
    if call.path == "hash":
        return not all(
            isinstance(one, ast.Constant) and not isinstance(one.value, str)
            for one in call.node.args
        )
    return call.path in _CLOCKS or call.path in _IDENTITIES
