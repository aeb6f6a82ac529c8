"""Answer what waits in one go: one thread asks the model, and requests that came meanwhile share its next call.

There is no window to wait for company: an idle model takes a record at once, so that a lone request is as fast as
without batching. Under load the batch grows by itself, since more arrives while the model is busy.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from runtime.checks import Checked
from runtime.predictor import Answer

from .problems import Problem, overloaded

Result = TypeVar("Result")
Outcome = Answer | Exception
Ask = Callable[[Sequence[Checked]], Sequence[Outcome]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may wait, and how long.

    Attributes:
        queue: Most records that wait for the model.
        batch: Most records of different requests in one call of the model.
        jobs: Most batch requests that wait for the model.
        seconds: Within which a record must have its answer.
    """

    queue: int = 1024
    batch: int = 256
    jobs: int = 16
    seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    record: Checked
    answer: asyncio.Future[Outcome]


class Batcher:
    """The one thread that asks a model, and what waits for it.

    Args:
        ask: Answers records of different callers in order: an answer or an exception for each.
        limits: How much may wait.
        observe: Is told the size of each batch.
    """

    def __init__(self, ask: Ask, limits: Limits, observe: Callable[[int], None]) -> None:
        self._ask = ask
        self._limits = limits
        self._observe = observe
        self._waiting: deque[_Waiting] = deque()
        self._is_busy = False
        self._jobs = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")

    @property
    def waiting(self) -> int:
        """Return how many records and batch requests wait."""
        return len(self._waiting) + self._jobs

    async def answer(self, record: Checked) -> Answer:
        """Answer one record, together with those that wait.

        Raises:
            Problem: Too many wait (503), or there was no answer in time (504).
            InvalidRecords: The model cannot answer this record.
        """
        if len(self._waiting) >= self._limits.queue:
            raise overloaded("Too many requests wait for the model.")
        mine = _Waiting(record, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        if not self._is_busy:
            self._start()
        outcome = await self._in_time(mine.answer)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def run(self, job: Callable[[], Result]) -> Result:
        """Run a batch request's whole work in the model's thread.

        Raises:
            Problem: Too many wait (503), or it was not done in time (504).
        """
        if self._jobs >= self._limits.jobs:
            raise overloaded("Too many batches wait for the model.")
        self._jobs += 1
        work = asyncio.get_running_loop().run_in_executor(self._thread, job)
        work.add_done_callback(self._job_done)
        return await self._in_time(work)

    def end(self) -> None:
        """Take nothing more, and do not wait for what was begun."""
        self._thread.shutdown(wait=False)

    def close(self) -> None:
        """End the thread once it has answered."""
        self._thread.shutdown(wait=True)

    async def _in_time(self, answer: asyncio.Future[Result]) -> Result:
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await answer
        except TimeoutError as error:
            detail = f"There was no answer within {self._limits.seconds:g} seconds."
            raise Problem(504, detail, headers={"Retry-After": "1"}) from error

    def _job_done(self, job: asyncio.Future[Result]) -> None:
        self._jobs -= 1
        if not job.cancelled():
            # What nobody waits for any more is not reported as an exception that was never retrieved.
            job.exception()

    def _start(self) -> None:
        """Hand over what waits; those who stopped waiting are left out."""
        batch: list[_Waiting] = []
        while self._waiting and len(batch) < self._limits.batch:
            waiting = self._waiting.popleft()
            if not waiting.answer.done():
                batch.append(waiting)
        self._is_busy = bool(batch)
        if not batch:
            return
        self._observe(len(batch))
        work = asyncio.get_running_loop().run_in_executor(
            self._thread, self._ask, [one.record for one in batch]
        )
        work.add_done_callback(lambda done: self._finish(batch, done))

    def _finish(self, batch: list[_Waiting], work: asyncio.Future[Sequence[Outcome]]) -> None:
        """Give each its own outcome, and go on with what came meanwhile."""
        failure = None if work.cancelled() else work.exception()
        outcomes: Sequence[Outcome]
        if work.cancelled() or failure is not None:
            told = failure if isinstance(failure, Exception) else RuntimeError("the model stopped")
            outcomes = [told] * len(batch)
        else:
            outcomes = work.result()
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(outcome)
        self._start()
