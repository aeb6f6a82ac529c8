"""Uses of names at which a clean run would stop, each name at its first failing use only."""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from nb2prod.notebook.session import Definition, Session, Use


class Cause(Enum):
    """Why a name is absent."""

    UNDEFINED = "nothing binds it"
    SKIPPED = "only a skipped cell binds it"
    DELETED = "it was deleted"
    LATER = "a later statement binds it"
    LATER_THAN_CALL = "a later statement binds what a called function needs"


class Failure(NamedTuple):
    """A use that finds nothing.

    Attributes:
        use: The use.
        cause: Why.
        later: The first binding after the use, or None.
    """

    use: Use
    cause: Cause
    later: Definition | None


def failures_of(session: Session) -> Iterator[Failure]:
    """Yield the failing uses of a played notebook in order."""
    seen: set[str] = set()
    for use in session.uses:
        if use.definitions or not use.is_sure or use.name in seen:
            continue
        seen.add(use.name)
        later = next(
            (one for one in session.definitions if one.name == use.name and one.cell >= use.cell),
            None,
        )
        yield Failure(use, _cause(session, use, later), later)


def _cause(session: Session, use: Use, later: Definition | None) -> Cause:
    if use.deleted_in is not None:
        return Cause.DELETED
    if later is not None:
        return Cause.LATER_THAN_CALL if use.via else Cause.LATER
    return Cause.SKIPPED if use.name in session.skipped else Cause.UNDEFINED
