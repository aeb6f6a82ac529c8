"""The settings, their types and their defaults."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

Prove = Literal["sample", "full"]

Domain = Literal["flag", "reject", "fallback"]

LARGEST_SEED = 2**32 - 1
"""What ``PYTHONHASHSEED`` and NumPy's legacy generator both accept."""


def _as_columns(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


class Section(BaseModel):
    """A table of the configuration file: a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class Lint(Section):
    """What the linter reports.

    Attributes:
        select: Codes or beginnings of codes to report; empty for all.
        ignore: Codes or beginnings of codes to leave out.
        per_path: Further codes to leave out, by a pattern for the notebook's path.
        magics: Names of magics of the project's own, which bind nothing.
        fail_on: The least severity that makes `nb2prod lint` fail.
    """

    select: tuple[StrictStr, ...] = ()
    ignore: tuple[StrictStr, ...] = ()
    per_path: dict[StrictStr, tuple[StrictStr, ...]] = {}
    magics: tuple[StrictStr, ...] = ()
    fail_on: Literal["error", "warning", "info"] = "error"


class Gates(Section):
    """Thresholds that a candidate must meet; no part of the run key."""


class Config(Section):
    """Every setting with its value, from the defaults, the file and the command line.

    Attributes:
        name: Name of the service; the notebook's file name where nothing is given.
        output: Folder that the services are written to.
        seed: The one integer that seeds every generator.
        timeout: Seconds that one cell may take, or None for no limit.
        threads: Threads of BLAS and OpenMP; more than one can change the last bits of a result.
        target: The column or columns to predict, where the build cannot tell them by itself.
        strict: Whether warnings stop a build.
        prove: Whether single rows are proved on a covering sample or on every held-out row.
        domain: What the service does with rows that training would have dropped.
        fallback: The prediction that it gives for them where ``domain`` is ``fallback``.
        gates: Thresholds that a candidate must meet.
        lint: What the linter reports.
    """

    name: StrictStr | None = None
    output: Path = Path("services")
    seed: Annotated[StrictInt, Field(ge=0, le=LARGEST_SEED)] = 42
    timeout: Annotated[float, Field(gt=0, strict=True)] | None = 600.0
    threads: Annotated[StrictInt, Field(ge=1)] = 1
    target: Annotated[tuple[StrictStr, ...], BeforeValidator(_as_columns)] = ()
    strict: StrictBool = False
    prove: Prove = "sample"
    domain: Domain = "flag"
    fallback: StrictStr | StrictInt | StrictFloat | StrictBool | None = None
    gates: Gates = Gates()
    lint: Lint = Lint()

    @field_validator("fallback")
    @classmethod
    def _is_there(cls, value: object, info: ValidationInfo) -> object:
        if value is None and info.data.get("domain") == "fallback":
            raise PydanticCustomError("no_fallback", 'given where `domain` is "fallback"')
        return value
