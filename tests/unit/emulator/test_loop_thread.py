from __future__ import annotations

import asyncio
import threading

import pytest

from amplikit.emulator.loop_thread import LoopThread


def test_work_is_done_in_one_thread_whoever_asks() -> None:
    loop = LoopThread("apart")

    async def name() -> str:
        return threading.current_thread().name

    async def twice() -> tuple[str, str]:
        return await name(), await loop.run(name)

    assert asyncio.run(loop.run(twice)) == ("apart", "apart")
    assert asyncio.run(loop.run(name)) == "apart"
    loop.close()


def test_as_much_as_there_is_waits_at_once() -> None:
    loop = LoopThread("apart")

    async def scene() -> int:
        together = asyncio.Event()
        count = 0

        async def meet() -> int:
            nonlocal count
            count += 1
            if count == 500:
                together.set()
            await together.wait()
            return 1

        return sum(await asyncio.gather(*(loop.run(meet) for _ in range(500))))

    assert asyncio.run(loop.run(scene)) == 500
    loop.close()


def test_who_goes_away_cancels_the_work() -> None:
    loop = LoopThread("apart")
    begun, cancelled = threading.Event(), threading.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async def scene() -> None:
        task = asyncio.create_task(loop.run(work))
        await asyncio.to_thread(begun.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scene())
    assert cancelled.wait(20)
    loop.close()


def test_an_error_is_the_caller_s() -> None:
    loop = LoopThread("apart")

    async def work() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        asyncio.run(loop.run(work))
    loop.close()


def test_a_loop_that_nobody_needed_has_no_thread() -> None:
    before = threading.active_count()
    LoopThread("apart").close()
    assert threading.active_count() == before


def test_closing_ends_what_is_left() -> None:
    loop = LoopThread("apart")
    ended = threading.Event()

    async def stay() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    tasks = []

    async def begin() -> None:
        tasks.append(asyncio.create_task(stay()))
        await asyncio.sleep(0)

    asyncio.run(loop.run(begin))
    loop.close()
    assert ended.is_set()
    assert not any(thread.name == "apart" for thread in threading.enumerate())
