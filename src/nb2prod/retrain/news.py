"""Everything that is new in a retraining: the data, the packages, and a training script that somebody changed."""

from __future__ import annotations

import pandas as pd

from nb2prod.build.inputs import Inputs
from nb2prod.retrain.inputs import differing_packages, own_script
from nb2prod.retrain.order import RetrainOrder
from nb2prod.retrain.validating import validate
from nb2prod.retrain.validation import Finding, Validation, Weight


def validated(order: RetrainOrder, inputs: Inputs, raw: pd.DataFrame) -> Validation:
    """Say what is new.

    Args:
        order: What was asked for.
        inputs: What goes in.
        raw: The new table, as the version's code reads it.
    """
    others = [
        Finding("packages", Weight.WARNING, None, said)
        for said in differing_packages(order.predecessor, inputs)
    ]
    others += [
        Finding("data", Weight.WARNING, None, f"{one.path} is not what its DVC pointer means")
        for one in inputs.data
        if one.dvc is not None and one.dvc["is_current"] is False
    ]
    before = {one.path: one.sha256 for one in order.predecessor.manifest.data}
    if before == {one.path: one.sha256 for one in inputs.data}:
        message = "the data are the same: packages, script or release of nb2prod are others"
        others.append(Finding("data", Weight.INFO, None, message))
    if own_script(order.service) is not None:
        message = "train.py was changed by hand, and trains as it is now"
        others.append(Finding("script", Weight.WARNING, None, message))
    return validate(raw, order.predecessor, others)
