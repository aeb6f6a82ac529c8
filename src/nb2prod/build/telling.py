"""Write report and model card of a version that was just published."""

from datetime import UTC, datetime
from pathlib import Path

from nb2prod.build.clock import Clock
from nb2prod.registry.people import current_user
from nb2prod.registry.record import origin_of
from nb2prod.report.told.build_record import BuildRecord, StepTaken, write_record
from nb2prod.report.told.executed import keep_executed
from nb2prod.report.told.gathering import gather
from nb2prod.report.told.writing import write_card, write_report
from nb2prod.service.templates import template_root

_SECONDS = 0.5
"""How long the importance of columns may take: a build does not wait longer for a page."""


def tell(
    service: Path, version: str, clock: Clock, source: Path, executed: Path | None = None
) -> str:
    """Write how a version was built, its report and its model card, and say where.

    The version is published by then and stands whatever happens here, so a page that cannot be written is told and
    ends no build.

    Args:
        service: The service's folder.
        version: The version.
        clock: What timed the steps so far.
        source: Folder of what it was made from, whose commit is noted.
        executed: The notebook as it ran, or None where none did.
    """
    origin = origin_of(source)
    steps = tuple(
        # A page that is read elsewhere has no use for where the service stood here.
        StepTaken(name, round(seconds, 3), clock.said.get(name, "").replace(f"{service}/", ""))
        for name, seconds in clock.seconds.items()
    )
    now = datetime.now(UTC).isoformat(timespec="seconds")
    record = BuildRecord(steps, now, current_user(), origin.commit, origin.is_dirty)
    try:
        write_record(service, version, record)
        if executed is not None:
            keep_executed(service, version, executed)
        told = gather(service, version, seconds=_SECONDS)
        write_report(service, told, template_root())
        write_card(service, told, template_root())
    except Exception as error:  # noqa: BLE001 - whatever the notebook's own code raises, the version stands
        return f"not written: {error}; nb2prod report tries again"
    return f"{service}/reports/{version}/report.html"
