"""The model that every server serves, and its record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import joblib
import pandas as pd

FOLDER = Path(__file__).resolve().parent / "work"
NUMBERS = ("age", "fnlwgt", "education-num", "capital-gain", "capital-loss", "hours-per-week")
TEXTS = (
    "workclass", "education", "marital-status", "occupation", "relationship", "race", "sex",
    "native-country",
)  # fmt: skip


def load() -> Any:
    """Return the fitted pipeline."""
    return joblib.load(FOLDER / "model.joblib")  # noqa: TID251 - what prepare.py wrote


def frame(records: list[dict[str, Any]]) -> pd.DataFrame:
    """Return records as the table that the pipeline takes."""
    return pd.DataFrame(records)


def answers(pipeline: Any, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a label and its probability for each record."""
    table = frame(records)
    shares = pipeline.predict_proba(table)[:, 1].tolist()
    labels = pipeline.predict(table).tolist()
    return [
        {"prediction": label, "probability": share}
        for label, share in zip(labels, shares, strict=True)
    ]


def parsed(body: bytes) -> dict[str, Any]:
    """Return the record of a request's body."""
    record: dict[str, Any] = json.loads(body)
    return record
