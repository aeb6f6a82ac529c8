"""The version that serves, and the answers to request bodies."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass

from runtime.checks import InvalidRecords, Remark
from runtime.loading import load_version
from runtime.policy import read_policy
from runtime.predictor import Answer, Predictor
from runtime.selection import choose_version

from .bodies import parse_json
from .metrics import Metrics
from .problems import Problem
from .settings import Settings

logger = logging.getLogger("app.serving")


@dataclass(frozen=True, slots=True)
class Serving:
    """A loaded version with all that answering takes.

    Attributes:
        predictor: Checks records and asks the pipeline.
        metrics: Where answers are counted.
        max_records: Most records in one batch.
    """

    predictor: Predictor
    metrics: Metrics
    max_records: int

    @property
    def model(self) -> dict[str, str]:
        """Return what every answer says about the model."""
        manifest = self.predictor.version.manifest
        return {
            "name": manifest.name,
            "version": manifest.version,
            "artifact_digest": manifest.artifact_digest,
        }

    def predict(self, body: bytes, request_id: str) -> bytes:
        """Answer one record, given and returned as JSON.

        Raises:
            Problem: The body is no record that the schema allows.
        """
        (answer,) = self._answers([parse_json(body)], lambda _, name: name)
        return _encoded(
            {
                "prediction": answer.prediction,
                "probabilities": answer.probabilities,
                "model": self.model,
                "request_id": request_id,
                "warnings": [_entry(warning) for warning in answer.warnings],
            }
        )

    def predict_batch(self, body: bytes, request_id: str) -> bytes:
        """Answer ``{"records": [...]}`` in order, given and returned as JSON.

        Raises:
            Problem: The body is no such object, or a record is not as the schema allows.
        """
        answers = self._answers(self._records(parse_json(body)), _batch_field)
        return _encoded(
            {
                "predictions": [answer.prediction for answer in answers],
                "probabilities": None
                if any(answer.probabilities is None for answer in answers)
                else [answer.probabilities for answer in answers],
                "model": self.model,
                "request_id": request_id,
                "warnings": [
                    {"record": position, **_entry(warning)}
                    for position, answer in enumerate(answers)
                    for warning in answer.warnings
                ],
            }
        )

    def _answers(self, records: list[object], field_of: Callable[[int, str], str]) -> list[Answer]:
        try:
            answers = self.predictor.predict(records)
        except InvalidRecords as error:
            raise self._rejection(error, field_of) from error
        warnings = [warning for answer in answers for warning in answer.warnings]
        self.metrics.answered(self.model["version"], len(answers), warnings)
        return answers

    def _rejection(self, error: InvalidRecords, field_of: Callable[[int, str], str]) -> Problem:
        self.metrics.rejected(len({position for position, _ in error.errors}))
        reasons = tuple(
            Remark(field_of(position, remark.field), remark.reason)
            for position, remark in error.errors
        )
        number = f"{len(reasons)} fields are" if len(reasons) > 1 else "One field is"
        return Problem(422, f"{number} not as the model needs it; see GET /schema.", reasons)

    def _records(self, content: object) -> list[object]:
        if not isinstance(content, dict) or set(content) != {"records"}:
            reason = 'must be an object with one entry, "records", a list of records'
            raise Problem(422, "The body is no batch.", (Remark("", f"the body {reason}"),))
        records = content["records"]
        if not isinstance(records, list):
            raise Problem(422, "The body is no batch.", (Remark("records", "must be a list"),))
        if len(records) > self.max_records:
            raise Problem(413, f"A batch may hold at most {self.max_records} records.")
        return records


def load_serving(settings: Settings, metrics: Metrics) -> Serving:
    """Verify and load the version that serves, and answer once, so that no caller waits for that.

    Raises:
        ArtifactError: There is no such version, or it was changed after it was built.
    """
    folder = choose_version(settings.folder, settings.version)
    predictor = Predictor(load_version(folder), read_policy(settings.folder))
    example = predictor.check(predictor.version.schema.example())
    try:
        predictor.answer([example])
    except Exception:
        # The examples of the columns need not go together; requests are answered all the same.
        logger.warning("the example record has no answer", exc_info=True)
    serving = Serving(predictor, metrics, settings.max_records)
    metrics.serving(predictor.version.manifest)
    return serving


def _batch_field(position: int, name: str) -> str:
    return f"records[{position}].{name}" if name else f"records[{position}]"


def _entry(remark: Remark) -> dict[str, str]:
    return {"field": remark.field, "reason": remark.reason}


def _encoded(answer: dict[str, object]) -> bytes:
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
