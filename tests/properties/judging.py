"""Judge one random notebook: it is refused with its place, or serves what the oracle says."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd

from nb2prod.errors import Nb2prodError
from nb2prod.execute.recorder.session import RAW, SCORED
from nb2prod.prove.equality import compare, table
from tests.corpus.harness import Outcome, build
from tests.corpus.shell import quietly
from tests.properties.oracle import Impossible, Oracle
from tests.properties.programs import Program
from tests.properties.tables import TARGET

_INVENTED = 8


class Verdict(StrEnum):
    """What became of a notebook; ``wrong``, ``crashed`` and ``mute`` are faults."""

    EQUAL = "equal"
    REFUSED = "refused"
    UNPROVED = "unproved"
    STOPPED = "stopped"
    WRONG = "wrong"
    CRASHED = "crashed"
    MUTE = "mute"
    UNJUDGED = "unjudged"

    @property
    def is_fault(self) -> bool:
        """Tell whether this may never happen."""
        return self in {Verdict.WRONG, Verdict.CRASHED, Verdict.MUTE}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and why.

    Attributes:
        verdict: The verdict.
        reason: In words: codes and places of a refusal, the first difference, the exception.
        compared: Invented rows that were compared with the oracle.
    """

    verdict: Verdict
    reason: str = ""
    compared: int = 0


def judge(program: Program, choice: str, folder: Path) -> Judgement:
    """Build a notebook and compare what it serves with the oracle.

    Args:
        program: The notebook.
        choice: Its statement that chooses ``X``.
        folder: An empty folder.
    """
    (folder / "table.txt").write_text(program.table.csv(), encoding="utf-8")
    try:
        outcome = build(program.source(choice), folder)
    except Nb2prodError as error:
        return Judgement(Verdict.STOPPED, str(error))
    except Exception as error:  # noqa: BLE001 - whatever it is, a build must not raise it
        if type(error).__name__ == "BehaviourChanged":
            return Judgement(Verdict.STOPPED, str(error))
        return Judgement(Verdict.CRASHED, _raised(error))
    if outcome.status == "refused":
        return _judge_refusal(outcome)
    if outcome.status == "unproved":
        wrong = [f"{name}: {c.first}" for name, c in outcome.comparisons.items() if c.mismatches]
        return Judgement(Verdict.UNPROVED, "; ".join(wrong))
    try:
        return _judge_rows(outcome, program.oracle(choice, folder), folder)
    except Impossible:
        return Judgement(Verdict.WRONG, "it serves what one request cannot have")


def _judge_refusal(outcome: Outcome) -> Judgement:
    """A refusal must say where and what to do."""
    reason = "; ".join(
        f"{d.code} cell {d.cell} line {d.line}: {d.message}" for d in outcome.diagnostics
    )
    has_place = all(
        d.message and d.hint and d.cell and (d.code.startswith("NBC2") or (d.line and d.column))
        for d in outcome.diagnostics
    )
    verdict = Verdict.REFUSED if outcome.diagnostics and has_place else Verdict.MUTE
    return Judgement(verdict, reason)


def _judge_rows(outcome: Outcome, oracle: Oracle, folder: Path) -> Judgement:
    raw = joblib.load(folder / RAW)  # noqa: TID251 (what this very test wrote)
    scored = joblib.load(folder / SCORED)  # noqa: TID251 (what this very test wrote)
    plain = oracle.train(raw)
    seen = compare(table(scored["features"]), table(plain))
    if seen.mismatches:
        return Judgement(Verdict.WRONG, f"recorded otherwise than run: {seen.first}")
    known = raw.iloc[scored["positions"]].reset_index(drop=True)
    oracle.stand_beside(known)
    try:
        repeated = compare(table(oracle.serve(known)), table(plain))
    except Impossible:
        raise
    except Exception as error:  # noqa: BLE001 - the oracle runs a notebook's code
        return Judgement(Verdict.UNJUDGED, f"the oracle cannot serve: {_raised(error)}")
    if repeated.mismatches:
        return Judgement(Verdict.UNJUDGED, f"the oracle contradicts itself: {repeated.first}")
    return _judge_invented(outcome, oracle, invented(raw), folder)


def _judge_invented(
    outcome: Outcome, oracle: Oracle, rows: pd.DataFrame, folder: Path
) -> Judgement:
    compared = 0
    for position in range(len(rows)):
        row = rows.iloc[[position]]
        served, expected = _served(outcome, row, folder), _expected(oracle, row)
        if served is None or expected is None:
            continue
        compared += 1
        found = compare(served, expected)
        if found.mismatches:
            record = row.drop(columns=[TARGET]).to_dict("records")[0]
            return Judgement(Verdict.WRONG, f"{found.first} for {record}", compared)
    return Judgement(Verdict.EQUAL, compared=compared)


def _served(outcome: Outcome, row: pd.DataFrame, folder: Path) -> Any:
    """Return the served features of a row alone, or None where the version does not take it."""
    request = row.drop(columns=[TARGET]).reset_index(drop=True)
    try:
        with quietly(folder):
            return table(outcome.pipeline.named_steps["features"].transform(request))
    except Exception:  # noqa: BLE001 - emitted code may refuse a record by any exception
        return None


def _expected(oracle: Oracle, row: pd.DataFrame) -> Any:
    try:
        return table(oracle.serve(row))
    except Impossible:
        raise
    except Exception:  # noqa: BLE001 - a notebook's code may raise for such a row
        return None


def invented(raw: pd.DataFrame) -> pd.DataFrame:
    """Return rows that nobody has seen, as the raw table's schema allows them.

    Columns are drawn by themselves; numbers go to where training never was, categories are unknown, and what can be
    null is null; the last is a copy of a row.
    """
    generator = np.random.default_rng(4)
    drawn = {
        name: raw[name].iloc[generator.integers(0, len(raw), _INVENTED)].reset_index(drop=True)
        for name in raw.columns
    }
    rows = pd.DataFrame(drawn)
    for number, name in enumerate(c for c in raw.columns if c != TARGET):
        if raw[name].isna().any():
            rows.loc[[number % 3, 6], name] = None
        if raw[name].dtype.kind in "if":
            rows.loc[3, name] = raw[name].max() * 3 + 1
            rows.loc[4, name] = -raw[name].max() - 2
        elif raw[name].nunique() < 10 and name in {"city", "plan", "shade"}:
            rows.loc[5, name] = "Atlantis"
    return pd.concat([rows, raw.iloc[[0]]], ignore_index=True).astype(raw.dtypes.to_dict())


def _raised(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})"
