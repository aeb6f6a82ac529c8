"""The way from a notebook to a proved pipeline, in process: record, compile, train and prove in well under a second."""

from __future__ import annotations

import importlib
import itertools
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn

from nb2prod.compile.emit import emit
from nb2prod.compile.plan import Plan, Refused
from nb2prod.compile.specialise import specialise
from nb2prod.diagnostic import Diagnostic
from nb2prod.execute.recorder.session import RAW, RECORDING, SCORED, Session
from nb2prod.execute.recorder.settings import recorder_settings
from nb2prod.notebook import read
from nb2prod.notebook.recording import Recording
from nb2prod.prove import replay as replaying
from nb2prod.prove.captured import open_scored
from nb2prod.prove.equality import Comparison
from nb2prod.prove.proof import compare_metrics
from nb2prod.runtime.digests import digest_tree
from nb2prod.runtime.packages import register
from nb2prod.service.templates import template_root
from tests.corpus.frames import csv_of, table
from tests.corpus.percent import Source
from tests.corpus.shell import fresh_shell, quietly, run_cell, seed_everything

_SAMPLE_ROWS = 12
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a notebook.

    Attributes:
        status: ``built``, ``refused`` or ``unproved``.
        diagnostics: Why it was refused.
        files: The emitted modules by name.
        comparisons: What the proof compared, by kind.
        plan: The plan, where there is one.
        pipeline: The trained pipeline, as it was read back from its file.
        fitted: The fitted state.
        recording: What the run did.
    """

    status: str
    diagnostics: Sequence[Diagnostic] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    comparisons: Mapping[str, Comparison] = field(default_factory=dict)
    plan: Plan | None = None
    pipeline: Any = None
    fitted: Any = None
    recording: Recording | None = None

    def says(self) -> str:
        """Return what a failed test should show."""
        lines = [self.status]
        lines += [f"{d.code} cell {d.cell} line {d.line}: {d.message}" for d in self.diagnostics]
        lines += [f"{n}: {c.first}" for n, c in self.comparisons.items() if c.mismatches]
        return "\n".join(
            [*lines, self.files.get("features.py", ""), self.files.get("train.py", "")]
        )


def build(source: Source, folder: Path) -> Outcome:
    """Take a notebook the whole way.

    Args:
        source: The notebook.
        folder: An empty folder to work in.
    """
    if missing := source.missing():
        pytest.skip(f"needs {', '.join(missing)}, of an extra that is not installed here")
    place_tables(source, folder)
    path = source.write(folder)
    notebook = read(path)
    recording = record(notebook, folder)
    plan = specialise(notebook, recording)
    if isinstance(plan, Refused):
        return Outcome("refused", plan.diagnostics, recording=recording)
    emitted = emit(plan, path.name)
    version = folder / "version"
    package = _install(version, emitted.files)
    # A version may set scikit-learn up when it is imported; the next notebook must not see that.
    with quietly(folder), sklearn.config_context():
        return _prove(plan, recording, emitted.files, folder, package)


def place_tables(source: Source, folder: Path) -> None:
    """Write the tables that a notebook reads."""
    for name in source.tables():
        target = folder / f"{name}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(csv_of(Path(name).name))


def record(notebook: Any, folder: Path) -> Recording:
    """Run a notebook with the recorder, as the build does in a kernel.

    Raises:
        CellRaised: If a cell raises.
    """
    with fresh_shell() as shell, quietly(folder):
        seed_everything()
        session = Session(shell, recorder_settings(notebook, folder))
        session.install()
        for cell in notebook.executed_cells:
            run_cell(shell, cell.source)
        session.finish()
    return Recording.from_json(json.loads((folder / RECORDING).read_text(encoding="utf-8")))


def _install(version: Path, files: Mapping[str, str]) -> str:
    """Write a version's code and make it importable under a name of its own."""
    code = version / "code"
    code.mkdir(parents=True)
    for name, text in files.items():
        (code / name).write_text(text, encoding="utf-8")
    for path in (template_root() / "version").glob("*.py"):
        shutil.copyfile(path, code / path.name)
    package = f"corpus_{next(_numbers)}"
    register(package, version, digest_tree(version, [f"code/{p.name}" for p in code.glob("*.py")]))
    return package


def _prove(
    plan: Plan, recording: Recording, files: Mapping[str, str], folder: Path, package: str
) -> Outcome:
    modules = {
        name: importlib.import_module(f"{package}.{name}")
        for name in ("pipeline", "load", "train", "evaluate")
    }
    parameters = _parameters(folder)
    seed_everything()
    # Serving starts in a process of its own, where nothing of training is set.
    with sklearn.config_context():
        raw = modules["load"].load(parameters)
        fitted = modules["pipeline"].Fitted()
        trained = modules["train"].train(raw.copy(), fitted, parameters)
        pipeline = modules["pipeline"].assemble(raw, fitted, trained, list(plan.target))
        modules["pipeline"].check_features(pipeline, raw, trained)
        metrics = modules["evaluate"].evaluate(trained.names, parameters)
    modules["pipeline"].describe(fitted, [{"name": s.name, "keys": s.keys} for s in plan.states])
    joblib.dump(pipeline, folder / "pipeline.joblib")
    served = joblib.load(folder / "pipeline.joblib")  # noqa: TID251 (what this very test wrote)
    answer = None if plan.answer is None else plan.answer.key
    captured = open_scored(folder / SCORED, answer)
    raw = joblib.load(folder / RAW)  # noqa: TID251 (what this very test wrote)
    with patch.object(replaying, "_SYNTHETIC_ROWS", _SAMPLE_ROWS):
        found = replaying.Replay(served, raw, captured, _SAMPLE_ROWS).report()
    made = {name: _plain(value) for name, value in metrics.items()}
    comparisons = {"metrics": compare_metrics(made, recording.metrics), **found}
    holds = all(c.mismatches == 0 for c in comparisons.values())
    return Outcome(
        "built" if holds else "unproved",
        files=files,
        comparisons=comparisons,
        plan=plan,
        pipeline=served,
        fitted=fitted,
        recording=recording,
    )


def _parameters(folder: Path) -> dict[str, Any]:
    """Return what the ``parameters`` cells bind."""
    (path,) = folder.glob("*.ipynb")
    names: dict[str, Any] = {}
    for cell in read(path).executed_cells:
        if "parameters" in cell.tags:
            exec(cell.source, names)
    return {name: value for name, value in names.items() if name != "__builtins__"}


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def run_plainly(source: Source, folder: Path, upto: str | None = None) -> dict[str, Any]:
    """Run a notebook's cells as ordinary Python.

    Args:
        source: The notebook.
        folder: Where its tables are.
        upto: The tag of the last cells to run; what comes after them is left out.

    Returns:
        The names that it binds.
    """
    cells = [(s, t) for s, t in source.cells if "[markdown]" not in t and "skip" not in t]
    last = max((i for i, (_, t) in enumerate(cells) if upto in t), default=len(cells) - 1)
    names: dict[str, Any] = {"__name__": "__main__"}
    with quietly(folder):
        seed_everything()
        for text, _ in cells[: last + 1]:
            exec(compile(text, source.name, "exec"), names)
    return names


def features_when_appended(source: Source, folder: Path, name: str, record: pd.DataFrame) -> Any:
    """Return what the notebook computes in ``X`` for a row that is appended to its table, or None where it drops it.

    Args:
        source: The notebook.
        folder: A folder with the notebook's tables; the raw table stands there as it was afterwards.
        name: The raw table.
        record: One raw row with every column of the table.
    """
    path = folder / f"{name}.csv"
    kept = path.read_bytes()
    before = _rows(run_plainly(source, folder, "features")["X"])
    longer = pd.concat([table(name), record], ignore_index=True)
    path.write_bytes(longer.to_csv(index=False).encode())
    try:
        features = run_plainly(source, folder, "features")["X"]
    finally:
        path.write_bytes(kept)
    return last_row(features) if _rows(features) == before + 1 else None


def _rows(features: Any) -> int:
    return int(features.shape[0])


def last_row(features: Any) -> list[Any]:
    """Return the values of the last row of a frame, an array or a sparse matrix."""
    dense = features.toarray() if hasattr(features, "toarray") else features
    return list(np.asarray(dense, dtype=object)[-1])
