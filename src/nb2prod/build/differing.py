"""What two runs of the notebook with one seed differ in, and the call that makes the difference."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nb2prod.build.order import Order
from nb2prod.compile.refusals import Reason, refuse
from nb2prod.compile.slicing import needed
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.errors import ExecutionFailed
from nb2prod.execute.comparing import compare
from nb2prod.execute.diverging import Diverging, diverging
from nb2prod.execute.options import ExecuteOptions
from nb2prod.execute.recorder.settings import recorder_settings
from nb2prod.execute.together import execute_together
from nb2prod.notebook import Cell, Notebook, parse_cell

_REPEATABLE = "give every random step a `random_state`, and take nothing from the clock"
_CLOCK_HINT = "the clock says something else in every run: make it a parameter"
_HINTS = (
    (
        frozenset({"urandom", "uuid1", "uuid4", "SystemRandom", "secrets", "getrandom"}),
        "no seed reaches the system's own randomness: draw from `np.random.default_rng(seed)`",
    ),
    (
        frozenset({"default_rng", "RandomState", "Generator", "Random", "PCG64", "SeedSequence"}),
        "give it a seed, as in `np.random.default_rng(42)`",
    ),
    (
        frozenset({"time", "time_ns", "now", "today", "utcnow", "perf_counter", "monotonic"}),
        _CLOCK_HINT,
    ),
)
"""By names in the call: what makes it repeatable."""

_TRACE = """
def _nb2prod_trace():
    from nb2prod.execute.recorder.tracing import trace
    trace({path!r})
_nb2prod_trace()
del _nb2prod_trace
"""
_TRACED = """
def _nb2prod_traced():
    from nb2prod.execute.recorder.tracing import finish
    finish()
_nb2prod_traced()
del _nb2prod_traced
"""


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that differs: its cell and its expression."""

    cell: Cell
    node: ast.expr


def differences(
    order: Order,
    folder: Path,
    options: ExecuteOptions,
    recorded: Mapping[str, float],
    plain: Mapping[str, float],
) -> list[Diagnostic]:
    """Return the metrics and the outputs that differ between the recorded and the plain run.

    Where metrics differ the notebook runs twice more, to name the call.

    Args:
        order: What is built.
        folder: Where the executed notebooks of both runs are.
        options: How the notebook runs.
        recorded: Metrics of the recorded run.
        plain: Metrics of the plain run.
    """
    differing = [
        n for n in sorted({*recorded, *plain}) if repr(recorded.get(n)) != repr(plain.get(n))
    ]
    calls = _differing_calls(order, folder, options) if differing else []
    metrics = [
        _metric(name, recorded.get(name), plain.get(name), _likely(order.notebook, name, calls))
        for name in differing
    ]
    return [*metrics, *_outputs(folder)]


def unsteady_model(
    order: Order, folder: Path, options: ExecuteOptions, metrics: Sequence[str]
) -> list[Diagnostic]:
    """Return the call that makes every fit another one, where metrics were equal by chance; none where there is none.

    Args:
        order: What is built.
        folder: An existing folder for what two more runs leave.
        options: How the notebook runs.
        metrics: Names of its metrics.
    """
    behind = _behind(order.notebook, metrics, _differing_calls(order, folder, options))
    if not behind:
        return []
    message = "the model is another one in every run with the same seed"
    return [_named(message, behind[0], None)]


def _metric(name: str, one: float | None, other: float | None, call: _Call | None) -> Diagnostic:
    message = f"`{name}` is {one!r} in one run and {other!r} in another with the same seed"
    if call is None:
        return refuse(Reason("NBC301", "runs-differ", message, _REPEATABLE), None, subject=name)
    return _named(message, call, name)


def _named(message: str, call: _Call, subject: str | None) -> Diagnostic:
    reason = Reason("NBC301", "runs-differ", message, _hint(call))
    detail = f"`{_shortened(call.node)}` gave something else each time"
    return refuse(reason, call.cell, call.node, detail=detail, subject=subject)


def _hint(call: _Call) -> str:
    nodes = list(ast.walk(call.node))
    names = {n.id for n in nodes if isinstance(n, ast.Name)}
    names |= {n.attr for n in nodes if isinstance(n, ast.Attribute)}
    return next((said for known, said in _HINTS if known & names), _REPEATABLE)


def _shortened(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _outputs(folder: Path) -> list[Diagnostic]:
    return [
        Diagnostic(
            code="NBC302",
            name="outputs-differ",
            severity=Severity.WARNING,
            message="the cell printed something else in a second run with the same seed",
            hint=_REPEATABLE,
            cell=difference.cell,
        )
        for difference in compare(folder / "recorded.ipynb", folder / "executed.ipynb")
    ]


def _differing_calls(order: Order, folder: Path, options: ExecuteOptions) -> list[_Call]:
    """Run the notebook twice at once, and return the calls that differ; none where they come out equal."""
    traces = [folder / f"trace-{number}.json" for number in (1, 2)]
    traced = [_traced(order, folder, options, trace) for trace in traces]
    try:
        for run in execute_together(order.notebook.path, traced):
            run.discard()
    except ExecutionFailed:
        return []
    found = (_call(order.notebook, one) for one in diverging(*traces))
    return [call for call in found if call is not None]


def _traced(order: Order, folder: Path, options: ExecuteOptions, trace: Path) -> ExecuteOptions:
    path = trace.with_suffix(".settings.json")
    settings = recorder_settings(order.notebook, folder) | {"trace": str(trace)}
    path.write_text(json.dumps(settings), encoding="utf-8")
    begin = _TRACE.format(path=str(path))
    return replace(options, output=None, progress=False, prelude=(begin,), epilogue=(_TRACED,))


def _call(notebook: Notebook, found: Diverging) -> _Call | None:
    cell = notebook.cell(found.cell)
    for statement in _statements(cell):
        for node in ast.walk(statement):
            if isinstance(node, ast.expr) and _span(node) == found.span:
                return _Call(cell, node)
    return None


def _span(node: ast.expr) -> tuple[int, int, int | None, int | None]:
    return (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)


def _likely(notebook: Notebook, metric: str, calls: Sequence[_Call]) -> _Call | None:
    """Return the first of the calls that a metric is computed from, else the first that only reads no clock."""
    behind = _behind(notebook, [metric], calls)
    others = [call for call in calls if _hint(call) != _CLOCK_HINT]
    return next(iter([*behind, *others]), None)


def _behind(notebook: Notebook, metrics: Sequence[str], calls: Sequence[_Call]) -> list[_Call]:
    """Return the calls in the statements that metrics are computed from."""
    placed = [(c, s) for c in notebook.executed_cells for s in _statements(c)]
    kept, _ = needed([s for _, s in placed], {metric.partition(".")[0] for metric in metrics})
    lines = {
        (placed[k][0].number, line)
        for k in kept
        for line in range(placed[k][1].lineno, (placed[k][1].end_lineno or 0) + 1)
    }
    return [call for call in calls if (call.cell.number, call.node.lineno) in lines]


def _statements(cell: Cell) -> Iterator[ast.stmt]:
    tree = parse_cell(cell.source).tree
    yield from tree.body if tree is not None else ()
