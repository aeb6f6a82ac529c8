"""What the recorder notes of an operation while it is under way."""

from __future__ import annotations

import ast
import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nb2prod.execute.recorder import operation as operations
from nb2prod.execute.recorder.instrument import Site
from nb2prod.execute.recorder.operation import Operand
from nb2prod.execute.recorder.rows import Tracked


@dataclass(slots=True)
class Note:
    """One operand as it was before the operation."""

    name: str
    kind: str
    value: Any = None
    reference: Any = None
    tracked: Tracked | None = None
    sample: Operand | None = None
    marks: Any = None
    sources: tuple[Tracked, ...] = ()
    length: int | None = None

    def alive(self) -> Any:
        """Return the operand, or None where it is gone."""
        return self.value if self.reference is None else self.reference()

    @property
    def carries_rows(self) -> bool:
        """Tell whether the operand depends on rows of the raw table."""
        if self.tracked is not None:
            return True
        return self.sample is not None and any(True for _ in operations.rows_in(self.sample))


@dataclass(slots=True)
class Pending:
    """An operation whose operands are noted and whose result is awaited."""

    notes: list[Note] = field(default_factory=list)
    has_rows: bool = False
    state: Any = None
    is_pipe: bool = False


def counts_references(site: Site) -> bool:
    """Tell whether pandas counts references to the receiver, to warn of chained assignment: then hold none."""
    if site.kind in {"setitem", "setattr", "delitem", "augmented"} or site.name == "update":
        return True
    call = site.template
    return isinstance(call, ast.Call) and any(k.arg in {"inplace", None} for k in call.keywords)


def marks_of(value: Any, kind: str, offsets: Any) -> tuple[Any, ...]:
    """Take what tells that a table was changed in place, without keeping the table."""
    if kind in {"frame", "series"}:
        columns = id(value.columns) if kind == "frame" else None
        return (id(value._mgr), id(value.index), columns, len(value), None, offsets)
    if kind == "array":
        return (None, None, None, len(value), value[offsets].copy(), offsets)
    return (None, None, None, None, None, offsets)


def same_marks(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    """Tell whether nothing was changed in place."""
    if before[:4] != after[:4]:
        return False
    if before[4] is None:
        return True
    return bool(np.array_equal(np.asarray(before[4], dtype=str), np.asarray(after[4], dtype=str)))


def random_marks() -> tuple[Any, ...]:
    """Take what tells that a global random generator was drawn from."""
    state = np.random.get_state(legacy=False)["state"]
    return (state["pos"], int(state["key"][0]), hash(random.getstate()[1][-1]))
