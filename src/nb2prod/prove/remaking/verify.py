"""Make a version again from its manifest, and compare: ``nb2prod verify``."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nb2prod.artifact.hashes import hashed_lock
from nb2prod.artifact.manifest import Manifest
from nb2prod.errors import ArtifactFault, ExecutionFailed
from nb2prod.prove.remaking import comparing
from nb2prod.prove.remaking.experiments import randomness
from nb2prod.prove.remaking.inputs import TRAIN_LOCK, changed_inputs
from nb2prod.prove.remaking.interpreter import (
    Interpreter,
    fresh_interpreter,
    running_interpreter,
)
from nb2prod.prove.remaking.outcome import Cause, Check, Status, Verification
from nb2prod.prove.remaking.workplace import Workplace, set_up
from nb2prod.report.change import Difference
from nb2prod.runtime.faults import ArtifactError
from nb2prod.runtime.verifying import verify_version
from nb2prod.train import Training, train

TIMEOUT = 3600.0

Tell = Callable[[str], None]


@dataclass(slots=True)
class _Timed:
    """Tells what is done, and times it."""

    tell: Tell
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, said: str) -> Iterator[None]:
        self.tell(said)
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = time.perf_counter() - start


def verify(service: Path, version: str, *, here: bool, tell: Tell) -> Verification:
    """Make a version again and compare it with what is stored; the service is only read.

    Args:
        service: The service's folder.
        version: The version.
        here: Use the environment that runs instead of a fresh one from the version's lock.
        tell: Is told what is done next.

    Raises:
        ArtifactFault: The stored version was changed after it was built.
        EnvironmentFault: Data, settings, or a fresh environment cannot be had.
    """
    manifest = _checked(service / "versions" / version)
    timed = _Timed(tell)
    with tempfile.TemporaryDirectory(prefix="nb2prod-") as temporary:
        folder = Path(temporary)
        workplace = set_up(service, manifest, folder / "service")
        lock = hashed_lock(service, version, TRAIN_LOCK)
        lock = lock if lock.is_file() else workplace.version / TRAIN_LOCK
        interpreter = _interpreter(lock, manifest, folder, timed, here=here)
        causes = changed_inputs(workplace, manifest, interpreter)
        try:
            with timed.step("train", f"training {manifest.name} {version} again"):
                training = _train(workplace, folder / "trained", interpreter, causes)
        except ExecutionFailed as fault:
            said = f"{fault.what}: {fault.why}" if fault.why else fault.what
            check = Check("training", is_same=False, said=said)
            return _outcome(manifest, interpreter, None, [check], causes, timed)
        causes += _machine(manifest, training)
        with timed.step("compare", "comparing"):
            made = _compared(workplace, manifest, training, folder, interpreter)
        if not made.is_same_bits and not causes:
            with timed.step("experiments", "training again, to find out why it differs"):
                causes += randomness(workplace, folder, interpreter, training)
        return _outcome(manifest, interpreter, made, made.checks, causes, timed)


@dataclass(frozen=True, slots=True)
class _Made:
    manifest: Manifest
    checks: list[Check]
    differences: list[Difference]
    notes: list[str]
    is_same_bits: bool


def _checked(folder: Path) -> Manifest:
    try:
        return verify_version(folder)
    except ArtifactError as error:
        raise ArtifactFault(
            error.what,
            why="what was changed after it was built cannot be what was proved",
            hint=error.hint,
        ) from error


def _interpreter(
    lock: Path, manifest: Manifest, folder: Path, timed: _Timed, *, here: bool
) -> Interpreter:
    if here:
        return running_interpreter()
    with timed.step("environment", f"installing {lock.name} into a fresh environment"):
        return fresh_interpreter(folder / "environment", lock, manifest.tool.python)


def _train(
    workplace: Workplace, output: Path, interpreter: Interpreter, causes: list[Cause]
) -> Training:
    return train(
        workplace.service,
        workplace.config,
        workplace.version,
        output,
        timeout=TIMEOUT,
        python=interpreter.program,
        new_data=any(cause.kind in {"data", "settings"} for cause in causes),
    )


def _machine(manifest: Manifest, training: Training) -> Iterator[Cause]:
    if not manifest.machine or not training.machine:
        return
    names = dict.fromkeys([*manifest.machine, *training.machine])
    for name in names:
        was, found = manifest.machine.get(name), training.machine.get(name)
        if was != found:
            yield Cause("machine", f"{name} is {found} here, and was {was} where it was built")


def _compared(
    workplace: Workplace,
    manifest: Manifest,
    training: Training,
    folder: Path,
    interpreter: Interpreter,
) -> _Made:
    stored, made = workplace.version, folder / "made" / manifest.version
    found = comparing.remade(stored, manifest, training, made, workplace.data)
    bits = comparing.model_files(manifest, found)
    given = list(comparing.answers(interpreter, workplace.service, (stored, made), folder))
    differences, notes, count = comparing.changed_facts(stored, made)
    checks = [
        bits,
        *given,
        comparing.metrics(manifest, found),
        comparing.statistics(differences, count),
    ]
    return _Made(found, checks, differences, notes, bits.is_same)


_NOT_PROMISED = frozenset({"packages", "python", "machine"})
"""Causes that make equal bits no promise: equality within the tolerance is one still."""


def _outcome(
    manifest: Manifest,
    interpreter: Interpreter,
    made: _Made | None,
    checks: list[Check],
    causes: list[Cause],
    timed: _Timed,
) -> Verification:
    return Verification(
        status=_status(checks, causes),
        service=manifest.name,
        version=manifest.version,
        is_fresh=interpreter.is_fresh,
        python=interpreter.python,
        stored=manifest.artifact_digest,
        made=None if made is None else made.manifest.artifact_digest,
        checks=checks,
        causes=causes,
        differences=[] if made is None else made.differences,
        notes=[] if made is None else made.notes,
        seconds=timed.seconds,
    )


def _status(checks: list[Check], causes: list[Cause]) -> Status:
    failed = {check.name for check in checks if not check.is_same}
    if not failed:
        return "same"
    kinds = {cause.kind for cause in causes}
    is_promised = not kinds & _NOT_PROMISED
    return "equal" if failed == {"model files"} and not is_promised else "differs"
