"""The version that serves, and the answers to request bodies."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.concurrency import run_in_threadpool
from runtime.checks import Checked, InvalidRecords, Remark
from runtime.loading import load_version
from runtime.policy import read_policy
from runtime.predictor import Answer, Predictor
from runtime.selection import choose_version

from .batching import Batcher
from .bodies import parse_json
from .metrics import Metrics
from .problems import Problem
from .settings import Settings
from .writing import AnswerWriter

logger = logging.getLogger("app.serving")


@dataclass(frozen=True, slots=True)
class Serving:
    """A loaded version with all that answering takes.

    Attributes:
        predictor: Checks records and asks the pipeline.
        batcher: The thread that asks it.
        metrics: Where answers are counted.
        model: What every answer says about the model.
        writer: Writes answers.
        max_records: Most records in one batch.
        use_kernel: Whether the row kernel answers what it can.
    """

    predictor: Predictor
    batcher: Batcher
    metrics: Metrics
    model: dict[str, str]
    writer: AnswerWriter
    max_records: int
    use_kernel: bool = True

    async def predict(self, body: bytes, request_id: str) -> bytes:
        """Answer one record, given and returned as JSON.

        Raises:
            Problem: The body is no record that the schema allows, or the model has no time for it.
        """
        checked = self.predictor.check(parse_json(body))
        try:
            answer = await self._answer(checked)
        except InvalidRecords as error:
            raise self._rejection(error, lambda _, name: name) from error
        self._count((answer,))
        return self.writer.one(answer, request_id)

    async def predict_batch(self, body: bytes, request_id: str) -> bytes:
        """Answer ``{"records": [...]}`` in order, given and returned as JSON.

        Raises:
            Problem: The body is no such object, a record is not as the schema allows, or there is no time for it.
        """
        try:
            # Reading and checking many records must not keep the model from other requests.
            checked = await run_in_threadpool(self._checked, body)
            return await self.batcher.run(lambda: self._answer_batch(checked, request_id))
        except InvalidRecords as error:
            raise self._rejection(error, _batch_field) from error

    async def _answer(self, checked: Checked) -> Answer:
        if checked.errors:
            raise InvalidRecords(tuple((0, error) for error in checked.errors))
        answer = self.predictor.answer_at_once(checked) if self.use_kernel else None
        if answer is not None:
            self.metrics.at_once()
            return answer
        return await self.batcher.answer(checked)

    def _checked(self, body: bytes) -> list[Checked]:
        return [self.predictor.check(record) for record in self._records(parse_json(body))]

    def _answer_batch(self, checked: Sequence[Checked], request_id: str) -> bytes:
        answers = self.predictor.answer(checked)
        self._count(answers)
        return self.writer.many(answers, request_id)

    def _count(self, answers: Sequence[Answer]) -> None:
        warnings = [warning for answer in answers for warning in answer.warnings]
        self.metrics.answered(self.model["version"], len(answers), warnings)

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
    _warm_up(predictor)
    manifest = predictor.version.manifest
    model = {
        "name": manifest.name,
        "version": manifest.version,
        "artifact_digest": manifest.artifact_digest,
    }
    batcher = Batcher(predictor.answer_each, settings.limits, metrics.batch)
    return Serving(
        predictor,
        batcher,
        metrics,
        model,
        AnswerWriter(model),
        settings.max_records,
        settings.use_kernel,
    )


def serving_of(state: Any) -> Serving:
    """Return what serves.

    Args:
        state: The application's state.

    Raises:
        Problem: Nothing does.
    """
    serving: Serving | None = state.serving
    if serving is None:
        detail = "No model serves: its files did not pass verification; see the service's log."
        raise Problem(503, detail, headers={"Retry-After": "30"})
    return serving


def _warm_up(predictor: Predictor) -> None:
    example = predictor.check(predictor.version.schema.example())
    try:
        predictor.answer([example])
    except Exception:
        # The examples of the columns need not go together; requests are answered all the same.
        logger.warning("the example record has no answer", exc_info=True)


def _batch_field(position: int, name: str) -> str:
    return f"records[{position}].{name}" if name else f"records[{position}]"
