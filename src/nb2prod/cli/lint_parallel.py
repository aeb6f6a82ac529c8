"""Lint many notebooks in several processes."""

import os
from concurrent.futures import ProcessPoolExecutor

from nb2prod.cli.lint_job import Job, lint_one
from nb2prod.errors import NotebookFault
from nb2prod.lint.reports import Linted


def lint_all(jobs: list[Job], processes: int) -> list[Linted | NotebookFault]:
    """Lint notebooks in several processes and return the outcomes in the order of the jobs.

    Args:
        jobs: The notebooks.
        processes: How many processes; 0 for one for each processor.
    """
    count = min(processes or os.cpu_count() or 1, len(jobs))
    if count == 1:
        return [lint_one(job) for job in jobs]
    with ProcessPoolExecutor(count) as pool:
        return list(pool.map(lint_one, jobs, chunksize=max(1, len(jobs) // (4 * count))))
