"""Run a notebook several times at once: recorded and plain, on two processors."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

from nb2prod.execute.kernel import Leash
from nb2prod.execute.options import ExecuteOptions, Execution
from nb2prod.execute.run import execute_on


def execute_together(
    notebook_path: str | Path, options: Sequence[ExecuteOptions]
) -> tuple[Execution, ...]:
    """Run a notebook several times at once, each in a kernel and a working copy of its own.

    When one run fails, or somebody interrupts, the others are ended at once.

    Args:
        notebook_path: The notebook.
        options: How to run it, each time; only the first run shows its progress.

    Raises:
        Nb2prodError: What ``execute`` raises, from the run that failed first.
    """
    leashes = [Leash() for _ in options]
    quiet = [options[0], *(replace(each, progress=False) for each in options[1:])]
    with ThreadPoolExecutor(max(len(options), 1)) as threads:
        runs = [
            threads.submit(execute_on, notebook_path, each, leash)
            for each, leash in zip(quiet, leashes, strict=True)
        ]
        try:
            for run in as_completed(runs):
                run.result()
        except BaseException:
            for leash in leashes:
                leash.end()
            for run in runs:
                if run.exception() is None:
                    run.result().discard()
            raise
    return tuple(run.result() for run in runs)
