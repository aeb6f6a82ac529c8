"""NBR004: a generator is seeded after it was drawn from."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.calls import Call
from nb2prod.lint.context import Context
from nb2prod.lint.randomness import SEEDING, generator_drawn_from, generators_seeded, is_unseeded
from nb2prod.lint.rule import Rule, register


@register
class SeedAfterUse(Rule):
    """The seed is set below the first draw.

    ## What it does
    Compares where a global generator is first seeded with where it is first drawn from.

    ## Why is this bad?
    What was drawn before the seed differs in each run. It looks reproducible and is not.

    ## Example
    ```python
    # %%
    import random
    order = random.sample(range(10), 10)
    # %%
    random.seed(42)
    ```

    ## Use instead
    ```python
    # %%
    import random
    random.seed(42)
    # %%
    order = random.sample(range(10), 10)
    ```
    """

    code = "NBR004"
    name = "seed-after-use"
    severity = Severity.WARNING
    stops_build = False
    called = SEEDING

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first seed of each generator that comes after a draw."""
        drawn: dict[str, Call] = {}
        seeded: set[str] = set()
        for call in context.calls:
            if call.owner:
                continue
            generator = _drawn(call)
            if generator is not None:
                drawn.setdefault(generator, call)
            new = sorted(generators_seeded(call) - seeded)
            late = [one for one in new if one in drawn]
            seeded.update(new)
            if late:
                first = drawn[late[0]]
                where = "above" if first.cell == call.cell else f"in cell {first.cell}"
                yield self.found(
                    context,
                    call.cell,
                    context.span(call.cell, call.node),
                    f"This seed comes too late: `{first.method}` {where} has drawn already, "
                    "and draws something else in each run.",
                    hint="Move the seed to the top of the notebook.",
                    subject=late[0],
                )


def _drawn(call: Call) -> str | None:
    return "numpy" if is_unseeded(call) else generator_drawn_from(call.path)
