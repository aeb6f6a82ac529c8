"""The life of a refitting run in the kernel: installed by an injected cell, concluded by another."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd

from nb2prod.execute.recorder import hooks
from nb2prod.execute.recorder.instrument import Instrumenter
from nb2prod.execute.recorder.refitting import Refitter
from nb2prod.execute.recorder.rewriting import round_names
from nb2prod.execute.recorder.session import RECORDING, SCORED, Session, numbers_in, telling_rows
from nb2prod.notebook.recording import place_key
from nb2prod.notebook.rewriting import rewritten

REFITTED = "refitted.json"
"""File that ``finish`` leaves in the folder of a refitting run."""

_session: RefittingSession | None = None


class RefittingSession(Session):
    """A run of the tagged cells in which leaking places learn from training rows only.

    Args:
        shell: IPython's shell.
        settings: As for a recorded run, and ``leaks``: keys of the places.
        recorded: The recorded run's folder.
    """

    def __init__(self, shell: Any, settings: Mapping[str, Any], recorded: Path) -> None:
        super().__init__(shell, settings)
        scored = joblib.load(recorded / SCORED)  # noqa: TID251 (written by this very build)
        self._positions = scored["positions"]
        places = frozenset(settings["leaks"])
        recording = json.loads((recorded / RECORDING).read_text(encoding="utf-8"))
        self._rewritten = set(recording["rewritten"])
        self.refitter = Refitter(shell.user_ns, places, scored["held_out"])
        self.recorder = self.refitter

    def _keep_root(self, frame: pd.DataFrame) -> None:
        self._raw_columns, self._raw_rows = list(frame.columns), len(frame)
        self.recorder.set_root(frame, telling_rows(frame))

    def _recorded(
        self, statement: ast.stmt, cell: int, instrumenter: Instrumenter
    ) -> list[ast.stmt]:
        """Run the operation that a statement was shown to be in its stead: what it learns can be learned again."""
        is_known = place_key(cell, statement) in self._rewritten
        made = rewritten(statement, round_names(cell, statement)[0]) if is_known else None
        if made is None:
            return [instrumenter.visit(statement)]
        both = [made.store] if made.definition is None else [made.definition, made.store]
        return [instrumenter.visit(one) for one in both]

    def finish(self) -> None:
        """Write the metrics, and what became of each place."""
        hooks.listen(None)
        self._shell.ast_transformers.remove(self)
        chosen = self.recorder.scoring.choose(self.recorder.answering.meets)
        is_same = chosen is not None and np.array_equal(chosen.positions, self._positions)
        refitted = {
            "metrics": numbers_in(self._shell.user_ns, self._metric_names),
            "is_scored_on_same_rows": bool(is_same),
            "unrecorded": list(self.recorder.unrecorded.values()),
            "places": {key: asdict(told) for key, told in self.refitter.relearned.items()},
        }
        (self._folder / REFITTED).write_text(json.dumps(refitted), encoding="utf-8")


def install(settings_path: str, recorded: str) -> None:
    """Start refitting in this kernel; called by the injected first cell."""
    from IPython.core.getipython import get_ipython

    global _session
    settings = json.loads(Path(settings_path).read_text(encoding="utf-8"))
    _session = RefittingSession(get_ipython(), settings, Path(recorded))
    _session.install()


def finish() -> None:
    """Conclude the run; called by the injected last cell."""
    if _session is not None:
        _session.finish()
