"""NBP008: the notebook was saved with another Python or kernel than will run it."""

from collections.abc import Iterator

from nb2prod.diagnostic import Diagnostic, Severity
from nb2prod.lint.context import Context
from nb2prod.lint.rule import Rule, register


@register
class KernelMismatch(Rule):
    """The notebook's saved Python is not the one that will run it.

    ## What it does
    Finds notebooks of Python 2, and, when it is told about the environment, notebooks whose saved
    Python has another minor version or whose kernel is not installed.

    ## Why is this bad?
    Other versions resolve other packages and may compute other values than the saved outputs show.

    ## Example
    ```python
    # metadata: {"language_info": {"name": "python", "version": "2.7.18"}}
    # %% count=1
    prices = [1, 2, 3]
    ```

    ## Use instead
    ```python
    # metadata: {"language_info": {"name": "python", "version": "3.11.7"}}
    # %% count=1
    prices = [1, 2, 3]
    ```
    """

    code = "NBP008"
    name = "kernel-mismatch"
    severity = Severity.WARNING
    stops_build = False

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Yield one finding on the version and one on the kernel."""
        saved = _saved_version(context)
        wanted = context.environment.python if context.environment else ""
        if saved.startswith("2."):
            yield self._finding(
                context, f"This notebook was saved with Python {saved}, which ended in 2020."
            )
        elif saved and wanted and _minor(saved) != _minor(wanted):
            yield self._finding(
                context, f"This notebook was saved with Python {saved} and will run with {wanted}."
            )
        kernels = context.environment.kernels if context.environment else frozenset()
        kernel = context.notebook.kernel
        if kernels and kernel and kernel not in kernels:
            yield self._finding(
                context, f"The kernel `{kernel}` of this notebook is not installed."
            )

    def _finding(self, context: Context, message: str) -> Diagnostic:
        hint = "Choose the kernel in JupyterLab, run from top to bottom, and save."
        return self.found(context, None, None, message, hint=hint)


def _saved_version(context: Context) -> str:
    info = context.notebook.metadata.get("language_info")
    version = info.get("version") if isinstance(info, dict) else None
    return version if isinstance(version, str) else ""


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]
