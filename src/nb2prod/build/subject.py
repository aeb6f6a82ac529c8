"""What becomes a version, whoever trains it: a notebook that was compiled, or an earlier version on new data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2prod.config import Config
from nb2prod.prove.captured import Captured


@dataclass(frozen=True, slots=True)
class Subject:
    """All that a version is sealed, proved and published with.

    Attributes:
        name: Name of the service.
        service: Its folder.
        config: Every setting; seed and threads are those of the training.
        parameters: Every parameter with its value.
        target: Columns that are predicted.
        states: Frozen values with their places, as ``configs/vN.yaml`` lists them.
        schema: Content of ``schema.json``.
        captured: The run that the version is compared with.
        is_fitted_target: Whether the model was fitted to the target's raw values.
        notebook: Path of the notebook within the service.
        data: Where each data file is now, by its path from the notebook.
        trained_from: The version whose code is trained again, or None.
    """

    name: str
    service: Path
    config: Config
    parameters: Mapping[str, Any]
    target: tuple[str, ...]
    states: Sequence[Mapping[str, Any]]
    schema: Mapping[str, Any]
    captured: Captured
    is_fitted_target: bool
    notebook: str
    data: Mapping[str, Path]
    trained_from: str | None = None
