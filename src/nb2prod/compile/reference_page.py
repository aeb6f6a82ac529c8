"""The page on refusals, made from the reasons themselves."""

from __future__ import annotations

from nb2prod.compile import refusals
from nb2prod.compile.refusals import Reason

_HEAD = """\
# Why a notebook is refused

A build that cannot be proved is refused, with cell, line and column. Each code, what it means and the way out;
`nb2prod explain NOTEBOOK` shows line by line what each expression is. This page is made from the code.

| code | name | what it means | the way out |
|---|---|---|---|
"""
_TAIL = """\

`NBC301` and `NBC302`: two runs with the same seed differed; the first names the call that does. `NBC401`: the version
compiles, but what it gives differs from the notebook: it is kept aside, never served. `NBC402`: the training script
that was made of the notebook raised where the notebook did not; the statement is named. `NBC5xx` are warnings and notes
about a version that was built, `NBC6xx` its [leaks](leaks.md).
"""


def reference_page() -> str:
    """Return the Markdown of ``docs/refusals.md``."""
    reasons = [value for value in vars(refusals).values() if isinstance(value, Reason)]
    rows = [
        f"| {reason.code} | {reason.name} | {_cell(reason.message)} | {_cell(reason.hint)} |"
        for reason in sorted(reasons, key=lambda reason: reason.code)
    ]
    return _HEAD + "\n".join(rows) + "\n" + _TAIL


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
