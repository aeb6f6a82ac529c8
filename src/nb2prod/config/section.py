"""What every table of the configuration file is."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the configuration file: a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
