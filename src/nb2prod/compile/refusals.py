"""Why something cannot be served row by row, and the way out: the ``NBC`` codes."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.notebook import Cell


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind of refusal.

    Attributes:
        code: ``NBC`` code.
        name: The code in words.
        message: What cannot be done and why it matters.
        hint: The way out.
    """

    code: str
    name: str
    message: str
    hint: str


TABLE_DEPENDENT = Reason(
    "NBC101",
    "depends-on-other-rows",
    "the value of a row depends on other rows here, and a request has no other rows",
    "compute a statistic in a statement of its own (it is then frozen), or a feature of the row alone",
)
ROW_LOOP = Reason(
    "NBC102",
    "loop-over-rows",
    "a loop over rows cannot be served",
    "write it for a whole column, as `df['c'].apply(function)` or `df.apply(function, axis=1)`",
)
UNDECIDED = Reason(
    "NBC103",
    "undecided",
    "it could not be shown that each row depends on itself alone here",
    "split the statement, or write the step with plain column operations",
)
UNRECORDED = Reason(
    "NBC104",
    "unrecorded",
    "the run did not show what this does",
    "make sure that the cell runs once from top to bottom, and split the statement",
)
ROW_CONSTANT = Reason(
    "NBC105",
    "one-value-a-row",
    "a value with one entry for each training row meets the rows of a request",
    "derive it from columns of the table, so that it can be computed for a new row",
)
OUTSIDE_WORLD = Reason(
    "NBC106",
    "outside-world",
    "the features depend on the clock, a random draw or something outside the table",
    "make it a parameter, a column of the table, or a table in a cell tagged `reference`",
)
UNSUPPORTED = Reason(
    "NBC107",
    "unsupported-statement",
    "this kind of statement changes rows in a way that is not compiled yet",
    "write it as assignments of whole columns",
)
CONDITION = Reason(
    "NBC108",
    "condition-on-rows",
    "the way through this condition differs from run to run of the same place",
    "use `np.where` or `Series.where`, so that each row decides for itself",
)
TARGET_READ = Reason(
    "NBC109",
    "target-in-features",
    "the features read the target, which a request does not have",
    "drop the target column before the features that reach the model",
)
AFTER_PREDICT = Reason(
    "NBC110",
    "after-predict",
    "the notebook changes the prediction before it scores it, and that step would be missing in the served answer",
    "change the predictions in the `evaluate` cell itself, outside functions and loops and under a name of their own, "
    "and compare that with the truth; or let the model answer so, as `TransformedTargetRegressor` does",
)
READS_VALUE = Reason(
    "NBC114",
    "function-reads-value",
    "a function depends on a value of the notebook that does not go with it",
    "pass the value as an argument, or bind it once, in a cell tagged `functions`",
)
LAMBDA_KEPT = Reason(
    "NBC111",
    "lambda-in-artifact",
    "an estimator holds a lambda, which cannot be stored in an artifact",
    "give the function a name with `def` in a tagged cell",
)
SEVERAL_ANSWERS = Reason(
    "NBC112",
    "several-answers",
    "the notebook scores several answers, and this one, the last, is what the service will give",
    "keep only the answer that is meant in the `evaluate` cell, or compute its metric last",
)
ANOTHER_PREDICT = Reason(
    "NBC113",
    "another-predict",
    "the notebook scores what another model predicted here, and the model that predicted last would be served",
    "let the model that is meant predict last in the `evaluate` cell, and compare that with the truth",
)
ROWS_DROPPED = Reason(
    "NBC503",
    "rows-dropped",
    "training drops rows here, by more than what a row itself says; no request is asked whether it is like them",
    "the model has not seen such rows: let the caller check for them",
)
DRAWS_OUTSIDE = Reason(
    "NBC207",
    "exploration-draws",
    "an untagged cell draws from the random generator that later tagged cells use, so training would draw others",
    "give the draws a `random_state`, here or in the tagged cells",
)
NO_ROOT = Reason(
    "NBC201",
    "no-raw-table",
    "the `load` cells bind no table that later cells use",
    "bind the raw data as one pandas DataFrame in the cell tagged `load`",
)
SEVERAL_ROOTS = Reason(
    "NBC202",
    "several-raw-tables",
    "the `load` cells bind several tables, so it is not clear what a request looks like",
    "tag the cells that read look-up tables `reference`, and load one table that has a row for each request",
)
NO_PREDICT = Reason(
    "NBC203",
    "no-scored-predict",
    "no `evaluate` or `train` cell lets a fitted model predict rows of the table",
    "tag the cell that calls `model.predict(...)` on held-out rows `evaluate`",
)
HIDDEN_PREDICT = Reason(
    "NBC206",
    "hidden-predict",
    "what the scored predict needs is made in the same place as the prediction",
    "fit and prepare in `train` and `features` cells, and call `predict` on the result in the `evaluate` cell",
)
LOCAL_MODULE = Reason(
    "NBC208",
    "module-beside-the-notebook",
    "the code imports a file beside the notebook, which does not go with the service",
    "move what is needed into a cell tagged `functions`, or install the module as a package",
)
TAKEN_NAME = Reason(
    "NBC209",
    "name-of-emitted-code",
    "the made code gives this name a meaning of its own",
    "give it another name in the notebook",
)
OTHER_PREDICT = Reason(
    "NBC210",
    "predict-with-options",
    "the scored prediction is asked for with options that change it, and a request gets the model's plain prediction",
    "give the options to the model itself, and score what `model.predict(X_test)` says",
)
NATIVE_TRAINING = Reason(
    "NBC211",
    "model-without-fit",
    "this model is no object with `fit` and `predict`, so it is not known how a request would be asked",
    "use the scikit-learn interface of the library",
)
NO_TARGET = Reason(
    "NBC204",
    "unknown-target",
    "it is not clear which columns of the raw table are the target",
    'name them in nb2prod.toml: `target = "column"`',
)
UNFOLLOWED_CELL = Reason(
    "NBC205",
    "cell-not-followed",
    "the recorder could not follow this cell",
    "split the cell into simpler statements",
)


def refuse(
    reason: Reason,
    cell: Cell | None,
    node: ast.expr | ast.stmt | None = None,
    *,
    detail: str = "",
    subject: str | None = None,
    hint: str | None = None,
) -> Diagnostic:
    """Make a refusal at a place; AST columns become 1-based characters."""
    message = reason.message + (f": {detail}" if detail else "")
    place = _span(cell, node) if cell is not None and node is not None else (None,) * 4
    return Diagnostic(
        code=reason.code,
        name=reason.name,
        severity=Severity.ERROR,
        message=message,
        hint=hint or reason.hint,
        subject=subject,
        cell=cell.number if cell is not None else None,
        cell_id=cell.id if cell is not None else None,
        line=place[0],
        column=place[1],
        end_line=place[2],
        end_column=place[3],
    )


def _span(cell: Cell, node: ast.expr | ast.stmt) -> tuple[int | None, ...]:
    lines = cell.source.split("\n")

    def column(line: int, offset: int) -> int:
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        return len(text.encode()[:offset].decode(errors="ignore")) + 1

    end_line = node.end_lineno or node.lineno
    end = column(end_line, node.end_col_offset or node.col_offset)
    return node.lineno, column(node.lineno, node.col_offset), end_line, end
