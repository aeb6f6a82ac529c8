"""The whole way from new data to a version: extract, validate, train, prove, gate, package, register, promote.

The steps are the build's own. Every one of them can be ended at any moment: what counts is the version's folder, which
appears by one rename, and the audit log; the next retraining with the same data takes up what is missing.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nb2prod.artifact.store import Store
from nb2prod.build.clock import Clock
from nb2prod.build.draft import Workshop
from nb2prod.build.folder import working_folder
from nb2prod.build.inputs import Inputs
from nb2prod.registry.audit import registered_versions
from nb2prod.retrain.data import describe_data
from nb2prod.retrain.inputs import gather_inputs
from nb2prod.retrain.options import RetrainOptions
from nb2prod.retrain.order import RetrainOrder, take_order
from nb2prod.retrain.result import RetrainResult


def retrain(service: Path, options: RetrainOptions | None = None) -> RetrainResult:
    """Train a service's version again on new data, or say why not.

    Args:
        service: The service's folder, or its name.
        options: How to retrain.

    Returns:
        The outcome: built, unchanged, refused, unproved, or kept with gates that it did not pass.

    Raises:
        UsageError: If there is no such service, version or data file.
        ExecutionFailed: If the data cannot be read, or the training script fails.
        EnvironmentFault: If the machine lacks something: a file, a package, space, a permission.
        ArtifactFault: If a version was tampered with.
    """
    options = options or RetrainOptions()
    clock = Clock(options.reporter)
    order = take_order(service, options)
    with working_folder() as folder:
        result = _retrained(order, folder, clock)
    before = order.predecessor.manifest.metrics
    return replace(result, before=before, seconds=clock.seconds)


def _retrained(order: RetrainOrder, folder: Path, clock: Clock) -> RetrainResult:
    from nb2prod.retrain.settling import settled, settled_again

    store = Store(order.service)
    with store.locked(waiting=clock.waiting):
        inputs = gather_inputs(order.predecessor, describe_data(order.data), order.service)
        same = store.find_by_run_key(inputs.run_key)
        if same is not None:
            return settled_again(order, same, clock)
        number = store.next_version(registered_versions(order.service))
        result = _made(order, inputs, Workshop(folder, number), store, clock)
    if result.status == "built" and order.with_notebook and result.version is None:
        from nb2prod.retrain.notebook import retrain_with_notebook

        result = retrain_with_notebook(order, result, folder / "notebook", clock)
    return settled(order, result, clock)


def _made(
    order: RetrainOrder, inputs: Inputs, workshop: Workshop, store: Store, clock: Clock
) -> RetrainResult:
    """Make a version, without the registry."""
    from nb2prod.build.gating import judge_candidate
    from nb2prod.build.publishing import publish
    from nb2prod.build.result import STATUS_BY_VERDICT
    from nb2prod.prove.captured import open_table
    from nb2prod.retrain.candidate import make_candidate, prepare, read_raw, subject_of, train_again
    from nb2prod.retrain.news import validated
    from nb2prod.retrain.refusing import not_fit, not_trained, unproved
    from nb2prod.train.run import TrainingStopped

    with clock.step("extract") as step:
        trial = prepare(order, inputs, workshop)
        raw = read_raw(trial)
        step.result = f"{len(inputs.data)} data file{'' if len(inputs.data) == 1 else 's'}"
    with clock.step("validate") as step:
        validation = validated(order, inputs, open_table(raw))
        step.result = validation.said()
    if not validation.is_fit:
        return not_fit(order, inputs, validation)
    found = RetrainResult(
        "built", order.service, order.predecessor.manifest.version, validation=validation
    )
    if order.with_notebook:
        return found
    with clock.step("train") as step:
        step.progress = lambda: "train.py in a fresh process"
        try:
            training = train_again(trial)
        except TrainingStopped as fault:
            step.result = "stopped by a guard"
            return not_trained(order, inputs, validation, fault)
        step.result = ", ".join(f"{n} {value:.4g}" for n, value in training.metrics.items())
    made = make_candidate(trial, training, clock)  # step "prove"
    if not made.proof.holds:
        return unproved(order, made, validation)
    with clock.step("gate") as step:
        judgement = judge_candidate(order.service, made.workshop.version, order.config.gates)
        step.result = judgement.said()
    with clock.step("package") as step:
        conflicts = publish(subject_of(trial, training), made, judgement, store)
        step.result = f"{order.service}/versions/{made.manifest.version}"
    return replace(
        found,
        status=STATUS_BY_VERDICT[judgement.verdict],
        version=made.manifest.version,
        run_key=made.manifest.run_key,
        artifact_digest=made.manifest.artifact_digest,
        metrics=training.metrics,
        parity=made.proof.counts(),
        gates=[result.as_json() for result in judgement.results],
        conflicts=conflicts,
    )
