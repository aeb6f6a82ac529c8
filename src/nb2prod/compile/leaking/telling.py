"""Say what a leak is, why it matters and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nb2prod.compile.leaking.leak import Kind, Leak
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.notebook import Notebook


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind of leak is told.

    Attributes:
        code: ``NBC`` code.
        name: The code in words.
        message: What was found and why it matters; ``{text}``, ``{rows}`` and ``{held}`` are filled in.
        hint: The next step.
    """

    code: str
    name: str
    message: str
    hint: str


_TOO_GOOD = "so the metrics may promise more than new rows will show"
_SEEN = "{held} of the {rows} rows that go into `{text}` are held out: "

WORDS: Mapping[Kind, Words] = {
    Kind.STATISTIC: Words(
        "NBC601",
        "statistic-of-held-out-rows",
        _SEEN + f"the features know something of the rows that judge the model, {_TOO_GOOD}",
        "split first, and compute it from the training rows alone",
    ),
    Kind.FIT: Words(
        "NBC602",
        "fit-to-held-out-rows",
        _SEEN + f"what is fitted learns from the rows that judge the model, {_TOO_GOOD}",
        "split first and fit to the training rows; a scikit-learn Pipeline does that by itself",
    ),
    Kind.TARGET: Words(
        "NBC603",
        "target-of-held-out-rows",
        _SEEN + f"their answers help to make or choose features, {_TOO_GOOD}, often by far",
        "split first, and compute it from the training rows alone",
    ),
    Kind.OWN: Words(
        "NBC604",
        "held-out-rows-by-themselves",
        "all {rows} rows that go into `{text}` are held out: they are measured by themselves and not "
        "by what the model learned on, and the service has to keep this value for every request",
        "use what was computed from, or fitted to, the training rows for the held-out rows too",
    ),
    Kind.CHOICE: Words(
        "NBC605",
        "chosen-by-held-out-rows",
        "`{text}` judges on {held} held-out rows, and what is kept depends on it: the best of several "
        f"is partly the luckiest on these rows, {_TOO_GOOD}",
        "choose by cross-validation on the training rows (GridSearchCV), or hold out other rows for it",
    ),
    Kind.RESAMPLED: Words(
        "NBC606",
        "resampled-before-split",
        "`{text}` holds some rows more than once, and the rows are split later: {shared} rows of the raw "
        f"table are both fitted on and scored, {_TOO_GOOD}",
        "split first, and resample the training rows alone",
    ),
    Kind.ROWS: Words(
        "NBC607",
        "rows-chosen-with-held-out-rows",
        _SEEN
        + "it decides which rows are kept, on both sides of the split, so the model is judged on "
        "rows that were chosen by themselves",
        "split first, take the bounds from the training rows, and drop rows from those alone",
    ),
    Kind.ANSWER: Words(
        "NBC611",
        "feature-that-is-the-answer",
        "the feature `{text}` alone says the answer for every row that the model is fitted to: the "
        "metrics are about as good as can be, and a request may come before the answer is known",
        "leave the column out, unless it is known before what is predicted",
    ),
    Kind.CATEGORIES: Words(
        "NBC608",
        "categories-of-held-out-rows",
        "`{text}` takes its categories from {rows} rows, {held} of them held out; it matters only for "
        "values that no training row has, which new rows will bring as well",
        "an encoder that is fitted to the training rows (OneHotEncoder) shows what new values do",
    ),
    Kind.CONDITION: Words(
        "NBC609",
        "condition-on-held-out-rows",
        "`{text}` looks at {rows} rows, {held} of them held out; it matters only where the held-out rows "
        "alone decide it",
        "split first, and decide it by the training rows",
    ),
}
"""How each kind is told; the mild ones are remarks, the others warnings."""

FIGURE = ("NBC610", "metrics-without-leaks")
"""Code and name of the finding that holds the metrics without the leaks."""


def told(notebook: Notebook, leak: Leak, shared: int, more: str = "") -> Diagnostic:
    """Return a leak as a finding.

    Args:
        notebook: The notebook.
        leak: The leak.
        shared: Raw rows that are both fitted on and scored.
        more: What else is known of its value.
    """
    words = WORDS[leak.kind]
    text = " ".join(leak.text.split())
    short = text if len(text) <= 80 else f"{text[:79]}…"
    message = words.message.format(
        text=short, rows=leak.rows, held=leak.held_out_rows, shared=shared
    )
    if leak.called_from:
        message += f" (called in {listed(leak.called_from)})"
    return Diagnostic(
        code=words.code,
        name=words.name,
        severity=Severity.INFO if leak.is_mild else Severity.WARNING,
        message=message + more,
        hint=words.hint,
        subject=short,
        cell=leak.cell,
        cell_id=notebook.cell(leak.cell).id,
        line=leak.line,
        column=leak.column,
        end_line=leak.end_line,
        end_column=leak.end_column,
    )


def changes(before: Mapping[str, float], after: Mapping[str, float]) -> str:
    """Say what becomes of each metric: ``accuracy 0.853 becomes 0.848``."""
    names = [name for name in before if name in after]
    return ", ".join(_change(name, before[name], after[name]) for name in names)


def _change(name: str, before: float, after: float) -> str:
    if before == after or (before != before and after != after):
        return f"{name} stays {before:.4g}"
    digits = next((d for d in range(4, 17) if f"{before:.{d}g}" != f"{after:.{d}g}"), 17)
    return f"{name} {before:.{digits}g} becomes {after:.{digits}g}"


def listed(places: Sequence[tuple[int, int]]) -> str:
    """Say where several places are: ``cell 3, line 2, and cell 5, line 1``."""
    said = [f"cell {cell}, line {line}" for cell, line in dict.fromkeys(places)]
    return " and ".join([*([", ".join(said[:-1])] if said[1:] else []), *said[-1:]])
