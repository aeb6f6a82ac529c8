"""Run the tagged cells once more, where leaking places learn from training rows only.

Every other operation does what it did. So the metrics differ from the notebook's by the leaks alone, as long as the
model is scored on the same rows.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.execute.recorder import operation as operations
from nb2prod.execute.recorder.by_identity import ByIdentity
from nb2prod.execute.recorder.facts import plain_fact
from nb2prod.execute.recorder.learning import CannotLearn, Learner
from nb2prod.execute.recorder.notes import Note, Pending
from nb2prod.execute.recorder.operation import Container, Operand, Operation, Rows
from nb2prod.execute.recorder.recorder import Recorder
from nb2prod.execute.recorder.values import ROW_KINDS, is_of_pandas, kind_of, short_text


@dataclass(slots=True)
class Relearned:
    """What came of one place.

    Attributes:
        failure: Why it kept what it had learned on all rows; empty where it did not.
        before: Short text of its first value on all rows, where that is one number or text.
        after: The same on training rows.
        is_same: Whether training rows alone gave the same each time.
        times: How often it was learned again.
    """

    failure: str = ""
    before: str = ""
    after: str = ""
    is_same: bool = True
    times: int = 0


class Refitter(Recorder):
    """Listen to instrumented code, and hand back what leaking places would have learned from training rows.

    Args:
        namespace: The user's globals.
        places: Keys of the leaking places.
        held_out: Raw rows that are held out.
    """

    def __init__(
        self, namespace: dict[str, Any], places: frozenset[str], held_out: npt.NDArray[np.int64]
    ) -> None:
        super().__init__(namespace)
        self.relearned: dict[str, Relearned] = {}
        self._places = places
        self._held_out = held_out
        self._learner: Learner | None = None
        self._recipes = ByIdentity[Operation]()
        self._before: dict[int, Any] = {}

    def set_root(self, frame: pd.DataFrame, wanted: Any) -> None:
        """Take a frame as the raw table."""
        super().set_root(frame, wanted)
        training = np.ones(len(frame), dtype=bool)
        training[self._held_out] = False
        self._learner = Learner(training)

    def operand(self, value: Any, place: int, index: Any, frame_depth: int) -> None:
        """Note an operand; an estimator that is about to be fitted once more is copied first."""
        if not self._is_busy and index == "0" and self.sites[place].key in self._places:
            self._before[place] = None
            if kind_of(value) == "estimator":
                with contextlib.suppress(Exception):  # an own class may not be copied
                    self._before[place] = copy.deepcopy(value)
        super().operand(value, place, index, frame_depth + 1)

    def result(self, value: Any, place: int, frame_depth: int) -> Any:
        """Note the result of an operation, and return what the notebook is to go on with."""
        site = self.sites[place]
        if self._is_busy or site.key not in self._places:
            return super().result(value, place, frame_depth + 1)
        frame = sys._getframe(frame_depth)
        pending = self._pending.get((id(frame), place))
        if pending is not None and self._learner is not None and pending.has_rows:
            with _undisturbed():
                value = self._again(value, place, pending, frame)
        return super().result(value, place, frame_depth + 1)

    def _again(self, value: Any, place: int, pending: Pending, frame: Any) -> Any:
        site = self.sites[place]
        told = self.relearned.setdefault(site.key, Relearned())
        self._is_busy = True
        try:
            made = self._learned(value, place, pending, frame)
        except CannotLearn as fault:
            told.failure = str(fault)
            return value
        except Exception as error:  # the user's own operation may refuse fewer rows
            told.failure = f"{type(error).__name__}: {error}".split("\n")[0][:200]
            return value
        finally:
            self._is_busy = False
        if not told.before and kind_of(value) == "scalar":
            told.before, told.after = short_text(value), short_text(made)
        told.times += 1
        told.is_same = told.is_same and _is_same(value, made)
        return made

    def _learned(self, value: Any, place: int, pending: Pending, frame: Any) -> Any:
        site = self.sites[place]
        assert self._learner is not None
        if site.template is None:
            raise CannotLearn("it cannot be run again")
        operation = self._whole_operation(place, pending, frame)
        unknown = next(iter(operations.unknowns_in(operation)), None)
        if unknown is not None:
            raise CannotLearn(unknown.why)
        receiver = next((n.alive() for n in pending.notes if n.name == "0"), None)
        return self._learner.again(value, site, operation, receiver, self._before.get(place))

    def _whole_operation(self, place: int, pending: Pending, frame: Any) -> Operation:
        template = self.sites[place].template
        assert template is not None
        operands = {note.name: self._whole(note) for note in pending.notes}
        # What a comprehension computes from each element is no operand, and may name what its function binds.
        names = {**self._namespace, **frame.f_locals} if _is_comprehension(template) else None
        return Operation(template, operands, self._namespace if names is None else names)

    def _whole(self, note: Note) -> Operand:
        """Return an operand with all its rows, as it is."""
        value = note.alive()
        if note.tracked is not None:
            return Rows(value, note.kind, note.tracked.positions)
        recipe = self._recipes.find(value)
        if recipe is not None:
            return recipe
        if isinstance(note.sample, Container):
            items = value.values() if isinstance(value, dict) else value
            keys = tuple(value) if isinstance(value, dict) else None
            whole = tuple(self._whole_item(item) for item in items)
            return Container(keys, whole, isinstance(value, tuple))
        if isinstance(note.sample, operations.Unknown) and note.kind != "accessor":
            return operations.Fixed(value)
        return note.sample if note.sample is not None else operations.Fixed(note.value)

    def _whole_item(self, item: Any) -> Operand:
        kind = kind_of(item)
        tracked = self.rows.find(item) if kind in ROW_KINDS else None
        if tracked is None:
            return operations.Fixed(item)
        return Rows(item, kind, tracked.positions)

    def _conclude(self, value: Any, place: int, pending: Pending, frame: Any) -> None:
        """Follow the rows; nothing of what the compiler asks for is kept."""
        site = self.sites[place]
        is_estimator = any(n.name == "0" and n.kind == "estimator" for n in pending.notes)
        if self.on_source is not None and isinstance(value, pd.DataFrame) and site.function == 0:
            self.on_source(value, site.key)
        if not pending.has_rows and not is_estimator:
            return
        self._functions_with_rows.add(site.function)
        fact = plain_fact(value, pending, site)
        self._relater.relate(value, fact, pending, site)
        self._relater.mutations(fact, pending, site)
        self.scoring.after(value, site, pending.notes, self._context(site, frame)[0])
        made = self._operation(site, pending)
        if (fact["relation"] == "accessor" or is_of_pandas(value)) and made is not None:
            sources = tuple(t for note in pending.notes for t in note.sources)
            self._noter.remember_accessor(value, made, sources)
            self._recipes.remember(value, self._whole_operation(place, pending, frame))


def _is_comprehension(template: ast.expr | ast.stmt) -> bool:
    return isinstance(template, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Leave the global random generators as they are: later draws must be the notebook's."""
    states = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])


def _is_same(one: Any, other: Any) -> bool:
    if one is other:
        return False
    try:
        if isinstance(one, pd.DataFrame | pd.Series | pd.Index):
            return bool(one.equals(other))
        if isinstance(one, np.ndarray):
            return bool(np.array_equal(one, other))
        return bool(one == other or (one != one and other != other))
    except (TypeError, ValueError):
        return False
