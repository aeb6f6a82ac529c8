"""NBR006: a seeded deep-learning run on devices that are not told to be deterministic."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.calls import Call
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register

_FLAGS = {
    "torch.manual_seed": (
        ("use_deterministic_algorithms", "cudnn.deterministic"),
        "torch.use_deterministic_algorithms(True)",
    ),
    "tensorflow.random.set_seed": (
        ("enable_op_determinism", "TF_DETERMINISTIC_OPS"),
        "tf.config.experimental.enable_op_determinism()",
    ),
}


@register
class NondeterministicDevice(Rule):
    """The generators are seeded, but the device may still compute in another order.

    ## What it does
    Where torch or TensorFlow is seeded and a GPU may be used, looks for the flag that makes the
    library choose deterministic algorithms.

    ## Why is this bad?
    GPU kernels add up in the order in which threads finish. The seed alone does not give the same
    weights twice.

    ## Example
    ```python
    # %%
    import torch
    torch.manual_seed(42)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    ```

    ## Use instead
    ```python
    # %%
    import torch
    torch.manual_seed(42)
    torch.use_deterministic_algorithms(True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    ```
    """

    code = "NBR006"
    name = "nondeterministic-device"
    severity = Severity.INFO
    stops_build = False
    called = frozenset({"manual_seed", "set_seed"})

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first seed of a library whose flag is missing."""
        for path, (flags, advice) in _FLAGS.items():
            seeds = [call for call in context.calls if call.path == path]
            if seeds and _may_use_gpu(context, path) and not context.mentions(flags):
                yield self._finding(context, seeds[0], advice)

    def _finding(self, context: Context, call: Call, advice: str) -> Diagnostic:
        return self.found(
            context,
            call.cell,
            context.span(call.cell, call.node),
            "The seed alone does not make a GPU compute the same twice: "
            "its threads add up in any order.",
            hint=f"Add `{advice}` below the seed.",
            subject=call.path,
        )


def _may_use_gpu(context: Context, path: str) -> bool:
    return context.mentions(("cuda",) if path.startswith("torch") else ("GPU", "gpu"))
