"""The recorder's life in the kernel: installed by an injected cell, concluded by another."""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.execute.recorder import hooks
from nb2prod.execute.recorder.giveaways import giveaways
from nb2prod.execute.recorder.instrument import Instrumenter
from nb2prod.execute.recorder.notes import random_marks
from nb2prod.execute.recorder.one_way import is_one_way
from nb2prod.execute.recorder.parting import Partings
from nb2prod.execute.recorder.recorder import Recorder
from nb2prod.execute.recorder.rewriting import ROUND, beside_operation, candidates, round_names
from nb2prod.execute.recorder.scoring import Scored
from nb2prod.notebook.recording import place_key
from nb2prod.notebook.trees import copied

RECORDING, RAW, SCORED = "recording.json", "raw.joblib", "scored.joblib"
"""Files that ``finish`` leaves in the recording's folder."""

_BESIDE_LOAD = frozenset({"load", "imports", "functions", "parameters", "reference"})
"""Roles of a cell that ends with the raw table as it was read."""

_session: Session | None = None


class Session:
    """One recorded run.

    Args:
        shell: IPython's shell.
        settings: ``cells`` (number, source, code, roles), ``raw_candidates``, ``evaluate_names`` and ``folder``.
    """

    def __init__(self, shell: Any, settings: Mapping[str, Any]) -> None:
        self._shell = shell
        self._folder = Path(settings["folder"])
        self._cells: Sequence[Mapping[str, Any]] = settings["cells"]
        self._raw_candidates: Sequence[str] = settings["raw_candidates"]
        self._metric_names: Sequence[str] = settings["evaluate_names"]
        self._last_load = max(
            (c["number"] for c in self._cells if "load" in c["roles"]), default=None
        )
        self._next = 0
        self._current: Mapping[str, Any] | None = None
        self._statements: list[ast.stmt] = []
        self._position = 0
        self._files: list[str] = []
        self._raw_names: list[str] = []
        self._raw_columns: list[Any] = []
        self._raw_rows = 0
        self._random: tuple[Any, ...] = ()
        self._drawing: list[int] = []
        self._raw_place: str | None = None
        self.recorder = Recorder(shell.user_ns)
        self.recorder.partings = Partings(self._tagged())
        self._rewritten = candidates(self._tagged())

    def install(self) -> None:
        """Put the hooks into the user's namespace and follow the cells."""
        self._shell.user_ns.update(hooks.NAMESPACE)
        self._shell.user_ns_hidden.update(hooks.NAMESPACE)
        self._shell.ast_transformers.append(self)
        self._shell.events.register("pre_run_cell", self._before_cell)
        self._shell.events.register("post_run_cell", self._after_cell)
        sys.addaudithook(self._audit)
        hooks.listen(self.recorder)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or self._current is None or not self._current["roles"]:
            return
        path, mode = arguments[0], arguments[1]
        if isinstance(path, str | os.PathLike) and isinstance(mode, str) and "r" in mode:
            self._files.append(str(Path(os.fspath(path)).absolute()))

    def _before_cell(self, info: Any) -> None:
        for position in range(self._next, len(self._cells)):
            if self._cells[position]["source"].strip() == (info.raw_cell or "").strip():
                self._next = position + 1
                self._enter(self._cells[position])
                return

    def _enter(self, cell: Mapping[str, Any]) -> None:
        self._current = cell
        self._random = random_marks()
        self.recorder.cell = cell["number"]
        self.recorder.roles = tuple(cell["roles"])
        self._statements = _statements(cell) if cell["roles"] else []
        # `%reset` may have cleared the namespace since.
        self._shell.user_ns.update(hooks.NAMESPACE)
        self._position = 0
        reads_and_more = "load" in cell["roles"] and set(cell["roles"]) - _BESIDE_LOAD
        self.recorder.on_source = self._take_source if reads_and_more else None

    def _after_cell(self, _: Any) -> None:
        cell, self._current = self._current, None
        if cell is not None and self._random != random_marks():
            self._drawing.append(cell["number"])
        self.recorder.end_cell()
        if cell is not None and cell["number"] == self._last_load:
            self._take_root()

    def visit(self, tree: ast.AST) -> ast.AST:
        """Instrument what IPython is about to run; leave it as it is where that fails."""
        cell = self._current
        if cell is None or not cell["roles"] or not isinstance(tree, ast.Module):
            return tree
        try:
            return self._instrument(tree, cell["number"])
        except (
            Exception
        ) as error:  # IPython drops a transformer that raises; the build refuses the cell instead
            reason = f"the recorder could not rewrite it: {type(error).__name__}: {error}"
            self.recorder.unrecorded.setdefault(cell["number"], reason)
            return tree

    def _instrument(self, tree: ast.Module, number: int) -> ast.Module:
        body: list[ast.stmt] = []
        instrumenter = Instrumenter(number, self.recorder.register)
        for statement in tree.body:
            known = self._find(statement)
            if known is None:
                body.append(statement)
                continue
            marked = copied(statement)
            _mark_places(marked, known)
            made = self._recorded(marked, number, instrumenter)
            body += [ast.fix_missing_locations(one) for one in made]
        return ast.Module(body=body, type_ignores=tree.type_ignores)

    def _recorded(
        self, statement: ast.stmt, cell: int, instrumenter: Instrumenter
    ) -> list[ast.stmt]:
        if place_key(cell, statement) not in self._rewritten:
            return [instrumenter.visit(statement)]
        self._shell.user_ns_hidden.update(dict.fromkeys(round_names(cell, statement)))
        return [beside_operation(statement, cell, self.recorder.register)]

    def _find(self, statement: ast.stmt) -> ast.stmt | None:
        """Find a statement of the cell: magics such as ``%time`` hand over fragments with lines of their own."""
        wanted = ast.dump(statement)
        count = len(self._statements)
        for step in range(count):
            position = (self._position + step) % count
            if ast.dump(self._statements[position]) == wanted:
                self._position = position + 1
                return self._statements[position]
        return None

    def _take_source(self, frame: pd.DataFrame, place: str) -> None:
        """Take the first table that a cell reads which goes on with it: later statements change it."""
        if self._raw_rows == 0:
            self._raw_place = place
            self._keep_root(frame)

    def _take_root(self) -> None:
        if self._raw_rows:
            return
        namespace = self._shell.user_ns
        frames = {
            name: namespace[name]
            for name in self._raw_candidates
            if isinstance(namespace.get(name), pd.DataFrame)
        }
        if not frames:
            return
        first = next(iter(frames.values()))
        self._raw_names = [name for name, frame in frames.items()]
        if any(frame is not first for frame in frames.values()):
            return
        self._keep_root(first)

    def _keep_root(self, frame: pd.DataFrame) -> None:
        self._raw_columns, self._raw_rows = list(frame.columns), len(frame)
        joblib.dump(frame, self._folder / RAW)
        self.recorder.set_root(frame, telling_rows(frame))

    def finish(self) -> None:
        """Check what was noted and write the recording."""
        hooks.listen(None)
        self._shell.ast_transformers.remove(self)
        self.recorder.conclude()
        for name in [name for name in self._shell.user_ns if name.startswith(ROUND)]:
            del self._shell.user_ns[name]
        chosen = self.recorder.scoring.choose(self.recorder.answering.meets)
        compared, answers = self._compared(chosen)
        if chosen is not None:
            joblib.dump(
                {
                    "features": chosen.features,
                    "positions": chosen.positions,
                    "predictions": chosen.predictions,
                    "probabilities": chosen.probabilities,
                    "answers": answers,
                    "held_out": np.flatnonzero(chosen.held_out(self._raw_rows)),
                    **self._training(chosen),
                    "parts": self.recorder.partings.kept,
                },
                self._folder / SCORED,
            )
        rows = self._raw_rows
        held_out = np.zeros(rows, dtype=bool) if chosen is None else chosen.held_out(rows)
        recording = {
            "occurrences": self.recorder.occurrences(held_out),
            "unrecorded": self.recorder.unrecorded,
            "raw_names": self._raw_names,
            "drawing_cells": self._drawing,
            "raw_place": self._raw_place,
            "raw_columns": self._raw_columns,
            "raw_rows": self._raw_rows,
            "scored": None
            if chosen is None
            else {
                "place": chosen.place,
                "path": list(chosen.path),
                "method": chosen.call,
                "is_held_out": chosen.is_held_out,
                "rows": len(chosen.positions),
                "held_out_rows": int(held_out.sum()),
                "shared_rows": chosen.shared_rows,
                "fit_place": chosen.fit_place,
                "giveaways": self._giveaways(chosen),
                "identified_by": chosen.method,
                "model_type": chosen.model_type,
                "has_probabilities": chosen.probabilities is not None,
                "classes": None if chosen.classes is None else _plain(chosen.classes),
                "has_target": chosen.has_target,
                "is_plain": chosen.is_plain,
            },
            "compared": compared,
            "rewritten": self.recorder.alike.same,
            "metrics": numbers_in(self._shell.user_ns, self._metric_names),
            "target_matches": self._target_matches(),
            "files": sorted({path for path in self._files if _is_data(path)}),
            "modules": sorted({name.partition(".")[0] for name in sys.modules}),
        }
        path = self._folder / RECORDING
        path.write_text(json.dumps(recording, default=str), encoding="utf-8")

    def _tagged(self) -> Iterator[tuple[int, ast.stmt]]:
        """Yield the statements of the tagged cells, each with its cell's number."""
        return ((c["number"], s) for c in self._cells if c["roles"] for s in _statements(c))

    def _training(self, chosen: Scored) -> dict[str, Any]:
        """Return the fitted rows where they are made as the scored ones are."""
        if chosen.training is None or chosen.fit_place is None:
            return {}
        same = is_one_way(list(self._tagged()), chosen.fit_place, chosen.place)
        return {"training": chosen.training} if same else {}

    def _compared(self, chosen: Scored | None) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        if chosen is None or not self._raw_rows:
            return [], {}
        raw = joblib.load(self._folder / RAW)  # noqa: TID251 (written by this very run)
        return self.recorder.answering.conclude(chosen, self.recorder.scoring.scored, raw)

    def _giveaways(self, chosen: Scored) -> list[str]:
        """Return the features that say the answer, of rows that the scored model was fitted on."""
        if chosen.training is None or self.recorder.scoring.target is None:
            return []
        try:
            training = chosen.training
            return giveaways(
                training["features"], training["positions"], *self.recorder.scoring.target
            )
        except (TypeError, ValueError):  # values that cannot be compared say nothing
            return []

    def _target_matches(self) -> list[Any]:
        target = self.recorder.scoring.target
        if target is None or not self._raw_rows:
            return []
        values, positions = target
        if values.ndim != 1:
            return []
        raw = joblib.load(self._folder / RAW)  # noqa: TID251 (written by this very run)
        return [c for c in raw.columns if _are_same(np.asarray(raw[c])[positions], values)]


def _statements(cell: Mapping[str, Any]) -> list[ast.stmt]:
    """Return a cell's statements; none where IPython is about to say what is wrong with them."""
    try:
        tree = ast.parse(cell["code"])
    except SyntaxError:
        return []
    body: list[ast.stmt] = tree.body
    return body


_NOT_DATA = tuple({sys.prefix, sys.base_prefix, "/proc", "/sys", "/dev", "/etc", "/usr"})


def _is_data(path: str) -> bool:
    """Tell a data file from what Python and its libraries open for themselves."""
    parts = Path(path).parts
    is_hidden = any(part.startswith(".") for part in parts)
    is_code = path.endswith((".py", ".pyc", ".so", ".ipynb"))
    return not (is_hidden or is_code or path.startswith(_NOT_DATA))


def _are_same(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> bool:
    try:
        return bool(np.all(one == other))
    except (TypeError, ValueError):
        return False


def _plain(values: Any) -> list[Any]:
    if isinstance(values, list):
        return [_plain(v) for v in values]
    return [v.item() if isinstance(v, np.generic) else v for v in values]


def telling_rows(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Choose rows that show most: each column's extremes, nulls, and a few at random."""
    chosen: list[int] = []
    generator = np.random.default_rng(0)
    for position in range(frame.shape[1]):
        column = frame.iloc[:, position]
        nulls = np.flatnonzero(column.isna().to_numpy())
        if len(nulls):
            chosen.append(int(generator.choice(nulls)))
        if column.dtype.kind in "iuf" and column.notna().any():
            values = column.to_numpy(dtype=float, na_value=np.nan)
            chosen += [int(np.nanargmin(values)), int(np.nanargmax(values))]
    chosen += generator.integers(0, max(1, len(frame)), 24).tolist()
    return np.unique(np.array(chosen[-64:], dtype=np.int64))


def numbers_in(namespace: Mapping[str, Any], names: Sequence[str]) -> dict[str, float]:
    """Return the numbers bound to ``names``; dictionaries of numbers are opened as ``name.key``."""
    found: dict[str, float] = {}
    for name in names:
        value = namespace.get(name)
        if is_number(value):
            found[name] = as_number(value)
        elif isinstance(value, dict):
            for key, item in value.items():
                if isinstance(key, str) and is_number(item):
                    found[f"{name}.{key}"] = as_number(item)
    return found


def is_number(value: Any) -> bool:
    """Tell whether a value is one number."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def as_number(value: Any) -> float:
    """Return a number as JSON holds it: an int stays an int."""
    return int(value) if isinstance(value, int | np.integer) else float(value)


def _mark_places(statement: ast.AST, known: ast.AST) -> None:
    for node, origin in zip(ast.walk(statement), ast.walk(known), strict=True):
        if isinstance(origin, ast.expr | ast.stmt):
            place = (origin.lineno, origin.col_offset, origin.end_lineno, origin.end_col_offset)
            node.nb2prod_place = place  # type: ignore[attr-defined]  # read by place_key


def install(settings_path: str) -> None:
    """Start recording in this kernel; called by the injected first cell."""
    from IPython.core.getipython import get_ipython

    global _session
    settings = json.loads(Path(settings_path).read_text(encoding="utf-8"))
    _session = Session(get_ipython(), settings)
    _session.install()


def finish() -> None:
    """Conclude the recording; called by the injected last cell."""
    if _session is not None:
        _session.finish()


def capture_plain(settings_path: str) -> None:
    """Write the metrics of a run without recorder; called by its injected last cell."""
    from IPython.core.getipython import get_ipython

    settings = json.loads(Path(settings_path).read_text(encoding="utf-8"))
    shell: Any = get_ipython()
    numbers = numbers_in(shell.user_ns, settings["evaluate_names"])
    path = Path(settings["folder"]) / "plain.json"
    path.write_text(json.dumps(numbers), encoding="utf-8")
