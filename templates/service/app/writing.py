"""Answers as JSON."""

import json
from collections.abc import Mapping, Sequence

from runtime.checks import Remark
from runtime.predictor import Answer

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class AnswerWriter:
    """Write answers of one version; what all of them say about the model is encoded once.

    Args:
        model: Name, version and artifact digest.
    """

    def __init__(self, model: Mapping[str, str]) -> None:
        self._model = f',"model":{_encode(model)},"request_id":"'

    def one(self, answer: Answer, request_id: str) -> bytes:
        """Return the body that answers one record; the request id holds no character to escape."""
        warnings = [_entry(warning) for warning in answer.warnings]
        given = _encode(
            {
                "prediction": answer.prediction,
                "probabilities": answer.probabilities,
                "warnings": warnings,
            }
        )
        return f'{given[:-1]}{self._model}{request_id}"}}'.encode()

    def many(self, answers: Sequence[Answer], request_id: str) -> bytes:
        """Return the body that answers a batch."""
        probabilities = [answer.probabilities for answer in answers]
        warnings = [
            {"record": position, **_entry(warning)}
            for position, answer in enumerate(answers)
            for warning in answer.warnings
        ]
        given = _encode(
            {
                "predictions": [answer.prediction for answer in answers],
                "probabilities": None if None in probabilities else probabilities,
                "warnings": warnings,
            }
        )
        return f'{given[:-1]}{self._model}{request_id}"}}'.encode()


def _entry(remark: Remark) -> dict[str, str]:
    return {"field": remark.field, "reason": remark.reason}
