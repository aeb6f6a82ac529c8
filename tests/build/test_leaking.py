"""Leaks in a build: told once, kept in the version, and never a reason for a build to fail."""

from __future__ import annotations

import json

import pytest

from nb2prod.build import leaking
from nb2prod.build.findings import not_told_again
from nb2prod.build.leaking import refitted
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.errors import ExecutionFailed
from tests.build.conftest import FirstBuild, QuickBuild


def _finding(code: str) -> Diagnostic:
    return Diagnostic(code, "name", Severity.WARNING, "message")


def test_a_build_says_its_leaks_and_keeps_them_in_the_version(first_build: FirstBuild) -> None:
    result = first_build.result
    assert result.leaks is not None
    (leak,) = result.leaks["leaks"]
    assert (leak["code"], leak["cell"], leak["line"], leak["column"]) == ("NBC601", 5, 1, 36)
    assert (leak["rows"], leak["held_out_rows"], leak["is_relearned"]) == (80, 20, True)
    assert result.leaks["metrics"]["accuracy"]["notebook"] == result.metrics["accuracy"]
    assert result.service is not None
    text = (result.service / "versions" / "v1" / "leaks.json").read_text()
    assert json.loads(text) == json.loads(json.dumps(result.leaks))
    assert [d.code for d in result.diagnostics if d.code.startswith("NBC6")] == ["NBC601", "NBC610"]


def test_strict_refuses_leaks(quick_build: QuickBuild) -> None:
    result = quick_build(strict=True)
    assert result.status == "refused"
    assert "NBC601" in [found.code for found in result.diagnostics]
    assert result.leaks is not None


def test_a_run_that_fails_costs_only_the_figure(
    quick_build: QuickBuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ExecutionFailed("cell 7 raised ValueError")

    monkeypatch.setattr(leaking, "refitted", refitted)
    monkeypatch.setattr(leaking, "execute", fail)
    result = quick_build()
    assert result.status == "built"
    assert result.leaks is not None
    assert result.leaks["metrics"] == {}
    assert "cell 7 raised ValueError" in result.leaks["why_no_metrics"]
    (figure,) = [found for found in result.diagnostics if found.code == "NBC610"]
    assert "cell 7 raised ValueError" in figure.message


@pytest.mark.parametrize(
    ("code", "leaks", "is_kept"),
    [
        ("NBL001", None, True),
        ("NBL001", [], False),
        ("NBL002", [], False),
        ("NBL005", ["NBC606"], False),
        ("NBL006", [], True),
        ("NBL006", ["NBC605"], False),
        ("NBL007", ["NBC601"], True),
        ("NBL007", ["NBC602"], False),
        ("NBL004", ["NBC602"], True),
        ("NBP010", ["NBC602"], True),
    ],
)
def test_a_leak_is_told_once(code: str, leaks: list[str] | None, is_kept: bool) -> None:
    told = None if leaks is None else {"leaks": [{"code": each} for each in leaks]}
    assert not_told_again([_finding(code)], told) == ([_finding(code)] if is_kept else [])
