"""Retrainings that come to no version, and why."""

from __future__ import annotations

from nb2prod.build.candidate import Candidate
from nb2prod.build.inputs import Inputs
from nb2prod.build.verdict import keep_aside
from nb2prod.errors import Nb2prodError
from nb2prod.retrain.order import RetrainOrder
from nb2prod.retrain.result import RetrainResult
from nb2prod.retrain.validation import Validation, Weight


def not_fit(order: RetrainOrder, inputs: Inputs, validation: Validation) -> RetrainResult:
    """Return the outcome for data that the version's code was not made for."""
    reasons = [found.message for found in validation.findings if found.weight is Weight.ERROR]
    return _refused(order, inputs, validation, reasons)


def not_trained(
    order: RetrainOrder, inputs: Inputs, validation: Validation, fault: Nb2prodError
) -> RetrainResult:
    """Return the outcome for data on which a guard of the training script stopped it."""
    return _refused(order, inputs, validation, [fault.what])


def _refused(
    order: RetrainOrder, inputs: Inputs, validation: Validation, reasons: list[str]
) -> RetrainResult:
    return RetrainResult(
        "refused",
        order.service,
        order.predecessor.manifest.version,
        run_key=inputs.run_key,
        validation=validation,
        reasons=reasons,
    )


def unproved(order: RetrainOrder, made: Candidate, validation: Validation) -> RetrainResult:
    """Keep a version aside whose stored form does not answer as the trained one did.

    Raises:
        EnvironmentFault: The service's folder cannot be written.
    """
    differing = {n: found for n, found in made.proof.comparisons.items() if found.mismatches}
    reasons = [
        f"{found.mismatches} of {found.rows} rows differ from the training run ({name})"
        + (f": {found.first}" if found.first else "")
        for name, found in differing.items()
    ]
    return RetrainResult(
        "unproved",
        order.service,
        order.predecessor.manifest.version,
        run_key=made.manifest.run_key,
        artifact_digest=made.manifest.artifact_digest,
        metrics=made.proof.captured.metrics,
        parity=made.proof.counts(),
        validation=validation,
        reasons=reasons,
        evidence=keep_aside(order.service, made.workshop.version, made.manifest.run_key),
    )
