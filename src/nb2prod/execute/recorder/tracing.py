"""Trace what every call of a notebook gives, to find the one that two runs with one seed differ in."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nb2prod.execute.recorder import hooks
from nb2prod.execute.recorder.fingerprint import fingerprint
from nb2prod.execute.recorder.instrument import Site
from nb2prod.execute.recorder.recorder import Recorder
from nb2prod.execute.recorder.session import Session

_EVENTS = 200
"""At most so many results of one place are kept: what differs mostly differs from the first."""

_session: TraceSession | None = None


class Tracer(Recorder):
    """Keep a fingerprint of what each operation takes and gives, in the order of the operations.

    Args:
        namespace: The user's globals.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        super().__init__(namespace)
        self.events: list[tuple[int, list[str | None], str | None]] = []
        self._open: dict[tuple[int, int], list[str | None]] = {}
        self._counts: dict[int, int] = {}
        self._is_reading = False

    def is_plain(self, function: int) -> bool:
        """Let a function that runs many times go on without being traced."""
        return self._is_reading or super().is_plain(function)

    def test(self, value: Any, place: int) -> None:
        """Leave conditions alone: what they test was traced."""

    def loop_value(self, value: Any, place: int) -> None:
        """Leave loops alone: what they go over was traced."""

    def operand(self, value: Any, place: int, index: Any, frame_depth: int) -> None:
        """Take an operand's fingerprint before the operation runs."""
        key = (id(sys._getframe(frame_depth)), place)
        if index == "0" or key not in self._open:
            self._open[key] = []
        self._open[key].append(self._read(value, place))

    def last_operand(self, value: Any, place: int, index: Any, frame_depth: int) -> None:
        """Leave stores alone: what they store was traced."""

    def result(self, value: Any, place: int, frame_depth: int) -> Any:
        """Note what an operation took and gave, and return that."""
        operands = self._open.pop((id(sys._getframe(frame_depth)), place), [])
        if self._counts.get(place, 0) < _EVENTS:
            self.events.append((place, operands, self._read(value, place)))
            self._counts[place] = self._counts.get(place, 0) + 1
        return value

    def _read(self, value: Any, place: int) -> str | None:
        if self._is_reading or self._counts.get(place, 0) >= _EVENTS:
            return None
        self._is_reading = True
        try:
            return fingerprint(value)
        except Exception:  # a value of the user's may do anything when it is read
            return None
        finally:
            self._is_reading = False


class TraceSession(Session):
    """One traced run: every cell is followed, the untagged ones too.

    Args:
        shell: IPython's shell.
        settings: ``cells``, as a recorded run has them, and ``trace``, the file to write.
    """

    def __init__(self, shell: Any, settings: Mapping[str, Any]) -> None:
        cells = [{**cell, "roles": ["traced"]} for cell in settings["cells"]]
        super().__init__(shell, {**settings, "cells": cells})
        self._trace = Path(settings["trace"])
        self.tracer = Tracer(shell.user_ns)
        self.recorder = self.tracer

    def finish(self) -> None:
        """Write the trace."""
        hooks.listen(None)
        self._shell.ast_transformers.remove(self)
        sites: list[Site] = self.tracer.sites
        events = [
            (sites[place].key, operands, given) for place, operands, given in self.tracer.events
        ]
        self._trace.write_text(json.dumps(events), encoding="utf-8")


def trace(settings_path: str) -> None:
    """Start tracing in this kernel; called by an injected first cell."""
    from IPython.core.getipython import get_ipython

    global _session
    settings = json.loads(Path(settings_path).read_text(encoding="utf-8"))
    _session = TraceSession(get_ipython(), settings)
    _session.install()


def finish() -> None:
    """Write the trace; called by the injected last cell."""
    if _session is not None:
        _session.finish()
