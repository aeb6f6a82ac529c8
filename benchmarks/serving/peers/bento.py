"""BentoML with batching on."""

from __future__ import annotations

from typing import Any

import bentoml
import model


@bentoml.service(workers=1, traffic={"timeout": 60})
class Adult:
    """The model behind a batchable method, which single requests reach through the service's dispatcher."""

    def __init__(self) -> None:
        self.pipeline = model.load()

    @bentoml.api(batchable=True, max_batch_size=64, max_latency_ms=1000)  # type: ignore[untyped-decorator]  # as above
    def predict(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Answer a batch."""
        return model.answers(self.pipeline, records)
