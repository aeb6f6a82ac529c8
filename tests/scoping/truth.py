"""What IPython says about a notebook: the first name that it does not find, and where."""

import contextlib
import io
import sys
from collections.abc import Sequence

from IPython.core.interactiveshell import InteractiveShell

Failure = tuple[str, int]


class Kernel(InteractiveShell):
    """A shell that prints no tracebacks, and remembers what they were about."""

    seen: BaseException | None = None

    def showtraceback(self, *arguments: object, **options: object) -> None:
        """Remember the error, also where a magic caught it."""
        type(self).seen = sys.exc_info()[1]


def first_failure(sources: Sequence[str]) -> Failure | None:
    """Run cells in IPython and return the first NameError: the name and the cell's number."""
    shell = Kernel.instance()
    shell.reset(new_session=True)  # type: ignore[no-untyped-call]  # IPython ships no types for it
    shell.compile.reset_compiler_flags()
    shell.history_manager.enabled = False  # type: ignore[union-attr]  # every shell has one
    quiet = io.StringIO()
    for number, source in enumerate(sources, 1):
        Kernel.seen = None
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            result = shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]  # as above
        error = result.error_before_exec or result.error_in_exec or Kernel.seen
        if isinstance(error, NameError):
            return str(error.name), number
        if error is not None:
            raise AssertionError(f"cell {number} raised {error!r}")
    return None
