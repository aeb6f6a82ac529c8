"""What a notebook must have before a rule can find anything in it.

There are more rules than an ordinary notebook has lines, and asking each costs more than most of them take: a whole
group is passed over where its occasion is absent.
"""

from collections.abc import Callable
from enum import Enum

from nb2prod.lint.context import Context


class Occasion(Enum):
    """What a group of rules looks at."""

    ALWAYS = "always"
    FAILURE = "a use of a name that finds nothing"
    SAVED_RUN = "a count or an output of a saved run"
    ROLE = "a cell with a role"
    MODEL = "something that is fitted"
    ENVIRONMENT = "facts about the machine"


IS_GIVEN: dict[Occasion, Callable[[Context], bool]] = {
    Occasion.ALWAYS: lambda _: True,
    Occasion.FAILURE: lambda context: bool(context.failures),
    Occasion.SAVED_RUN: lambda context: context.saved,
    Occasion.ROLE: lambda context: bool(context.compiled),
    Occasion.MODEL: lambda context: context.trace is not None,
    Occasion.ENVIRONMENT: lambda context: context.environment is not None,
}
"""Tests that say whether a notebook gives rules of a group anything to look at."""
