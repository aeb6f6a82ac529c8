"""What shows why a version differs, each piece of evidence by itself."""

import sys
from pathlib import Path

import pytest

from nb2prod.errors import EnvironmentFault
from nb2prod.prove.remaking.comparing import statistics
from nb2prod.prove.remaking.experiments import randomness
from nb2prod.prove.remaking.interpreter import (
    Interpreter,
    fresh_interpreter,
    package_differences,
    running_interpreter,
)
from nb2prod.prove.remaking.outcome import Cause, Check
from nb2prod.prove.remaking.verify import _status
from nb2prod.prove.remaking.workplace import Workplace
from nb2prod.report.change import Area, Difference
from nb2prod.train import train

LOCK = "numpy==2.4.6\npandas==3.1.1\n"


def _installed(*, is_fresh: bool, **packages: str) -> Interpreter:
    return Interpreter(Path(sys.executable), is_fresh, "3.11.7", packages)


@pytest.mark.parametrize(
    ("interpreter", "said"),
    [
        (_installed(is_fresh=True, numpy="2.4.6", pandas="3.1.1"), []),
        (_installed(is_fresh=True, numpy="2.4.6", pandas="3.1.1", pip="25.0"), []),
        (
            _installed(is_fresh=False, numpy="2.4.5", pandas="3.1.1", click="8"),
            ["numpy 2.4.5 is installed; the lock has 2.4.6"],
        ),
        (
            _installed(is_fresh=False, numpy="2.4.6"),
            ["pandas is not installed; the lock has 3.1.1"],
        ),
        (
            _installed(is_fresh=False, numpy="2.4.6", pandas="3.1.1", numexpr="2.14"),
            ["numexpr 2.14 is installed, which the lock does not name"],
        ),
        (
            _installed(is_fresh=True, numpy="2.4.6", pandas="3.1.1", click="8"),
            ["click 8 is installed, which the lock does not name"],
        ),
    ],
    ids=["same", "pip-of-venv", "other-version", "missing", "silent", "lock-incomplete"],
)
def test_packages_are_compared_with_the_lock(interpreter: Interpreter, said: list[str]) -> None:
    assert package_differences(LOCK, interpreter) == said


def test_the_running_environment_is_described_as_it_is() -> None:
    found = running_interpreter()
    assert found.minor == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert {"pandas", "scikit-learn"} <= found.packages.keys()
    assert not found.is_fresh


_BITS, _METRICS = Check("model files", False, ""), Check("metrics", False, "")
_SAME = Check("golden rows", True, "")


@pytest.mark.parametrize(
    ("checks", "causes", "status"),
    [
        ([_SAME], [], "same"),
        ([_SAME], ["packages"], "same"),
        ([_BITS, _SAME], ["packages"], "equal"),
        ([_BITS, _SAME], ["machine"], "equal"),
        ([_BITS, _SAME], ["unknown"], "differs"),
        ([_BITS, _SAME], [], "differs"),
        ([_BITS, _SAME], ["data"], "differs"),
        ([_BITS, _METRICS], ["packages"], "differs"),
    ],
)
def test_bits_are_promised_for_one_lock_and_kind_of_machine(
    checks: list[Check], causes: list[str], status: str
) -> None:
    assert _status(checks, [Cause(kind, "") for kind in causes]) == status


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        (43.9, 43.9 * (1 + 1e-12), True),
        (43.9, 43.91, False),
        ({"a": [1.0, 2.0]}, {"a": [1.0, 2.0 + 1e-13]}, True),
        ({"a": 1.0}, {"b": 1.0}, False),
        ([1.0], [1.0, 2.0], False),
        ("MALE", "FEMALE", False),
    ],
)
def test_statistics_agree_within_the_tolerance(
    before: object, after: object, is_same: bool
) -> None:
    found = Difference(Area.STATISTICS, "mean", before, after, "changed", cell=4, line=2)
    check = statistics([found], 3)
    assert check.is_same is is_same
    assert check.said.startswith(
        "3 values equal" if is_same else "1 of 3 values differ; mean (cell 4, line 2)"
    )


_SCRIPT = """\
import argparse, json, os, pathlib
options = argparse.ArgumentParser()
for name in ("--config", "--version-folder", "--output"):
    options.add_argument(name)
given = options.parse_args()
threads = int(pathlib.Path(given.config).read_text().split("threads:")[1].split()[0])
output = pathlib.Path(given.output)
output.mkdir()
(output / "pipeline.joblib").write_bytes({bits})
report = {{"metrics": {{}}, "features_checked": None}}
(output / "metrics.json").write_text(json.dumps(report))
"""


@pytest.mark.parametrize(
    ("bits", "threads", "kind", "said"),
    [
        ("os.urandom(8)", 1, "randomness", "that the seed does not decide"),
        (
            "os.urandom(8) if threads > 1 else b''",
            4,
            "threads",
            "two trainings with 4 threads differ",
        ),
        ("os.urandom(8)", 4, "randomness", "two trainings here differ from each other"),
        ("b''", 4, "unknown", "two trainings here agree with each other"),
    ],
)
def test_trainings_are_compared_among_themselves(
    bits: str, threads: int, kind: str, said: str, tmp_path: Path
) -> None:
    workplace = Workplace(tmp_path / "service", "v1", ())
    workplace.config.parent.mkdir(parents=True)
    workplace.version.mkdir(parents=True)
    workplace.config.write_text(f"threads: {threads}\n")
    (workplace.service / "train.py").write_text(_SCRIPT.format(bits=bits))
    interpreter = _installed(is_fresh=False)
    first = train(workplace.service, workplace.config, workplace.version, tmp_path / "first")
    (cause,) = randomness(workplace, tmp_path, interpreter, first)
    assert cause.kind == kind
    assert said in cause.said


@pytest.mark.slow
def test_an_environment_that_cannot_be_made_says_how_it_was_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "requirements-train.lock"
    lock.write_text("nb2prod-is-not-this-package==0.0.1\n")
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    with pytest.raises(EnvironmentFault, match="cannot be installed") as caught:
        fresh_interpreter(tmp_path / "environment", lock, minor)
    assert "pip: " in str(caught.value.why)
    assert "nb2prod-is-not-this-package" in str(caught.value.why)
    assert "--here" in str(caught.value.hint)
    assert not (tmp_path / "environment").exists()


def test_another_python_is_needed(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match=r"trained with Python 3\.0") as caught:
        fresh_interpreter(tmp_path / "environment", tmp_path / "lock", "3.0")
    assert "--here" in str(caught.value.hint)
