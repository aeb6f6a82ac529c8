"""What is kept of one run of a notebook: ``run.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

RUN_FORMAT = 1
"""Format of ``run.json``; raise it when a reader of the old one would misread the new one."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run.

    Attributes:
        id: Its name: when it began, and four random digits.
        notebook: Path of the notebook as it was given.
        code: Digest of the cells that ran, in order.
        parameters: Every parameter with its value.
        injected: Those that this run set.
        seed: The seed of every generator.
        threads: BLAS and OpenMP threads.
        started: When it began, in UTC.
        seconds: How long it took.
        status: ``finished`` or ``failed``.
        error: Why it failed, with the cell, or None.
        metrics: Numbers that the ``evaluate`` cells bound; None where one is no finite number.
        data: Path, digest and size of each file that it read, by its path from the notebook.
        sweep: Name of the sweep that it is one of, or None.
        mlflow: The run in MLflow: ``uri`` and ``run_id``; None where it is in none.
    """

    id: str
    notebook: str
    code: str
    parameters: Mapping[str, Any]
    injected: Mapping[str, Any]
    seed: int
    threads: int
    started: str
    seconds: float
    status: Literal["finished", "failed"]
    error: str | None = None
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    data: tuple[Mapping[str, Any], ...] = ()
    sweep: str | None = None
    mlflow: Mapping[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the content of ``run.json``."""
        return {"format": RUN_FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> RunRecord:
        """Read the content of ``run.json``.

        Raises:
            ValueError: It is of another format, or lacks something.
        """
        known = dict(content)
        if known.pop("format", None) != RUN_FORMAT:
            raise ValueError(f"not of format {RUN_FORMAT}")
        try:
            return cls(**{**known, "data": tuple(known["data"])})
        except (KeyError, TypeError) as error:
            raise ValueError(f"lacks something: {error}") from error
