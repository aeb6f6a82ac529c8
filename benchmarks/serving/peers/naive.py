"""FastAPI as tutorials show it: a pydantic model, a one-row frame, the pipeline."""

from __future__ import annotations

from typing import Any

import model
from fastapi import FastAPI
from pydantic import Field, create_model

fields: dict[str, Any] = {
    name.replace("-", "_"): (float, Field(alias=name)) for name in model.NUMBERS
}
fields |= {name.replace("-", "_"): (str, Field(alias=name)) for name in model.TEXTS}
Record: Any = create_model("Record", **fields)
app = FastAPI()
pipeline = model.load()


@app.post("/predict")
def predict(record: Record) -> dict[str, Any]:
    """Answer one record."""
    return model.answers(pipeline, [record.model_dump(by_alias=True)])[0]
