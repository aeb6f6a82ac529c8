"""Train a version's code on new data and prove it, in a temporary service as a build does."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nb2prod.artifact.run_key import trained_code
from nb2prod.artifact.schema import describe
from nb2prod.build.candidate import Candidate, prove_version
from nb2prod.build.clock import Clock
from nb2prod.build.draft import Workshop
from nb2prod.build.inputs import Inputs
from nb2prod.build.sealing import Contents, take_model
from nb2prod.build.subject import Subject
from nb2prod.build.workshop import set_up, write_config
from nb2prod.errors import ExecutionFailed
from nb2prod.prove.captured import Captured, open_scored, open_table
from nb2prod.retrain.inputs import SCRIPT, own_script
from nb2prod.retrain.order import RetrainOrder
from nb2prod.train import Training, train
from nb2prod.train.run import extract


@dataclass(frozen=True, slots=True)
class Trial:
    """A retraining under way.

    Attributes:
        order: What was asked for.
        inputs: What goes in.
        workshop: Where it is made.
    """

    order: RetrainOrder
    inputs: Inputs
    workshop: Workshop

    @property
    def captures(self) -> Path:
        """Where training keeps what it received and answered."""
        return self.workshop.folder / "captures"


def prepare(order: RetrainOrder, inputs: Inputs, workshop: Workshop) -> Trial:
    """Put code, script, settings and data into a temporary service."""
    trial = Trial(order, inputs, workshop)
    (workshop.version / "code").mkdir(parents=True)
    for name in trained_code(order.predecessor.folder):
        shutil.copyfile(order.predecessor.folder / name, workshop.version / name)
    set_up(workshop, order.data, inputs)
    script = own_script(order.service)
    if script is not None:
        shutil.copyfile(script, workshop.service / SCRIPT)
    write_config(workshop, _subject(trial, {}, _nothing_captured(trial)), inputs)
    return trial


def read_raw(trial: Trial) -> Path:
    """Have the version's own code read the new data, and return the file of the raw table.

    Raises:
        ExecutionFailed: The data cannot be read as they were.
    """
    workshop = trial.workshop
    target = workshop.folder / "extracted.joblib"
    return extract(workshop.service, workshop.config, workshop.version, target)


def train_again(trial: Trial) -> Training:
    """Train, and keep what the proof compares with.

    Raises:
        TrainingStopped: A guard says that the data do not fit.
        ExecutionFailed: The script failed, or lost the rows that it evaluated.
    """
    workshop = trial.workshop
    training = train(
        workshop.service,
        workshop.config,
        workshop.version,
        workshop.trained,
        timeout=trial.order.timeout,
        captures=trial.captures,
    )
    if not (trial.captures / "scored.joblib").is_file():
        raise ExecutionFailed(
            "the evaluated rows cannot be traced to the raw table",
            why="without them nothing shows that the stored model answers as the trained one did",
            hint="nb2prod retrain --with-notebook follows the rows in the notebook itself",
        )
    return training


def make_candidate(trial: Trial, training: Training, clock: Clock) -> Candidate:
    """Seal and prove what was trained."""
    order, workshop = trial.order, trial.workshop
    with clock.step("prove") as step:
        step.progress = lambda: "replaying rows, and asking the service for them"
        take_model(workshop)
        subject = subject_of(trial, training)
        manifest = order.predecessor.manifest
        contents = Contents(
            trial.inputs,
            manifest.notebook.sha256,
            None if manifest.classes is None else training.classes,
            golden={},
            leaks=_leaks(order),
            parity={},
        )
        made = prove_version(subject, workshop, contents, training.metrics)
        step.result = made.proof.said()
    return made


def subject_of(trial: Trial, training: Training) -> Subject:
    """Return what becomes a version."""
    raw, scored = trial.captures / "raw.joblib", trial.captures / "scored.joblib"
    target = list(trial.order.predecessor.manifest.target)
    captured = replace(
        _nothing_captured(trial),
        rows=len(open_scored(scored)["positions"]),
        classes=training.classes,
        metrics=training.metrics,
    )
    return _subject(trial, describe(open_table(raw), target), captured)


def _nothing_captured(trial: Trial) -> Captured:
    return Captured(
        raw=trial.captures / "raw.joblib",
        scored=trial.captures / "scored.joblib",
        rows=0,
        classes=None,
        is_held_out=bool(trial.order.predecessor.parity.get("held_out")),
        identified_by="labels",
        metrics={},
        against="training",
    )


def _subject(trial: Trial, schema: Mapping[str, Any], captured: Captured) -> Subject:
    order, manifest = trial.order, trial.order.predecessor.manifest
    return Subject(
        name=manifest.name,
        service=order.service,
        config=order.config,
        parameters=manifest.parameters,
        target=manifest.target,
        states=order.predecessor.states,
        schema=schema,
        captured=captured,
        is_fitted_target=order.predecessor.has_fitted_target,
        notebook=manifest.notebook.path,
        data=order.data,
        trained_from=manifest.version,
    )


def _leaks(order: RetrainOrder) -> dict[str, Any]:
    """Return the leaks that were found in the notebook's run; their figures are of that run, and say so."""
    known = order.predecessor.leaks
    version = order.predecessor.manifest.version
    why = f"only the notebook's own run shows that, and this is a retraining of {version}"
    return {
        **known,
        "found_in": known.get("found_in", version),
        "metrics": {},
        "why_no_metrics": why,
    }
