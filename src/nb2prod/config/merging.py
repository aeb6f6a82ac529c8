"""Put what the command line says over what the file says."""

from collections.abc import Mapping

from nb2prod.config.faults import checked
from nb2prod.config.model import Config


def merged(config: Config, given: Mapping[str, object]) -> Config:
    """Return the settings with those of the command line in place of the file's.

    Args:
        config: What the file and the defaults say.
        given: Settings by key; None means that the command line does not say.

    Raises:
        UsageError: If a value is not what the key takes.
    """
    said = {key: value for key, value in given.items() if value is not None}
    return checked({**config.model_dump(), **said}) if said else config
