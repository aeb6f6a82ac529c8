import numpy as np
import pytest

from nb2prod.gates.champion import champion, unseen_rows
from nb2prod.gates.verdict import GateResult, Verdict
from tests.gates.conftest import Ask


def _one(results: object) -> GateResult:
    (result,) = list(results)  # type: ignore[call-overload]  # a generator
    return result  # type: ignore[no-any-return]


def test_without_a_champion_there_is_nothing_to_compare(ask: Ask) -> None:
    assert list(champion(ask("v1"))) == []
    assert list(champion(ask("v2", "v1", champion={"enabled": False}))) == []


@pytest.mark.parametrize(
    ("candidate", "other", "margin", "verdict"),
    [
        ("v2", "v1", 0.01, Verdict.PASS),
        ("v1", "v3", 0.01, Verdict.PASS),
        ("v1", "v3", 0.0, Verdict.PASS),
        ("v3", "v1", 0.01, Verdict.FAIL),
        ("v3", "v1", 0.9, Verdict.PASS),
        ("v3", "v1", 0.34, Verdict.INCONCLUSIVE),
    ],
)
def test_the_bounds_decide(
    candidate: str, other: str, margin: float, verdict: Verdict, ask: Ask
) -> None:
    found = _one(champion(ask(candidate, other, champion={"margin": margin})))
    assert found.interval is not None
    low, high = found.interval
    assert (found.verdict, found.n) == (verdict, 300), found.message
    assert (low >= -margin) is (verdict is Verdict.PASS)
    assert (high < -margin) is (verdict is Verdict.FAIL)


def test_the_evidence_has_both_values_and_mcnemar_s_counts(ask: Ask) -> None:
    found = _one(champion(ask("v3", "v1", champion={"metric": "accuracy"})))
    evidence = found.evidence
    assert found.value == pytest.approx(evidence["candidate"] - evidence["champion_value"])
    difference = evidence["only_candidate_right"] - evidence["only_champion_right"]
    assert difference / 300 == pytest.approx(found.value)
    assert evidence["mcnemar_p"] < 1e-6
    assert evidence["detectable_difference"] > 0


def test_rows_that_either_was_trained_on_are_left_out(ask: Ask) -> None:
    question = ask("v5", "v1")
    assert question.champion is not None
    rows = unseen_rows(question.candidate, question.champion)
    # Every fourth and every third row were held out, so every twelfth is left.
    assert len(rows) == 75
    digests = question.candidate.held_out.digests[rows.kept]  # type: ignore[union-attr]
    for version in (question.candidate, question.champion):
        assert not np.isin(digests, version.held_out.trained).any()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("candidate", "other", "settings", "said"),
    [
        ("v2", "v1", {"min_rows": 301}, "300 held-out rows are left"),
        ("v4", "v1", {}, "0 held-out rows are left"),
        ("v2", "v1", {"metric": "rmse"}, "does not compare labels"),
    ],
)
def test_what_cannot_be_compared_is_inconclusive(
    candidate: str, other: str, settings: dict[str, object], said: str, ask: Ask
) -> None:
    found = _one(champion(ask(candidate, other, champion=settings)))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert said in found.message
