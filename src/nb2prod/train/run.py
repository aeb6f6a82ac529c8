"""Train a version as its owner will: ``python train.py --config configs/v1.yaml``, in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nb2prod.errors import ExecutionFailed

_SHOWN_LINES = 12


@dataclass(frozen=True, slots=True)
class Training:
    """A finished training.

    Attributes:
        metrics: What the evaluation computed, by name.
        features_checked: Evaluated rows whose features were computed a second time from raw rows, or None.
        output: Folder with the model files.
    """

    metrics: Mapping[str, float]
    features_checked: int | None
    output: Path


def train(
    service: Path,
    config: Path,
    version_folder: Path,
    output: Path,
    *,
    timeout: float | None = None,
) -> Training:
    """Run a service's training script.

    Args:
        service: Folder that holds ``train.py``, ``runtime/`` and the data.
        config: The resolved configuration.
        version_folder: Folder that holds the version's ``code/``.
        output: Where the model files go.
        timeout: Seconds, or None for no limit.

    Raises:
        ExecutionFailed: If the script ends with a fault.
    """
    command = [sys.executable, "train.py", "--config", str(config.resolve())]
    command += ["--version-folder", str(version_folder.resolve())]
    command += ["--output", str(output.resolve())]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and script)
            command, cwd=service, env=environment, capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ExecutionFailed(
            f"the training script did not end within {timeout:.0f} seconds",
            why="training in a fresh process must take about as long as the notebook",
            hint="raise `timeout` in nb2prod.toml if the notebook needs longer",
        ) from error
    if done.returncode != 0:
        raise ExecutionFailed(
            "the training script made from the notebook failed",
            why="\n".join(done.stderr.strip().splitlines()[-_SHOWN_LINES:]),
            hint="the notebook may depend on something outside its tagged cells",
        )
    report = json.loads((output / "metrics.json").read_text(encoding="utf-8"))
    return Training(report["metrics"], report["features_checked"], output)
