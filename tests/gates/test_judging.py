import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nb2prod.config import Gates
from nb2prod.errors import ArtifactFault
from nb2prod.gates.judging import judge
from nb2prod.gates.verdict import GateResult, Verdict, overall

TODAY = date(2026, 1, 1)


def _judge(versions: Path, candidate: str, other: str | None = None, **settings: Any) -> Any:
    folder = None if other is None else versions / other
    return judge(versions / candidate, folder, Gates.model_validate(settings), today=TODAY)


def test_without_settings_only_the_proof_is_asked_for(versions: Path) -> None:
    judgement = _judge(versions, "v1")
    assert [(r.gate, r.verdict) for r in judgement.results] == [("parity", Verdict.PASS)]
    assert (judgement.verdict, judgement.champion) == (Verdict.PASS, None)


@pytest.mark.parametrize(
    ("settings", "gate", "verdict"),
    [
        ({"metrics": {"accuracy": {"min": 0.7}}}, "metric:accuracy", "pass"),
        ({"metrics": {"accuracy": {"min": 0.8}}}, "metric:accuracy", "fail"),
        ({"metrics": {"accuracy": {"max": 0.7}}}, "metric:accuracy", "fail"),
        ({"metrics": {"auc": {"min": 0.5}}}, "metric:auc", "fail"),
        ({"max_artifact_mb": 1.0}, "artifact_size", "pass"),
        ({"max_artifact_mb": 1e-4}, "artifact_size", "fail"),
        ({"max_latency_ms": 1e-6}, "latency", "fail|inconclusive"),
        ({"max_latency_ms": 60000.0}, "latency", "pass"),
        ({"quality": {"min_rows": 900}}, "quality:rows", "pass"),
        ({"quality": {"min_rows": 901}}, "quality:rows", "fail"),
        ({"quality": {"max_null_share": 0.2}}, "quality:nulls:mass", "pass"),
        ({"quality": {"max_null_share": 0.1}}, "quality:nulls:mass", "fail"),
        ({"quality": {"max_duplicate_share": 0.0}}, "quality:duplicates", "pass"),
        ({"quality": {"min_class_share": 0.6}}, "quality:class:Gentoo", "fail"),
        ({"quality": {"ranges": {"mass": {"min": 1.0}}}}, "quality:range:mass", "pass"),
        ({"quality": {"ranges": {"mass": {"max": 4000.0}}}}, "quality:range:mass", "fail"),
        ({"quality": {"ranges": {"nothing": {"max": 1.0}}}}, "quality:range:nothing", "fail"),
        ({"robustness": {"noise": 0.5}}, "robustness:noise", "pass"),
        ({"robustness": {"noise": 0.0001}}, "robustness:noise", "inconclusive"),
        ({"robustness": {"swaps": 0.5}}, "robustness:swaps", "pass"),
        ({"robustness": {"missing": 0.5}}, "robustness:missing", "pass"),
        ({"quality": {"max_age_days": {"seen": 5000.0}}}, "quality:age:seen", "fail"),
        ({"quality": {"max_age_days": {"seen": 9000.0}}}, "quality:age:seen", "pass"),
        ({"quality": {"max_age_days": {"mass": 9e9}}}, "quality:age:mass", "fail"),
        ({"quality": {"max_age_days": {"island": 9e9}}}, "quality:age:island", "fail"),
        ({"quality": {"max_age_days": {"nothing": 9e9}}}, "quality:age:nothing", "fail"),
        ({"leakage": {"max_leaks": 0}}, "leakage", "inconclusive"),
        ({"robustness": {"classes": 0.5}}, "robustness:classes", "pass"),
        ({"robustness": {"classes": 0.0001}}, "robustness:classes", "fail"),
        ({"robustness": {"classes": 0.012}}, "robustness:classes", "inconclusive"),
        ({"robustness": {"slices": 0.9}}, "robustness:slices", "pass"),
        ({"robustness": {"slices": 0.5, "min_slice": 300}}, "robustness:slices", "inconclusive"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else None,
)
def test_a_gate_says_pass_or_fail(
    settings: dict[str, Any], gate: str, verdict: str, versions: Path
) -> None:
    judgement = _judge(versions, "v1", **settings)
    found = {result.gate: result for result in judgement.results}
    assert found[gate].verdict.value in verdict.split("|"), found[gate].message
    assert judgement.as_json() == json.loads(json.dumps(judgement.as_json(), allow_nan=False))


def test_judging_again_gives_the_same_bytes(versions: Path) -> None:
    settings = {"robustness": {"noise": 0.1, "swaps": 0.1}, "drift": {}}
    first = _judge(versions, "v2", "v1", **settings).as_json()
    assert _judge(versions, "v2", "v1", **settings).as_json() == first


def test_the_same_data_has_not_drifted_and_other_data_has(
    versions: Path, make_version: Any
) -> None:
    found = {r.gate: r for r in _judge(versions, "v2", "v1", drift={}).results}
    assert found["drift"].verdict is Verdict.PASS
    few = {r.gate: r for r in _judge(versions, "v4", "v1", drift={}).results}
    assert few["drift"].verdict is Verdict.INCONCLUSIVE


def test_a_proof_with_a_mismatch_fails(versions: Path, tmp_path: Path) -> None:
    folder = _changed(
        versions, tmp_path, lambda parity: parity["checks"]["http"].update(mismatches=2)
    )
    (result,) = judge(folder, None, Gates(), today=TODAY).results
    assert (result.verdict, result.value) == (Verdict.FAIL, 2.0)


def test_a_proof_that_was_not_asked_over_http_fails(versions: Path, tmp_path: Path) -> None:
    folder = _changed(versions, tmp_path, lambda parity: parity["checks"].pop("http"))
    (result,) = judge(folder, None, Gates(), today=TODAY).results
    assert (result.verdict, result.evidence) == (Verdict.FAIL, {"missing": ["http"]})


def _changed(versions: Path, tmp_path: Path, change: Any) -> Path:
    """Return a copy of v1 with another proof, sealed again."""
    from dataclasses import fields

    from nb2prod.artifact.manifest import VersionFacts, seal
    from nb2prod.runtime.verifying import read_manifest

    folder = tmp_path / "v1"
    shutil.copytree(versions / "v1", folder)
    manifest = read_manifest(folder)
    parity = json.loads((folder / "parity.json").read_text())
    change(parity)
    (folder / "parity.json").write_text(json.dumps(parity))
    seal(folder, VersionFacts(**{f.name: getattr(manifest, f.name) for f in fields(VersionFacts)}))
    return folder


def test_a_changed_version_is_not_judged(versions: Path, tmp_path: Path) -> None:
    shutil.copytree(versions / "v1", tmp_path / "v1")
    (tmp_path / "v1" / "parity.json").write_text("{}")
    with pytest.raises(ArtifactFault, match="was changed"):
        judge(tmp_path / "v1", None, Gates(), today=TODAY)


WAIVER = {"gate": "metric:accuracy", "by": "Ada", "reason": "holidays", "until": "2026-01-01"}


@pytest.mark.parametrize(
    ("waiver", "verdict"),
    [
        (WAIVER, Verdict.PASS),
        ({**WAIVER, "until": "2025-12-31"}, Verdict.FAIL),
        ({**WAIVER, "gate": "parity"}, Verdict.FAIL),
    ],
    ids=["holds", "ended", "another gate"],
)
def test_a_waiver_holds_for_its_gate_and_its_time(
    waiver: dict[str, str], verdict: Verdict, versions: Path
) -> None:
    judgement = _judge(versions, "v1", metrics={"accuracy": {"min": 0.9}}, waivers=[waiver])
    assert judgement.verdict is verdict
    waived = [result.waived for result in judgement.results if result.waived]
    assert [one["by"] for one in waived] == (["Ada"] if verdict is Verdict.PASS else [])


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], Verdict.PASS),
        ([Verdict.PASS, Verdict.SKIP], Verdict.PASS),
        ([Verdict.PASS, Verdict.INCONCLUSIVE], Verdict.INCONCLUSIVE),
        ([Verdict.INCONCLUSIVE, Verdict.FAIL], Verdict.FAIL),
    ],
)
def test_a_failure_goes_before_a_doubt(verdicts: list[Verdict], expected: Verdict) -> None:
    assert overall(GateResult("one", verdict, "") for verdict in verdicts) is expected
