"""Every mutation of one version."""

from __future__ import annotations

from collections.abc import Iterator

from tests.kill.mutations.columns import columns
from tests.kill.mutations.constants import constants
from tests.kill.mutations.dropped import dropped
from tests.kill.mutations.frozen_values import frozen_values
from tests.kill.mutations.mutation import Mutation
from tests.kill.mutations.operators import operators
from tests.kill.mutations.refitted import refitted
from tests.kill.mutations.unfrozen import unfrozen
from tests.kill.subject import Subject


def mutants(subject: Subject) -> Iterator[Mutation]:
    """Yield every mutation of a version, kind by kind."""
    files = dict(subject.outcome.files)
    yield from dropped(files)
    yield from operators(files)
    yield from constants(files)
    yield from columns(files, list(subject.raw.columns))
    yield from unfrozen(files)
    yield from frozen_values(subject.outcome.fitted)
    yield from refitted(files)
