"""NBS003: a file is unpickled that somebody else may have written."""

import ast
from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.calls import keyword
from nb2prod.lint.context import Context
from nb2prod.lint.occasion import Occasion
from nb2prod.lint.rule import Rule, register

_LOADERS = frozenset(
    [
        "pickle.load",
        "pickle.loads",
        "cloudpickle.load",
        "cloudpickle.loads",
        "dill.load",
        "dill.loads",
        "joblib.load",
        "pandas.read_pickle",
        "torch.load",
        "shelve.open",
        "yaml.load",
        "yaml.unsafe_load",
    ]
)
_WRITERS = ("dump", "to_pickle", "save")


@register
class UnsafeLoad(Rule):
    """A tagged cell unpickles a file.

    ## What it does
    Finds `pickle.load`, `joblib.load`, `torch.load` and their kind in tagged cells, unless the
    notebook itself writes such a file, and `np.load(allow_pickle=True)`.

    ## Why is this bad?
    Unpickling runs whatever code the file holds, with the rights of the training job or service.

    ## Example
    ```python
    # %% tags=["reference"]
    import pickle
    with open("codes.pkl", "rb") as file:
        codes = pickle.load(file)
    ```

    ## Use instead
    ```python
    # %% tags=["reference"]
    import json
    with open("codes.json") as file:
        codes = json.load(file)
    ```
    """

    code = "NBS003"
    name = "unsafe-load"
    severity = Severity.WARNING
    stops_build = False
    occasion = Occasion.ROLE
    called = frozenset(one.rpartition(".")[2] for one in _LOADERS) | {"load"}

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield such calls of compiled cells."""
        if any(call.method in _WRITERS for call in context.calls):
            return
        for call in context.calls_in(context.compiled):
            if (call.path in _LOADERS and not _is_safe(call.node)) or _is_numpy(
                call.path, call.node
            ):
                yield self.found(
                    context,
                    call.cell,
                    context.span(call.cell, call.node),
                    f"`{call.path}` runs whatever code the file holds, "
                    "with the rights of the training job.",
                    hint="Read a format that holds data only (CSV, Parquet, JSON, safetensors), "
                    "or check the file's digest first.",
                    subject=call.path,
                )


def _is_safe(call: ast.Call) -> bool:
    weights, loader = keyword(call, "weights_only"), keyword(call, "Loader")
    is_weights = isinstance(weights, ast.Constant) and weights.value is True
    return is_weights or (loader is not None and "Safe" in ast.unparse(loader))


def _is_numpy(path: str, call: ast.Call) -> bool:
    allowed = keyword(call, "allow_pickle")
    return path == "numpy.load" and isinstance(allowed, ast.Constant) and allowed.value is True
