"""Random raw tables: nulls, categories, dates, text, duplicates, constant columns, integers beyond 2**53."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

TARGET = "bought"
_SIZES = (24, 60, 60, 120, 220)


@dataclass(frozen=True, slots=True)
class Table:
    """A raw table.

    Attributes:
        frame: As a notebook reads it from its file.
        kinds: What each column but the target holds: ``n`` numbers, ``i`` integers without nulls, ``c`` categories,
            ``t`` text, ``d`` dates as text, ``b`` booleans, ``m`` prices as text, ``s`` sizes as text.
    """

    frame: pd.DataFrame
    kinds: Mapping[str, str]

    def csv(self) -> str:
        """Return its file."""
        return self.frame.to_csv(index=False)


Maker = Callable[[np.random.Generator, int], pd.Series]


def _floats(rng: np.random.Generator, rows: int) -> pd.Series:
    return pd.Series(rng.normal(50.0, 15.0, rows).round(2))


def _skewed(rng: np.random.Generator, rows: int) -> pd.Series:
    return pd.Series(rng.lognormal(8.0, 1.2, rows).round(3))


def _signed(rng: np.random.Generator, rows: int) -> pd.Series:
    return pd.Series(rng.normal(0.0, 2.0, rows).round(4))


def _counts(rng: np.random.Generator, rows: int) -> pd.Series:
    return pd.Series(rng.poisson(3.0, rows))


def _large(rng: np.random.Generator, rows: int) -> pd.Series:
    return pd.Series(rng.integers(2**53, 2**53 + 4 * rows, rows))


def _constant(_: np.random.Generator, rows: int) -> pd.Series:
    return pd.Series([7] * rows)


def _cities(rng: np.random.Generator, rows: int) -> pd.Series:
    weights = [0.45, 0.3, 0.15, 0.07, 0.03]
    return pd.Series(rng.choice(["Rome", "Oslo", "Kiev", "Bern", "Lund"], rows, p=weights))


def _mixed_case(rng: np.random.Generator, rows: int) -> pd.Series:
    return pd.Series(rng.choice(["Red", "red", " RED", "Blue", "blue ", "GREEN"], rows))


def _plans(rng: np.random.Generator, rows: int) -> pd.Series:
    return pd.Series(rng.choice(["basic", "gold", "pro"], rows))


def _notes(rng: np.random.Generator, rows: int) -> pd.Series:
    notes = ["Great value", "too slow", "ok", "will come again", "slow, but ok", "Never again!"]
    return pd.Series(rng.choice(notes, rows))


def _dates(rng: np.random.Generator, rows: int) -> pd.Series:
    days = pd.to_timedelta(rng.integers(0, 2500, rows), unit="D")
    return pd.Series((pd.Timestamp("2015-01-01") + days).strftime("%Y-%m-%d"))


def _flags(rng: np.random.Generator, rows: int) -> pd.Series:
    return pd.Series(rng.random(rows) < 0.4)


def _prices(rng: np.random.Generator, rows: int) -> pd.Series:
    return pd.Series([f"${value:,.2f}" for value in rng.uniform(5, 4000, rows)])


def _measures(rng: np.random.Generator, rows: int) -> pd.Series:
    return pd.Series(rng.choice(["2 rooms", "3 rooms", "10-12", "5", "7"], rows))


_POOL: tuple[tuple[str, str, bool, Maker], ...] = (
    ("age", "n", True, _floats),
    ("income", "n", True, _skewed),
    ("score", "n", False, _signed),
    ("visits", "i", False, _counts),
    ("stock", "i", False, _counts),
    ("code", "i", False, _large),
    ("same", "i", False, _constant),
    ("city", "c", False, _cities),
    ("shade", "c", False, _mixed_case),
    ("plan", "c", True, _plans),
    ("note", "t", False, _notes),
    ("since", "d", False, _dates),
    ("seen", "d", True, _dates),
    ("member", "b", False, _flags),
    ("price", "m", False, _prices),
    ("size", "s", False, _measures),
)
"""Name, kind, whether it may have nulls, and how it is made."""

_ALWAYS = frozenset({"age", "visits", "city"})


def random_table(rng: random.Random, without: Collection[str] = ()) -> Table:
    """Draw a table: some of the pool's columns, in any order, with and without nulls and duplicates.

    Args:
        rng: Draws.
        without: Columns that it may not have.
    """
    generator = np.random.default_rng(rng.getrandbits(32))
    rows = rng.choice(_SIZES)
    chosen = [entry for entry in _POOL if entry[0] in _ALWAYS or rng.random() < 0.6]
    chosen = [entry for entry in chosen if entry[0] not in without]
    rng.shuffle(chosen)
    columns = {}
    for name, _, may_be_null, make in chosen:
        column = make(generator, rows)
        if may_be_null and rng.random() < 0.8:
            column = column.mask(pd.Series(generator.random(rows) < rng.choice([0.03, 0.1, 0.3])))
        columns[name] = column
    frame = pd.DataFrame(columns)
    frame.insert(rng.randint(0, len(chosen)), TARGET, _target(frame, generator))
    if rng.random() < 0.5:
        frame.iloc[-3:] = frame.iloc[:3].to_numpy()
    kinds = {name: kind for name, kind, _, _ in chosen}
    return Table(frame.infer_objects(), MappingProxyType(kinds))


def _target(frame: pd.DataFrame, generator: np.random.Generator) -> pd.Series:
    signal = frame["age"].fillna(50.0) / 30 + frame["visits"] / 3 + (frame["city"] == "Rome")
    noisy = signal + generator.normal(0.0, 0.4, len(frame))
    return pd.Series(np.where(noisy > noisy.median(), "yes", "no"))
