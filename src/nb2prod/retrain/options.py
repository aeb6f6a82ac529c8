"""What a retraining is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field

from nb2prod.build.options import Reporter, Silent


@dataclass(frozen=True, slots=True)
class RetrainOptions:
    """How to retrain; None leaves a setting to the service's ``nb2prod.toml``.

    Attributes:
        data: New data, each as ``NAME=FILE`` or ``FILE``; what is not named is read from the service's own folder.
        version: The version to train again; the one in production where nothing is said, else the newest.
        with_notebook: Whether the notebook is executed again too.
        timeout: Seconds that training may take, or None for no limit.
        reporter: Shows the progress.
    """

    data: tuple[str, ...] = ()
    version: str | None = None
    with_notebook: bool | None = None
    timeout: float | None = None
    reporter: Reporter = field(default_factory=Silent)
