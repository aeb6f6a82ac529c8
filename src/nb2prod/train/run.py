"""Train a version as its owner will: ``python train.py --config configs/v1.yaml``, in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2prod.errors import ExecutionFailed
from nb2prod.train.process import last_lines, tethered


@dataclass(frozen=True, slots=True)
class Training:
    """A finished training.

    Attributes:
        metrics: What the evaluation computed, by name.
        features_checked: Evaluated rows whose features were computed a second time from raw rows, or None.
        classes: Classes of the answers, in the order of the probabilities, or None.
        output: Folder with the model files.
    """

    metrics: Mapping[str, float]
    features_checked: int | None
    classes: Sequence[Any] | None
    output: Path


STOPPED = 3
"""Exit code of ``train.py`` where a guard stops it."""


class TrainingStopped(ExecutionFailed):
    """A guard stopped the training: a step does something else on these data (exit 1)."""

    exit_code = 1


def train(
    service: Path,
    config: Path,
    version_folder: Path,
    output: Path,
    *,
    timeout: float | None = None,
    captures: Path | None = None,
) -> Training:
    """Run a service's training script.

    Args:
        service: Folder that holds ``train.py``, ``runtime/`` and the data.
        config: The resolved configuration.
        version_folder: Folder that holds the version's ``code/``.
        output: Where the model files go; what the script prints goes to a file beside it.
        timeout: Seconds, or None for no limit.
        captures: Where the script keeps what the model received and answered, or None.

    Raises:
        TrainingStopped: If a guard of the script says that the data do not fit.
        ExecutionFailed: If the script ends with a fault or does not end.
    """
    options = ["--output", str(output.resolve())]
    if captures is not None:
        options += ["--captures", str(captures.resolve())]
    _run_script(service, config, version_folder, options, output, timeout)
    report = json.loads((output / "metrics.json").read_text(encoding="utf-8"))
    return Training(report["metrics"], report["features_checked"], report.get("classes"), output)


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
) -> None:
    """Run the script to its end; what it prints goes to a file beside ``output``."""
    command = [sys.executable, "train.py", "--config", str(config.resolve())]
    command += ["--version-folder", str(version_folder.resolve()), *options]
    log = output.with_name(f"{output.name}.log")
    with tethered(command, folder=service, environment=_environment(), log=log) as process:
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise ExecutionFailed(
                f"the training script did not end within {timeout:.0f} seconds",
                why="training in a fresh process must take about as long as the notebook",
                hint="see whether another program keeps the processors busy, and build again",
            ) from error
    if code == STOPPED:
        raise TrainingStopped(
            last_lines(log).removeprefix("error: "),
            why="the guards of a version stop a training whose data behave otherwise than the notebook's",
            hint="mend the data, or build the notebook again on them: it may need other code",
        )
    if code != 0:
        raise ExecutionFailed(
            "the training script made from the notebook failed",
            why=last_lines(log),
            hint="the notebook may depend on something outside its tagged cells",
        )


def _environment() -> dict[str, str]:
    """Return this process's environment, but for what would let the script import nb2prod's neighbours."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return environment | {"PYTHONDONTWRITEBYTECODE": "1"}
