"""Train again to find out why a training gives other bits, where no input explains it."""

from __future__ import annotations

from pathlib import Path

import yaml

from nb2prod.prove.remaking.inputs import read_settings
from nb2prod.prove.remaking.interpreter import Interpreter
from nb2prod.prove.remaking.outcome import Cause
from nb2prod.prove.remaking.workplace import Workplace
from nb2prod.runtime.digests import digest_file
from nb2prod.runtime.manifest import PIPELINE_NAME
from nb2prod.train import Training, train

_TIMEOUT = 3600.0


def randomness(
    workplace: Workplace, folder: Path, interpreter: Interpreter, first: Training
) -> list[Cause]:
    """Say whether trainings differ among themselves, and whether that is because of their threads.

    Args:
        workplace: The copy of the service.
        folder: Where trainings are written.
        interpreter: What trains.
        first: The training that gave other bits than the version has.
    """
    second = _digest(_again(workplace, folder / "second", interpreter))
    if second == _digest(first):
        return [
            Cause(
                "unknown",
                "data, settings, packages, Python and machine are those of the manifest, and two trainings here agree "
                "with each other; what is left is something that a training reads beside them, such as a file, "
                "an environment variable or the clock",
            )
        ]
    threads = read_settings(workplace.config)["threads"]
    if threads > 1 and _agree_with_one_thread(workplace, folder, interpreter):
        said = f"two trainings with {threads} threads differ, and two with one thread agree"
        return [Cause("threads", said)]
    return [
        Cause(
            "randomness",
            "two trainings here differ from each other: something is drawn, or kept, that is another in every process "
            "and that the seed does not decide",
        )
    ]


def _agree_with_one_thread(workplace: Workplace, folder: Path, interpreter: Interpreter) -> bool:
    settings = {**read_settings(workplace.config), "threads": 1}
    workplace.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    digests = {
        _digest(_again(workplace, folder / name, interpreter)) for name in ("third", "fourth")
    }
    return len(digests) == 1


def _again(workplace: Workplace, output: Path, interpreter: Interpreter) -> Training:
    return train(
        workplace.service,
        workplace.config,
        workplace.version,
        output,
        timeout=_TIMEOUT,
        python=interpreter.program,
    )


def _digest(training: Training) -> str:
    return digest_file(training.output / PIPELINE_NAME)
