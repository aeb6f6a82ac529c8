import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nb2prod.__main__ import main
from nb2prod.build import BuildOptions, BuildResult, Step
from nb2prod.cli import building
from nb2prod.cli.steps import Steps
from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.errors import EnvironmentFault, ExecutionFailed, Place
from tests.execute.conftest import write_cells

Said = pytest.CaptureFixture[str]
Outcome = Callable[[], BuildResult]

BUILT = BuildResult(
    "built",
    service=Path("services/plants"),
    version="v1",
    run_key="sha256:1",
    artifact_digest="sha256:2",
    metrics={"accuracy": 0.987654, "auc": float("nan")},
    conflicts=("Makefile",),
)
FINDING = Diagnostic(
    code="NBC105",
    name="one-value-a-row",
    severity=Severity.ERROR,
    message="a value with one entry for each training row meets the rows of a request",
    hint="derive it from columns",
    cell=1,
    line=2,
    column=5,
    end_line=2,
    end_column=14,
)
REFUSED = BuildResult("refused", diagnostics=[FINDING])
UNPROVED = BuildResult("unproved", evidence=Path("services/plants/unproved/ab"))


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return str(write_cells(Path("n.ipynb"), ("x = 1\ny = something", "features")))


@pytest.fixture
def outcome(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Return a function that says what the next build comes to: a result, or what it raises."""

    def set_outcome(said: Any) -> None:
        def build(_: Path, options: BuildOptions) -> BuildResult:
            step = Step("execute")
            with options.reporter.running(step):
                step.result = "recorded"
            options.reporter.done(step, 1.25)
            if isinstance(said, BaseException):
                raise said
            result: BuildResult = said
            return result

        monkeypatch.setattr(building, "build", build)

    return set_outcome


@pytest.mark.parametrize(
    ("result", "code", "lines"),
    [
        (
            BUILT,
            0,
            [
                "  execute      1.2 s   recorded",
                "",
                "built: services/plants v1  (accuracy 0.9877, auc nan)",
                "  version   services/plants/versions/v1",
                "  digest    sha256:2",
                "  kept      your edit of Makefile; the new text is in Makefile.new",
                "Next: nb2prod serve services/plants",
            ],
        ),
        (
            REFUSED,
            1,
            [
                "  execute      1.2 s   recorded",
                "",
                f"n.ipynb:cell 1:2:5: NBC105 error: {FINDING.message}",
                "    2 | y = something",
                "      |     ^^^^^^^^^",
                "    hint: derive it from columns",
                "",
                "refused: n.ipynb was not built because of 1 error; nothing was written.",
                "Next: mend the cells above, then nb2prod build n.ipynb",
            ],
        ),
        (
            UNPROVED,
            1,
            [
                "  execute      1.2 s   recorded",
                "",
                "unproved: n.ipynb compiles, but does not give what the notebook gave.",
                "  evidence  services/plants/unproved/ab",
                "Nothing was published; versions that were there before stay as they are.",
                "Next: nb2prod explain n.ipynb",
            ],
        ),
    ],
    ids=["built", "refused", "unproved"],
)
def test_what_a_build_looks_like(
    result: BuildResult,
    code: int,
    lines: list[str],
    notebook: str,
    outcome: Callable[[Any], None],
    capsys: Said,
) -> None:
    outcome(result)
    assert main(["build", notebook]) == code
    assert capsys.readouterr().out.splitlines() == lines


FAULT = ExecutionFailed("NameError: x", place=Place("n.ipynb", cell=1, line=2), hint="define it")


@pytest.mark.parametrize(
    ("said", "code", "status", "finding"),
    [
        (BUILT, 0, "built", None),
        (REFUSED, 1, "refused", "NBC105"),
        (UNPROVED, 1, "unproved", None),
        (FAULT, 2, "failed", "NBF004"),
        (EnvironmentFault("the disk is full"), 2, "failed", "NBF002"),
        (ZeroDivisionError("oh"), 2, "failed", "NBF000"),
        (KeyboardInterrupt(), 130, "interrupted", None),
    ],
    ids=["built", "refused", "unproved", "raised", "disk", "own fault", "Ctrl-C"],
)
def test_json_is_one_object_whatever_happens(
    said: Any,
    code: int,
    status: str,
    finding: str | None,
    notebook: str,
    outcome: Callable[[Any], None],
    capsys: Said,
) -> None:
    outcome(said)
    assert main(["build", notebook, "--format", "json"]) == code
    printed = capsys.readouterr()
    content = json.loads(printed.out)
    assert content["status"] == status
    assert [each["code"] for each in content["diagnostics"]] == ([finding] if finding else [])
    assert "execute" in printed.err


def test_a_fault_in_json_has_its_place(
    notebook: str, outcome: Callable[[Any], None], capsys: Said
) -> None:
    outcome(FAULT)
    main(["build", notebook, "--format", "json"])
    content = json.loads(capsys.readouterr().out)
    (found,) = content["diagnostics"]
    assert (found["message"], found["hint"]) == ("NameError: x", "define it")
    assert (found["cell"], found["line"], found["severity"]) == (1, 2, "error")
    assert content["seconds"] == {"execute": 1.25}


def test_a_number_that_json_lacks_is_null(
    notebook: str, outcome: Callable[[Any], None], capsys: Said
) -> None:
    outcome(BUILT)
    main(["build", notebook, "--format", "json"])
    assert json.loads(capsys.readouterr().out)["metrics"] == {"accuracy": 0.987654, "auc": None}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["n.ipynb", "--format", "json", "--prove", "all"], "NBF001"),
        (["--format=json"], "NBF001"),
        (["--format=json", "n.ipynb", "-p", "seed"], "NBF001"),
        (["--format=json", "none.ipynb"], "NBF003"),
        (["--format=json", "n.ipynb", "--name", "no good"], "NBF001"),
        (["--format=json", "n.ipynb", "-o", "n.ipynb"], "NBF002"),
    ],
    ids=["choice", "no notebook", "half a parameter", "missing", "name", "output"],
)
def test_a_usage_error_is_told_in_json_too(
    arguments: list[str], code: str, notebook: str, capsys: Said
) -> None:
    assert main(["build", *arguments]) == 2
    printed = capsys.readouterr()
    content = json.loads(printed.out)
    assert (content["status"], content["diagnostics"][0]["code"]) == ("failed", code)
    assert printed.err


class _Screen:
    """A terminal that remembers."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Have nothing to do."""

    def isatty(self) -> bool:
        return True


def test_a_running_step_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _Screen()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setattr("nb2prod.cli.steps._TICK_SECONDS", 0.001)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    steps = Steps(to_stderr=False)
    asked = threading.Event()

    def progress() -> str:
        asked.set()
        return "cell 3 of 9"

    step = Step("execute", progress=progress)
    with steps.running(step):
        assert asked.wait(30)
    assert "cell 3 of 9" in screen.text
    assert screen.text.endswith("\x1b[2K")
    steps.done(step, 2.0)
    assert screen.text.endswith("  execute      2.0 s\n")
