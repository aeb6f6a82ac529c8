import json
from pathlib import Path

import pytest

from nb2prod.__main__ import main
from nb2prod.cli import comparing
from nb2prod.report.comparison import Comparison, compare_snapshots
from tests.report.conftest import snapshot

SAME = compare_snapshots(snapshot(), snapshot())
OTHER = compare_snapshots(snapshot(), snapshot("v2", metrics={"mae": 1.5}))


@pytest.fixture(params=[SAME, OTHER], ids=["same", "other"])
def comparison(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Comparison:
    found: Comparison = request.param
    monkeypatch.setattr(comparing, "compare", lambda *_: found)
    return found


def test_a_difference_is_no_failure_unless_asked(
    comparison: Comparison, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "services/birds", "v1", "v2"]) == 0
    assert main(["compare", "services/birds", "v1", "v2", "--exit-code"]) == int(
        not comparison.is_same
    )
    assert f"birds {comparison.before} → {comparison.after}" in capsys.readouterr().out


@pytest.mark.parametrize("to_file", [False, True])
@pytest.mark.parametrize(
    ("form", "start"), [("text", "birds v1"), ("json", '{"service"'), ("html", "<!doctype html>")]
)
def test_forms(
    comparison: Comparison,
    form: str,
    start: str,
    to_file: bool,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "out"
    more = ["-o", str(file)] if to_file else []
    assert main(["compare", "services/birds", "v1", "v2", "--format", form, *more]) == 0
    shown = capsys.readouterr()
    text = file.read_text() if to_file else shown.out
    assert text.startswith(start)
    assert shown.out == ("" if to_file else text)
    if form == "json":
        assert json.loads(text) == comparison.as_json()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere", "v1", "v2"], "there is no service in nowhere"),
        (["nowhere", "v1"], "Missing argument 'V2'"),
    ],
)
def test_faults_exit_with_2(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["compare", *arguments]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""
