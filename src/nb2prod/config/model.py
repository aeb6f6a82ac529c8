"""The settings, their types and their defaults."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from nb2prod.config.gates import Gates
from nb2prod.config.section import Section

Prove = Literal["sample", "full"]

Domain = Literal["flag", "reject", "fallback"]

LARGEST_SEED = 2**32 - 1
"""What ``PYTHONHASHSEED`` and NumPy's legacy generator both accept."""


def _as_columns(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


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
    per_path: dict[StrictStr, tuple[StrictStr, ...]] = Field(default_factory=dict)
    magics: tuple[StrictStr, ...] = ()
    fail_on: Literal["error", "warning", "info"] = "error"


class Owners(Section):
    """Who answers for what; empty where nobody is named.

    Attributes:
        training: Who builds and retrains.
        deployment: Who may promote; anybody where nobody is named.
        monitoring: Who is told when the service misbehaves.
    """

    training: tuple[StrictStr, ...] = ()
    deployment: tuple[StrictStr, ...] = ()
    monitoring: tuple[StrictStr, ...] = ()


class Governance(Section):
    """Who may put a version into production.

    Attributes:
        approvals: People other than the builder who must ask for it.
        owners: Who answers for what.
    """

    approvals: Annotated[StrictInt, Field(ge=0, le=20)] = 0
    owners: Owners = Owners()


class Registry(Section):
    """How versions are registered.

    Attributes:
        enabled: Whether a build registers what it makes.
    """

    enabled: StrictBool = True


class Retrain(Section):
    """What becomes of a version that was trained again.

    Attributes:
        promote: The alias that is moved to it once its gates pass; `never` leaves that to people.
        with_notebook: Whether the notebook is executed again too, and the version proved against it.
        schedule: When the emitted workflow runs, as cron says it; by hand only where nothing is said.
    """

    promote: Literal["never", "staging", "production"] = "never"
    with_notebook: StrictBool = False
    schedule: Annotated[StrictStr, Field(pattern=r"^[0-9*/,A-Za-z -]+$")] | None = None


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
        governance: Who may put a version into production.
        registry: How versions are registered.
        retrain: What becomes of a version that was trained again.
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
    governance: Governance = Governance()
    registry: Registry = Registry()
    retrain: Retrain = Retrain()
    lint: Lint = Lint()

    @field_validator("fallback")
    @classmethod
    def _is_there(cls, value: object, info: ValidationInfo) -> object:
        if value is None and info.data.get("domain") == "fallback":
            raise PydanticCustomError("no_fallback", 'given where `domain` is "fallback"')
        return value
