"""Fingerprints of values, to tell whether two runs computed the same."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

_ROWS = 10_000
"""Of a longer table or array as many rows, spread over it, stand for all."""

_ITEMS = 1_000
_DEPTH = 4
_SCALARS = (bool, int, float, complex, str, bytes, type(None), np.generic)


def fingerprint(value: Any) -> str | None:
    """Return what tells a value from another, or None where its content cannot be seen.

    Durations that an estimator keeps count for nothing: they differ in every run.
    """
    parts = _parts(value, 0)
    if parts is None:
        return None
    return hashlib.blake2b(b"\0".join(parts), digest_size=12).hexdigest()


def _parts(value: Any, depth: int) -> list[bytes] | None:
    """Return a value's content as bytes, or None."""
    if isinstance(value, _SCALARS):
        return [type(value).__name__.encode(), repr(value).encode()]
    if depth >= _DEPTH:
        return None
    if isinstance(value, np.ndarray | pd.DataFrame | pd.Series | pd.Index):
        return [type(value).__name__.encode(), str(value.shape).encode(), _table(value)]
    if isinstance(value, list | tuple | set | frozenset):
        return [type(value).__name__.encode(), *_several(enumerate(value), depth)]
    if isinstance(value, Mapping):
        return [b"mapping", *_several(value.items(), depth)]
    if isinstance(value, np.random.Generator):
        return _parts(value.bit_generator.state, depth + 1)
    if isinstance(value, np.random.RandomState):
        return _parts(value.get_state(legacy=False), depth + 1)
    if isinstance(value, random.Random) and not isinstance(value, random.SystemRandom):
        return [repr(value.getstate()).encode()]
    if hasattr(value, "get_params"):
        return [type(value).__name__.encode(), *_several(sorted(vars(value).items()), depth)]
    return None


def _several(items: Iterable[tuple[Any, Any]], depth: int) -> list[bytes]:
    found = []
    for number, (key, item) in enumerate(items):
        if number >= _ITEMS:
            break
        if not (isinstance(key, str) and "time" in key):
            found += [repr(key).encode() if isinstance(key, _SCALARS) else b""]
            found += _parts(item, depth + 1) or [b"?"]
    return found


def _table(value: Any) -> bytes:
    if isinstance(value, np.ndarray):
        some = value[:: max(1, len(value) // _ROWS)] if value.ndim else value
        return repr(some.tolist()).encode() if some.dtype.hasobject else some.tobytes()
    step = max(1, len(value) // _ROWS)
    frame = value[::step].to_frame() if isinstance(value, pd.Index) else value.iloc[::step]
    frame = frame.to_frame() if isinstance(frame, pd.Series) else frame
    return repr([list(frame.columns), frame.to_numpy(dtype=object).tolist()]).encode()
