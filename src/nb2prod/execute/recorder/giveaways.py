"""Find features that give the answer away: one column alone says what is predicted, for every fitted row."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nb2prod.execute.recorder.matching import Positions

_FEWEST_ROWS = 30
_MOST_COLUMNS = 500
_MOST_CLASSES = 20
_LINEAR = 1.0 - 1e-12


def giveaways(
    features: Any, positions: Positions, answers: npt.NDArray[Any], answered: Positions
) -> list[str]:
    """Return the columns that say the answer.

    Args:
        features: Rows that the model was fitted on.
        positions: Their raw rows.
        answers: What they were fitted to, one value a row of ``answered``.
        answered: Raw rows of the answers.
    """
    if not isinstance(features, pd.DataFrame) or answers.ndim != 1:
        return []
    known = pd.Series(answers, index=answered)
    if len(features) < _FEWEST_ROWS or features.shape[1] > _MOST_COLUMNS:
        return []
    if not known.index.is_unique or not features.columns.is_unique:
        return []
    target = known.reindex(positions).reset_index(drop=True)
    if target.isna().any() or target.nunique() < 2:
        return []
    return [str(name) for name in features.columns if _says(features[name], target)]


def _says(column: pd.Series[Any], target: pd.Series[Any]) -> bool:
    values = column.reset_index(drop=True)
    if values.isna().any():
        return False
    if values.dtype == np.float16:
        values = values.astype(float)  # pandas groups by no half floats
    if target.nunique() <= _MOST_CLASSES:
        return bool(values.nunique() == target.nunique()) and bool(
            (target.groupby(values).nunique() == 1).all()
        )
    if values.dtype.kind not in "iuf" or target.dtype.kind not in "iuf" or values.nunique() < 2:
        return False
    return bool(abs(np.corrcoef(values, target)[0, 1]) >= _LINEAR)
