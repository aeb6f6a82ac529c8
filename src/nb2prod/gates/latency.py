"""Latency: how long one record takes, from the check of its fields to the JSON of the answer."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nb2prod.gates.gate import Question
from nb2prod.gates.verdict import GateResult, Verdict
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.predictor import Predictor

_ROUNDS = 5
_REQUESTS = 60
_WARMING = 10
_NOISY = 0.5
"""Where two rounds differ by more than this share of the smallest, the machine says more than the model."""

_PARTS = ("validate", "infer", "serialise")


def latency(question: Question) -> Iterator[GateResult]:
    """Time single records in this process, in several rounds, and compare the 95th percentile with the budget.

    The best round is judged: noise only ever adds. Where the rounds differ much and the budget lies between them,
    nothing is concluded. The network and the web framework are not part of it.
    """
    budget = question.settings.max_latency_ms
    if budget is None:
        return
    try:
        predictor = Predictor(question.candidate.loaded)
    except ArtifactError as error:
        yield GateResult("latency", Verdict.INCONCLUSIVE, error.what, threshold=budget)
        return
    records = _records(question)
    _round(predictor, records, _WARMING)
    rounds = [_round(predictor, records, _REQUESTS) for _ in range(_ROUNDS)]
    totals = [float(np.percentile(one.sum(axis=1), 95)) for one in rounds]
    best = int(np.argmin(totals))
    is_noisy = max(totals) > totals[best] * (1 + _NOISY)
    if totals[best] > budget:
        verdict = Verdict.INCONCLUSIVE if is_noisy else Verdict.FAIL
    else:
        verdict = Verdict.PASS if max(totals) <= budget or not is_noisy else Verdict.INCONCLUSIVE
    parts = np.percentile(rounds[best], 95, axis=0)
    noise = "; the machine is too busy to tell" if verdict is Verdict.INCONCLUSIVE else ""
    yield GateResult(
        "latency",
        verdict,
        f"95 of 100 records take {totals[best]:.2f} ms at most, and {budget:g} ms is the budget{noise}",
        value=totals[best],
        threshold=budget,
        interval=(min(totals), max(totals)),
        n=_ROUNDS * _REQUESTS,
        evidence=dict(zip(_PARTS, map(float, parts), strict=True)),
    )


def _records(question: Question) -> list[Mapping[str, Any]]:
    golden = json.loads((question.candidate.folder / "golden.json").read_text(encoding="utf-8"))
    found = [row["record"] for row in golden["rows"]]
    return found or [question.candidate.schema.example()]


def _round(predictor: Predictor, records: list[Mapping[str, Any]], requests: int) -> Any:
    """Return milliseconds by request and part."""
    times = np.empty((requests, len(_PARTS)))
    for request in range(requests):
        start = time.perf_counter()
        checked = predictor.check(records[request % len(records)])
        validated = time.perf_counter()
        (answer,) = predictor.answer([checked])
        inferred = time.perf_counter()
        json.dumps({"prediction": answer.prediction, "probabilities": answer.probabilities})
        done = time.perf_counter()
        times[request] = (validated - start, inferred - validated, done - inferred)
    return times * 1000
