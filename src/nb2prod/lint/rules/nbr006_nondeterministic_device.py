"""NBR006: devices and threads that are not told to be deterministic."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.calls import Call, has_open_keywords, keyword
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register
from nb2prod.notebook.imports import imports_of
from nb2prod.notebook.origins import dotted

_SEEDS = {
    "torch": frozenset(
        {"torch.manual_seed", "torch.cuda.manual_seed", "torch.cuda.manual_seed_all"}
    ),
    "tensorflow": frozenset(
        {
            "tensorflow.random.set_seed",
            "tensorflow.keras.utils.set_random_seed",
            "keras.utils.set_random_seed",
        }
    ),
}
_FLAGS = {
    "torch": (
        ("use_deterministic_algorithms", "cudnn.deterministic"),
        "torch.use_deterministic_algorithms(True)",
    ),
    "tensorflow": (
        ("enable_op_determinism", "TF_DETERMINISTIC_OPS"),
        "tf.config.experimental.enable_op_determinism()",
    ),
}
_DEVICES = {"torch": ("cuda", '"mps"', "'mps'"), "tensorflow": ("GPU", "gpu")}
_BOOSTERS = ("xgboost.", "lightgbm.", "catboost.")
_CHOICES = {
    "device": ("cuda", "gpu"),
    "device_type": ("cuda", "gpu"),
    "tree_method": ("gpu_hist",),
    "task_type": ("gpu",),
}
_BY_GPU = (
    "The seed alone does not make a GPU compute the same twice: its threads add up in any order."
)
_THREADS = ("n_jobs", "num_threads", "nthread")
_VARIABLES = frozenset(
    {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"}
)
_NUMERICAL = frozenset({"numpy", "pandas", "scipy", "sklearn", "torch", "tensorflow", "xgboost"})


@register
class NondeterministicDevice(Rule):
    """What is seeded is still computed in another order by a GPU, or by another number of threads.

    ## What it does
    Where torch, TensorFlow or Keras is seeded and a GPU may be used, looks for the flag that makes
    the library choose deterministic algorithms. Also finds boosted trees that are trained on a GPU,
    LightGBM on several threads without `deterministic=True`, and numbers of threads that are set
    when the libraries have read them already.

    ## Why is this bad?
    Sums are rounded, and GPU kernels and threads add up in the order in which they finish. The seed
    alone does not give the same weights twice.

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
    words = ("_seed", "cuda", "gpu", "GPU", "lightgbm", "_NUM_THREADS")

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield what may compute in another order."""
        for library, (flags, advice) in _FLAGS.items():
            seeds = [call for call in context.calls if call.path in _SEEDS[library]]
            if seeds and context.mentions(_DEVICES[library]) and not context.mentions(flags):
                yield self._finding(context, seeds[0], _BY_GPU, f"Add `{advice}` below the seed.")
        for call in context.calls:
            if call.path.startswith(_BOOSTERS):
                yield from self._boosted(context, call)
        yield from self._late(context)

    def _boosted(self, context: Context, call: Call) -> Iterator[Diagnostic]:
        chosen = next((name for name in _CHOICES if _is_gpu(keyword(call.node, name), name)), None)
        if chosen is not None:
            hint = f"Leave `{chosen}` out where models must be made again: the CPU adds up in one order."
            yield self._finding(context, call, "A GPU adds up in any order.", hint)
        elif call.path.startswith("lightgbm.") and _has_threads(call.node):
            why = "LightGBM's sums depend on the number of threads, which each machine has its own of."
            hint = "Give it `deterministic=True` and `force_row_wise=True`."
            yield self._finding(context, call, why, hint)

    def _finding(self, context: Context, call: Call, why: str, hint: str) -> Diagnostic:
        span = context.span(call.cell, call.node)
        return self.found(context, call.cell, span, why, hint=hint, subject=call.path)

    def _late(self, context: Context) -> Iterator[Diagnostic]:
        """Yield the first number of threads that is set below the import of what reads it."""
        loaded = ""
        for cell in context.cells if "_NUM_THREADS" in context.text else ():
            tree = context.session.parsed[cell.number].tree
            for statement in tree.body if tree else ():
                loaded = loaded or _numerical_in(statement)
                variable = _variable(statement, context.origins)
                if variable and loaded:
                    yield self.found(
                        context,
                        cell.number,
                        context.span(cell.number, statement),
                        f"`{loaded}` is imported above and has read `{variable}` already: this "
                        "changes nothing, and sums are rounded as the machine's cores have it.",
                        hint=f"Set it above the first import of `{loaded}`; "
                        "`nb2prod run` and `build` set it anyway.",
                        subject=variable,
                    )
                    return


def _is_gpu(value: ast.expr | None, name: str) -> bool:
    text = value.value if isinstance(value, ast.Constant) else None
    return isinstance(text, str) and text.lower().startswith(_CHOICES[name])


def _has_threads(call: ast.Call) -> bool:
    """Say whether a call asks for another number of threads than one, and for nothing against it."""
    if has_open_keywords(call) or keyword(call, "deterministic") is not None:
        return False
    given = [value for name in _THREADS if (value := keyword(call, name)) is not None]
    return any(not (isinstance(one, ast.Constant) and one.value == 1) for one in given)


def _numerical_in(statement: ast.stmt) -> str:
    return next((name for name, _ in imports_of(statement) if name in _NUMERICAL), "")


def _variable(statement: ast.stmt, origins: dict[str, str]) -> str:
    """Return the variable of ``os.environ["OMP_NUM_THREADS"] = ...``; empty for other statements."""
    match statement:
        case ast.Assign(
            targets=[ast.Subscript(value=owner, slice=ast.Constant(value=str(name)))]
        ) if name in _VARIABLES:
            return name if dotted(owner, origins) == "os.environ" else ""
    return ""
