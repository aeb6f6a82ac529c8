"""Train a version as its owner will: ``python train.py --config configs/v1.yaml``, in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nb2prod.errors import ExecutionFailed
from nb2prod.train.process import last_lines, tethered


class TrainingFailed(ExecutionFailed):
    """The training script ended with a fault (exit 2).

    Attributes:
        printed: All that it printed.
    """

    def __init__(self, log: Path) -> None:
        super().__init__(
            "the training script made from the notebook failed",
            why=last_lines(log),
            hint="the notebook may depend on something outside its tagged cells",
        )
        self.printed = log.read_text(encoding="utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class Training:
    """A finished training.

    Attributes:
        metrics: What the evaluation computed, by name.
        features_checked: Evaluated rows whose features were computed a second time from raw rows, or None.
        classes: Classes of the answers, in the order of the probabilities, or None.
        output: Folder with the model files.
        machine: System, processor and BLAS kernels that it ran on.
    """

    metrics: Mapping[str, float]
    features_checked: int | None
    classes: Sequence[Any] | None
    output: Path
    machine: Mapping[str, str] = field(default_factory=dict)


STOPPED = 3
"""Exit code of ``train.py`` where a guard stops it."""


class TrainingStopped(ExecutionFailed):
    """A guard stopped the training: a step does something else on these data (exit 1).

    Attributes:
        printed: All that the script printed.
    """

    exit_code = 1

    def __init__(self, log: Path) -> None:
        super().__init__(
            last_lines(log).removeprefix("error: "),
            why="the guards of a version stop a training whose data behave otherwise than the notebook's",
            hint="mend the data, or build the notebook again on them: it may need other code",
        )
        self.printed = log.read_text(encoding="utf-8", errors="replace")


def train(
    service: Path,
    config: Path,
    version_folder: Path,
    output: Path,
    *,
    timeout: float | None = None,
    python: Path | None = None,
    new_data: bool = False,
    captures: Path | None = None,
) -> Training:
    """Run a service's training script.

    Args:
        service: Folder that holds ``train.py``, ``runtime/`` and the data.
        config: The resolved configuration.
        version_folder: Folder that holds the version's ``code/``.
        output: Where the model files go; what the script prints goes to a file beside it.
        timeout: Seconds, or None for no limit.
        python: The interpreter; this process's own if None.
        new_data: Whether other data than the configuration names are meant.
        captures: Where the script keeps what the model received and answered, or None.

    Raises:
        TrainingStopped: If a guard of the script says that the data do not fit.
        TrainingFailed: If the script ends with a fault.
        ExecutionFailed: If it does not end.
    """
    options = ["--output", str(output.resolve())]
    options += ["--new-data"] if new_data else []
    if captures is not None:
        options += ["--captures", str(captures.resolve())]
    _run_script(service, config, version_folder, options, output, timeout, python)
    report = json.loads((output / "metrics.json").read_text(encoding="utf-8"))
    return Training(
        report["metrics"],
        report["features_checked"],
        report.get("classes"),
        output,
        report.get("machine", {}),
    )


def extract(service: Path, config: Path, version_folder: Path, target: Path) -> Path:
    """Have a service's training script read the raw table, and return the file that it keeps it in.

    Args:
        service: Folder that holds ``train.py``, ``runtime/`` and the data.
        config: The resolved configuration.
        version_folder: Folder that holds the version's ``code/``.
        target: The file.

    Raises:
        ExecutionFailed: If the data cannot be read as they were.
    """
    options = ["--extract", str(target.resolve())]
    _run_script(service, config, version_folder, options, target, None)
    return target


def _run_script(
    service: Path,
    config: Path,
    version_folder: Path,
    options: Sequence[str],
    output: Path,
    timeout: float | None,
    python: Path | None = None,
) -> None:
    """Run the script to its end; what it prints goes to a file beside ``output``."""
    program = sys.executable if python is None else str(python)
    command = [program, "train.py", "--config", str(config.resolve())]
    command += ["--version-folder", str(version_folder.resolve()), *options]
    log = output.with_name(f"{output.name}.log")
    environment = _environment(keeps_bytecode=python is not None)
    with tethered(command, folder=service, environment=environment, log=log) as process:
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise ExecutionFailed(
                f"the training script did not end within {timeout:.0f} seconds",
                why="training in a fresh process must take about as long as the notebook",
                hint="see whether another program keeps the processors busy, and build again",
            ) from error
    if code == STOPPED:
        raise TrainingStopped(log)
    if code != 0:
        raise TrainingFailed(log)


def _environment(*, keeps_bytecode: bool) -> dict[str, str]:
    """Return this process's environment, but for what would let the script import nb2prod's neighbours.

    Another interpreter may be of a fresh environment, which without bytecode compiles its packages at every start.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return environment if keeps_bytecode else environment | {"PYTHONDONTWRITEBYTECODE": "1"}
