"""Answer probe rows with two versions of one folder each: ``python probe.py JOB``.

It runs within the environment that a version was made again in, which has no nb2prod: only the service's own runtime.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def main(job: Path) -> None:
    """Read a job, answer its records with each version, and write what they say."""
    asked = json.loads(job.read_text(encoding="utf-8"))
    sys.path.insert(0, asked["service"])
    answers = {
        name: _answers(Path(folder), asked["records"]) for name, folder in asked["versions"].items()
    }
    Path(asked["output"]).write_text(json.dumps(answers), encoding="utf-8")


def _answers(folder: Path, records: Sequence[Any]) -> dict[str, Any]:
    loading = importlib.import_module("runtime.loading")
    predictor = importlib.import_module("runtime.predictor")
    try:
        asking = predictor.Predictor(loading.load_version(folder))
        given = [_answer(asking, record) for record in records]
    except Exception as error:  # noqa: BLE001 - the pipeline holds the notebook's own code, which may raise anything
        return {"fault": f"{type(error).__name__}: {error}", "rows": []}
    return {"fault": None, "rows": given}


def _answer(asking: Any, record: Any) -> dict[str, Any]:
    try:
        (said,) = asking.predict([record])
    except ValueError as error:
        # What a version refuses is an answer as well: both must refuse it.
        return {"prediction": f"refused: {error}", "probabilities": None}
    probabilities = None if said.probabilities is None else dict(said.probabilities)
    return {"prediction": said.prediction, "probabilities": probabilities}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
