"""NBR002: a global generator is drawn from and nothing seeded it."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.randomness import DRAWING, SEEDERS, generator_drawn_from, generators_seeded
from nb2prod.lint.rule import Rule, register

_SEED = {generator: path for path, generator in reversed(SEEDERS.items())}


@register
class UnseededDraw(Rule):
    """Random numbers are drawn from a generator that no cell seeds.

    ## What it does
    Finds draws from the global generators of `random`, NumPy, torch and TensorFlow, and
    `default_rng()` without a seed; one finding for each generator.

    ## Why is this bad?
    Each run draws other numbers: the data, the split or the weights differ, and so does the model.

    ## Example
    ```python
    # %%
    import numpy as np
    noise = np.random.normal(size=3)
    ```

    ## Use instead
    ```python
    # %%
    import numpy as np
    rng = np.random.default_rng(42)
    noise = rng.normal(size=3)
    ```
    """

    code = "NBR002"
    name = "unseeded-draw"
    severity = Severity.WARNING
    stops_build = False
    called = DRAWING

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first draw of each generator that is never seeded, and bare `default_rng()`."""
        seeded = context.seeded
        told: set[str] = set()
        ever = {one for call in context.calls for one in generators_seeded(call)}
        for call in context.calls:
            generator = generator_drawn_from(call.path)
            is_bare = call.path == "numpy.random.default_rng" and not (
                call.node.args or call.node.keywords
            )
            if generator in ever or generator in seeded[id(call.node)]:
                continue
            if is_bare or (generator is not None and generator not in told):
                told.add(generator or "")
                seed = f"{_SEED[generator]}(42)" if generator else "a seed: default_rng(42)"
                yield self.found(
                    context,
                    call.cell,
                    context.span(call.cell, call.node),
                    "This draws random numbers that nothing seeded: "
                    "each run draws others, and gives another model.",
                    hint=f"Seed it above: {seed}" if generator else f"Give it {seed}",
                    subject=call.path,
                )
