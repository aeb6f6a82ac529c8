"""Fitted trees as nested tuples, and the way of one row through them. Copied into every version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Tree = Callable[[Sequence[Any]], Any]

_LEAF = -1


def tree_of(tree: Any, *, is_classifier: bool) -> Tree:
    """Return a tree of scikit-learn's decision trees and forests.

    Args:
        tree: A ``tree_``.
        is_classifier: Whether leaves hold a share for each class.
    """
    values = tree.value[:, 0, :]
    leaves = values.tolist() if is_classifier else values[:, 0].tolist()
    if is_classifier:
        # As the tree's own predict_proba does, which keeps shares that do not add up to one in the last bit.
        leaves = [row[: tree.n_classes[0]] for row in leaves]
    return _walker(
        _nested(
            is_leaf=(tree.children_left == _LEAF).tolist(),
            features=tree.feature.tolist(),
            thresholds=in_double(tree.threshold).tolist(),
            null_left=np.asarray(tree.missing_go_to_left, dtype=bool).tolist(),
            left=tree.children_left.tolist(),
            right=tree.children_right.tolist(),
            leaves=leaves,
        )
    )


def boosted_tree(nodes: Any) -> Tree:
    """Return a tree of histogram boosting, which compares in double precision.

    Args:
        nodes: A predictor's table of nodes.
    """
    return _walker(
        _nested(
            is_leaf=nodes["is_leaf"].astype(bool).tolist(),
            features=nodes["feature_idx"].tolist(),
            thresholds=nodes["num_threshold"].tolist(),
            null_left=nodes["missing_go_to_left"].astype(bool).tolist(),
            left=nodes["left"].tolist(),
            right=nodes["right"].tolist(),
            leaves=nodes["value"].tolist(),
        )
    )


def in_double(thresholds: Any) -> Any:
    """Return bounds for numbers in double precision that decide as those for rounded ones do.

    The trees round features to single precision and compare then: ``float32(x) <= t``. That is ``x <= u``, where ``u``
    is the largest double that rounds to at most ``t``: half-way to the next single, or just below where the half-way
    point rounds up, since ties go to the even one.
    """
    wide = np.asarray(thresholds, dtype=np.float64)
    with np.errstate(over="ignore"):
        single = wide.astype(np.float32)
        single = np.where(single > wide, np.nextafter(single, np.float32(-np.inf)), single)
        above = np.nextafter(single, np.float32(np.inf)).astype(np.float64)
        middle = (single.astype(np.float64) + above) / 2
        rounds_down = middle.astype(np.float32) <= single
    return np.where(rounds_down, middle, np.nextafter(middle, -np.inf))


def _nested(
    *,
    is_leaf: Sequence[bool],
    features: Sequence[int],
    thresholds: Sequence[float],
    null_left: Sequence[bool],
    left: Sequence[int],
    right: Sequence[int],
    leaves: Sequence[Any],
) -> tuple[Any, ...]:
    """Return the root; children come after their parents in every table, so they are made first from the end."""
    made: list[Any] = [None] * len(is_leaf)
    for place in range(len(is_leaf) - 1, -1, -1):
        if is_leaf[place]:
            made[place] = (_LEAF, leaves[place], False, None, None)
        else:
            made[place] = (
                features[place],
                thresholds[place],
                null_left[place],
                made[left[place]],
                made[right[place]],
            )
    root: tuple[Any, ...] = made[0]
    return root


def _walker(root: tuple[Any, ...]) -> Tree:
    def walk(row: Sequence[Any]) -> Any:
        feature, threshold, null_left, left, right = root
        while feature >= 0:
            value = row[feature]
            if value <= threshold or (null_left and value != value):
                feature, threshold, null_left, left, right = left
            else:
                feature, threshold, null_left, left, right = right
        return threshold

    return walk
