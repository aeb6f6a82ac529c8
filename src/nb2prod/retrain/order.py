"""A retraining order: service, version, settings and data, all checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nb2prod.config import Config, load_config
from nb2prod.config.loading import OWN_FILE
from nb2prod.retrain.data import resolve_data
from nb2prod.retrain.options import RetrainOptions
from nb2prod.retrain.predecessor import Predecessor, find_predecessor
from nb2prod.service.finding import find_service


@dataclass(frozen=True, slots=True)
class RetrainOrder:
    """What is to be trained again.

    Attributes:
        service: The service's folder.
        config: Its settings, with seed and threads of the version.
        predecessor: The version.
        data: Where each data file is, by its path from the notebook.
        with_notebook: Whether the notebook is executed again.
        timeout: Seconds that training may take, or None.
    """

    service: Path
    config: Config
    predecessor: Predecessor
    data: Mapping[str, Path]
    with_notebook: bool
    timeout: float | None


def take_order(service: Path, options: RetrainOptions) -> RetrainOrder:
    """Check what a retraining is asked to do.

    Raises:
        UsageError: There is no such service, version or data file.
        ArtifactFault: The version was changed after it was built.
        EnvironmentFault: A data file is missing.
    """
    folder = find_service(service)
    config = load_config(folder / OWN_FILE)
    predecessor = find_predecessor(folder, options.version)
    manifest = predecessor.manifest
    asked = options.with_notebook
    return RetrainOrder(
        service=folder,
        config=config.model_copy(update={"seed": manifest.seed, "threads": manifest.threads}),
        predecessor=predecessor,
        data=resolve_data(folder, manifest.data, options.data),
        with_notebook=config.retrain.with_notebook if asked is None else asked,
        timeout=options.timeout,
    )
