"""NBH006: a cell that gives another result each time it runs."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.counts import proofs_of_second_runs
from nb2prod.lint.rule import Rule, register
from nb2prod.lint.updates import Update, updates_of

# Of the operators those that give something else when they are used again, and those that store.
_SIGNS = ("+", "-", "*", "/", "@", "^", "<<", ">>", "|=", "&=", "%=", "append", "extend", "insert")


@register
class NotIdempotent(Rule):
    """A cell builds on its own result, so running it again changes the result again.

    ## What it does
    Finds `x += 1`, `t["a"] = t["a"] / 100` and `rows.append(...)` where an earlier cell made the
    value. An error where the execution counts prove that the cell was run more than once.

    ## Why is this bad?
    Somebody runs the cell twice and goes on with prices divided by 10,000. A clean run divides
    once, so the saved outputs and the production model disagree.

    ## Example
    ```python
    # %%
    price = 100
    # %%
    price = price / 100
    ```

    ## Use instead
    ```python
    # %%
    price = 100
    # %%
    share = price / 100
    ```
    """

    code = "NBH006"
    name = "not-idempotent"
    severity = Severity.INFO
    stops_build = False

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first update of each name in each cell."""
        second = proofs_of_second_runs(context.session) if context.saved else ()
        proofs = {cell: (by, name) for cell, by, name in second}
        for cell in context.cells:
            tree = context.session.parsed[cell.number].tree
            updates = updates_of(tree) if tree is not None and _may_update(cell.source) else ()
            seen: set[str] = set()
            for update in updates:
                if update.name not in seen and not _is_own(context, cell.number, update):
                    seen.add(update.name)
                    yield self._finding(context, cell.number, update, proofs.get(cell.number))

    def _finding(
        self, context: Context, cell: int, update: Update, proof: tuple[int, str] | None
    ) -> Diagnostic:
        what = "adds to it" if update.is_growth else "changes it"
        message = f"Each run of this cell {what} once more: `{update.name}` builds on itself."
        if proof is not None:
            by, name = proof
            message = (
                f"This cell was run more than once (cell {by} used its `{name}` before its last "
                f"run), and each run {what} once more: `{update.name}` builds on itself."
            )
        return self.found(
            context,
            cell,
            context.span(cell, update.node),
            message,
            hint="Give the result another name, or begin the value in this cell.",
            subject=update.name,
            severity=Severity.ERROR if proof else None,
        )


def _may_update(source: str) -> bool:
    for sign in _SIGNS:  # noqa: SIM110 - a generator would take twice as long
        if sign in source:
            return True
    return False


def _is_own(context: Context, cell: int, update: Update) -> bool:
    """Say whether the value was begun in the cell itself, or nowhere that can be seen."""
    makers = {
        one.cell
        for one in context.session.definitions
        if one.name == update.name and one.event.node is not update.node
    }
    return not any(maker < cell for maker in makers)
