"""What waits is answered together, and nobody's record costs another its answer."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

import pytest

AppModule = Callable[[str], ModuleType]


class HeldModel:
    """A model that answers only when it is let: it echoes what it is asked."""

    def __init__(self) -> None:
        self.batches: list[list[Any]] = []
        self.free = threading.Event()
        self.asked = threading.Event()

    def ask(self, records: Sequence[Any]) -> list[Any]:
        self.batches.append(list(records))
        self.asked.set()
        assert self.free.wait(20)
        return [ValueError(r) if str(r).startswith("bad") else f"answer to {r}" for r in records]


@pytest.fixture
def model() -> Iterator[HeldModel]:
    model = HeldModel()
    yield model
    model.free.set()


@pytest.fixture
def batching(app_module: AppModule) -> ModuleType:
    return app_module("batching")


def ask_all(
    batching: ModuleType, model: HeldModel, records: Sequence[object], **limits: float
) -> list[Any]:
    """Ask for the first record; for the others once the model is busy with it; then let it go on."""

    async def run() -> list[Any]:
        batcher = batching.Batcher(model.ask, batching.Limits(**limits), lambda _: None)
        tasks = [asyncio.ensure_future(batcher.answer(records[0]))]
        await asyncio.to_thread(model.asked.wait, 20)
        tasks += [asyncio.ensure_future(batcher.answer(record)) for record in records[1:]]
        await asyncio.sleep(0)  # Each task runs until it waits.
        model.free.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        batcher.close()
        return found

    return asyncio.run(run())


def test_what_waits_is_one_batch(batching: ModuleType, model: HeldModel) -> None:
    records = [f"r{i}" for i in range(40)]
    assert ask_all(batching, model, records) == [f"answer to {record}" for record in records]
    assert model.batches == [["r0"], records[1:]]


def test_a_batch_has_a_largest_size(batching: ModuleType, model: HeldModel) -> None:
    records = [f"r{i}" for i in range(8)]
    assert ask_all(batching, model, records, batch=3) == [f"answer to {r}" for r in records]
    assert [len(batch) for batch in model.batches] == [1, 3, 3, 1]


def test_a_bad_record_costs_no_other_its_answer(batching: ModuleType, model: HeldModel) -> None:
    found = ask_all(batching, model, ["a", "b", "bad", "c"])
    assert [str(one) for one in found] == ["answer to a", "answer to b", "bad", "answer to c"]
    assert isinstance(found[2], ValueError)


def test_a_full_queue_says_when_to_come_again(batching: ModuleType, model: HeldModel) -> None:
    found = ask_all(batching, model, [f"r{i}" for i in range(6)], queue=3)
    assert found[:4] == [f"answer to r{i}" for i in range(4)]
    assert [(one.status, one.headers["Retry-After"]) for one in found[4:]] == [(503, "1")] * 2


def status_of(batching: ModuleType, waiting: Awaitable[Any]) -> int:
    async def run() -> int:
        with pytest.raises(batching.Problem) as caught:
            await waiting
        return int(caught.value.status)

    return asyncio.run(run())


def test_a_late_answer_is_none(batching: ModuleType, model: HeldModel) -> None:
    batcher = batching.Batcher(model.ask, batching.Limits(seconds=0.05), lambda _: None)
    assert status_of(batching, batcher.answer("r")) == 504
    assert status_of(batching, batcher.run(model.free.wait)) == 504


def test_nobody_is_asked_for_who_went_away(batching: ModuleType, model: HeldModel) -> None:
    async def run() -> object:
        batcher = batching.Batcher(model.ask, batching.Limits(), lambda _: None)
        first, gone, last = (asyncio.ensure_future(batcher.answer(r)) for r in "abc")
        await asyncio.to_thread(model.asked.wait, 20)
        gone.cancel()
        await asyncio.sleep(0)
        model.free.set()
        return await asyncio.gather(first, last)

    assert asyncio.run(run()) == ["answer to a", "answer to c"]
    assert model.batches == [["a"], ["c"]]


def test_a_model_that_breaks_is_told_to_each(batching: ModuleType) -> None:
    def broken(_: Sequence[object]) -> list[Any]:
        raise MemoryError("no room")

    async def run() -> list[Any]:
        batcher = batching.Batcher(broken, batching.Limits(), lambda _: None)
        asked = [batcher.answer(record) for record in "ab"]
        return await asyncio.gather(*asked, return_exceptions=True)

    assert [str(one) for one in asyncio.run(run())] == ["no room", "no room"]


def test_batch_requests_have_a_queue_of_their_own(batching: ModuleType, model: HeldModel) -> None:
    async def run() -> tuple[int, object]:
        batcher = batching.Batcher(model.ask, batching.Limits(jobs=1), lambda _: None)
        job = asyncio.ensure_future(batcher.run(lambda: model.ask(["job"])))
        await asyncio.to_thread(model.asked.wait, 20)
        with pytest.raises(batching.Problem) as caught:
            await batcher.run(lambda: None)
        model.free.set()
        return caught.value.status, await job

    assert asyncio.run(run()) == (503, ["answer to job"])
