"""What the leakage gate makes of a version's leaks."""

import json
import shutil
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from nb2prod.artifact.manifest import VersionFacts, seal
from nb2prod.artifact.reference import Reference
from nb2prod.config import Gates
from nb2prod.gates.gate import Question
from nb2prod.gates.leakage import leakage
from nb2prod.gates.quality import data_quality
from nb2prod.gates.scores import balanced_accuracy, balanced_f1_macro
from nb2prod.gates.version import VersionAtHand
from nb2prod.runtime.profile import ColumnProfile
from nb2prod.runtime.verifying import read_manifest
from tests.gates.conftest import Ask

Leaky = Callable[..., VersionAtHand]


def _leak(code: str, *, is_mild: bool = False) -> dict[str, Any]:
    return {"code": code, "cell": 16, "line": 11, "is_mild": is_mild}


@pytest.fixture
def leaky(versions: Path, tmp_path: Path) -> Leaky:
    """Return a function that makes a version with these leaks."""

    def make(*leaks: dict[str, Any], after: float | None = None, why: str = "") -> VersionAtHand:
        folder = tmp_path / "v1"
        shutil.copytree(versions / "v1", folder)
        metrics = {} if after is None else {"accuracy": {"notebook": 0.9, "without_leaks": after}}
        content = {"leaks": list(leaks), "metrics": metrics, "held_out_rows": 300}
        text = json.dumps({**content, "why_no_metrics": why})
        (folder / "leaks.json").write_text(text)
        sealed = read_manifest(folder)
        known = {f.name: getattr(sealed, f.name) for f in fields(VersionFacts)}
        seal(folder, VersionFacts(**known))
        return VersionAtHand(folder)

    return make


def _asked(version: VersionAtHand, **settings: Any) -> list[tuple[str, str]]:
    gates = Gates.model_validate({"leakage": settings})
    question = Question(version, None, gates, date(2026, 1, 1))
    return [(result.gate, result.verdict.value) for result in leakage(question)]


TWO = (_leak("NBC601"), _leak("NBC608", is_mild=True))


@pytest.mark.parametrize(
    ("settings", "results"),
    [
        ({}, []),
        ({"max_leaks": 0}, [("leakage", "fail")]),
        ({"max_leaks": 1}, [("leakage", "pass")]),
        ({"codes": ["NBC601"]}, [("leakage:NBC601", "fail")]),
        ({"codes": ["NBC608"]}, [("leakage:NBC608", "fail")]),
        ({"codes": ["NBC611"]}, [("leakage:NBC611", "pass")]),
        ({"max_change": {"accuracy": 0.05}}, [("leakage:accuracy", "pass")]),
        ({"max_change": {"accuracy": 0.01}}, [("leakage:accuracy", "fail")]),
        ({"max_change": {"auc": 0.01}}, [("leakage:auc", "inconclusive")]),
    ],
)
def test_only_what_is_asked_for_is_judged(
    settings: dict[str, Any], results: list[tuple[str, str]], leaky: Leaky
) -> None:
    assert _asked(leaky(*TWO, after=0.87), **settings) == results


def test_a_metric_without_a_figure_is_inconclusive_where_there_are_leaks(leaky: Leaky) -> None:
    version = leaky(*TWO, why="the notebook does not run that way")
    assert _asked(version, max_change={"accuracy": 0.5}) == [("leakage:accuracy", "inconclusive")]


def test_a_metric_without_leaks_needs_no_figure(leaky: Leaky) -> None:
    version = leaky(_leak("NBC608", is_mild=True))
    assert _asked(version, max_change={"accuracy": 0.0}) == [("leakage:accuracy", "pass")]


def test_a_place_is_named(leaky: Leaky) -> None:
    gates = Gates.model_validate({"leakage": {"max_leaks": 0}})
    (result,) = leakage(Question(leaky(*TWO), None, gates, date(2026, 1, 1)))
    assert "cell 16, line 11 (NBC601)" in result.message


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ({"2025-12-30": 3, "2025-11-01": 1}, "pass"),
        ({"2025-12-30T10:00:00": 3}, "pass"),
        ({"2025-01-01": 3}, "fail"),
        ({"2025-12-30": 3, "unknown": 1}, "fail"),
        ({}, "fail"),
    ],
)
def test_texts_that_are_all_dates_have_an_age(
    counts: dict[str, int], verdict: str, ask: Ask
) -> None:
    question = ask("v1", quality={"max_age_days": {"island": 30.0}})
    column = ColumnProfile("island", 4, 0, counts=counts)
    # The version keeps what it read first, so another reference can stand in its place.
    question.candidate.reference = replace(_reference(question), columns=(column,))
    (result,) = data_quality(question)
    assert result.verdict.value == verdict


def _reference(question: Question) -> Reference:
    found = question.candidate.reference
    assert found is not None
    return found


def test_reweighted_scores_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(4)
    truth = rng.choice(["a", "b", "c"], 400, p=[0.7, 0.2, 0.1])
    said = np.where(rng.random(400) < 0.7, truth, rng.choice(["a", "b", "c"], 400))
    assert balanced_accuracy(truth, said) == pytest.approx(balanced_accuracy_score(truth, said))
    weights = np.array([1 / np.sum(truth == label) for label in truth])
    expected = f1_score(truth, said, average="macro", sample_weight=weights)
    assert balanced_f1_macro(truth, said) == pytest.approx(expected)
