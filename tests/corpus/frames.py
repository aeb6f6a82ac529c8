"""The tables that the corpus reads: small, with nulls, categories, dates, text and duplicates."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

ROWS = 220
_DATA = Path(__file__).resolve().parents[2] / "notebooks" / "data"


def people() -> pd.DataFrame:
    """Return customers with the binary target ``bought``."""
    rng = np.random.default_rng(5)
    age = rng.integers(18, 80, ROWS).astype(float)
    income = rng.lognormal(10.0, 0.6, ROWS).round(2)
    city = rng.choice(["Rome", "Oslo", "Kiev", "Bern", "Lund"], ROWS, p=[0.4, 0.3, 0.2, 0.07, 0.03])
    score = age / 80 + np.log(income) / 12 + (city == "Oslo") * 0.3 + rng.normal(0, 0.15, ROWS)
    age[rng.random(ROWS) < 0.08] = np.nan
    income[rng.random(ROWS) < 0.06] = np.nan
    plan = pd.Series(rng.choice(["basic", "gold", "pro"], ROWS))
    plan[rng.random(ROWS) < 0.05] = None
    visits = rng.poisson(3.0, ROWS)
    since = pd.Timestamp("2015-01-01") + pd.to_timedelta(rng.integers(0, 2500, ROWS), unit="D")
    rooms = pd.Series(rng.choice(["2 rooms", "3 rooms", "10-12", "n/a", "5"], ROWS))
    frame = pd.DataFrame(
        {
            "id": np.arange(1000, 1000 + ROWS),
            "age": age,
            "income": income,
            "city": city,
            "plan": plan,
            "visits": visits,
            "since": since.strftime("%Y-%m-%d"),
            "note": rng.choice(
                ["Great value", "too slow", "ok", "will come again", "slow, but ok"], ROWS
            ),
            "rooms": rooms,
            "price": [f"${value:,.2f}" for value in rng.uniform(5, 4000, ROWS)],
            "member": rng.random(ROWS) < 0.4,
            "bought": np.where(score > np.median(score), "yes", "no"),
        }
    )
    frame.loc[ROWS - 5 :, frame.columns[1:]] = frame.loc[:4, frame.columns[1:]].to_numpy()
    return frame


def houses() -> pd.DataFrame:
    """Return houses with the numeric target ``price``."""
    rng = np.random.default_rng(6)
    area = rng.normal(90.0, 25.0, ROWS).clip(20).round(1)
    rooms = rng.integers(1, 7, ROWS)
    built = rng.integers(1900, 2021, ROWS)
    zone = rng.choice(["A", "B", "C"], ROWS)
    price = area * 2.1 + rooms * 11 + (zone == "A") * 60 + rng.normal(0, 12, ROWS)
    area[rng.random(ROWS) < 0.07] = np.nan
    garage = pd.Series(rng.choice(["none", "small", "big"], ROWS))
    garage[rng.random(ROWS) < 0.1] = None
    return pd.DataFrame(
        {
            "area": area,
            "rooms": rooms,
            "built": built,
            "zone": zone,
            "garage": garage,
            "sold": (
                pd.Timestamp("2019-03-01") + pd.to_timedelta(rng.integers(0, 900, ROWS), unit="D")
            ).strftime("%d/%m/%Y"),
            "price": price.round(2),
        }
    )


def visits() -> pd.DataFrame:
    """Return website visits with the three-class target ``kind``, as numbers."""
    rng = np.random.default_rng(7)
    pages = rng.poisson(6.0, ROWS) + 1
    seconds = (rng.gamma(2.0, 40.0, ROWS)).round(1)
    device = rng.choice(["phone", "desk", "tablet"], ROWS)
    kind = np.digitize(
        pages + seconds / 40 + (device == "desk") * 2 + rng.normal(0, 0.8, ROWS), [7.0, 10.0]
    )
    return pd.DataFrame(
        {
            "pages": pages,
            "seconds": seconds,
            "device": device,
            "hour": rng.integers(0, 24, ROWS),
            "kind": kind,
        }
    )


def cities() -> pd.DataFrame:
    """Return a lookup table by city."""
    return pd.DataFrame(
        {"city": ["Rome", "Oslo", "Kiev", "Bern", "Lund"], "tax": [0.22, 0.25, 0.2, 0.08, 0.25]}
    )


def _shipped(name: str, rows: int) -> Callable[[], pd.DataFrame]:
    def read() -> pd.DataFrame:
        frame = pd.read_csv(_DATA / f"{name}.csv", skipinitialspace=True)
        return frame.sample(min(rows, len(frame)), random_state=0).reset_index(drop=True)

    return read


FRAMES: Mapping[str, Callable[[], pd.DataFrame]] = {
    "people": people,
    "houses": houses,
    "visits": visits,
    "cities": cities,
    "penguins_raw": _shipped("penguins_raw", 400),
    "adult": _shipped("adult", 1200),
    "california_housing": _shipped("california_housing", 800),
}
"""Tables by the name of their file."""


@cache
def csv_of(name: str) -> bytes:
    """Return the file of a table."""
    return FRAMES[name]().to_csv(index=False).encode()


@cache
def table(name: str) -> pd.DataFrame:
    """Return a table as a notebook reads it; do not change it."""
    return pd.read_csv(io.BytesIO(csv_of(name)))
