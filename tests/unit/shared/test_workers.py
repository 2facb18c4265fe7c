"""CPU-heavy work in processes of its own."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import uvloop

from shared.errors import NotFound
from shared.workers import Cancelled, Report, WorkerLost, Workers


def _square(number: int, report: Report) -> int:
    report(0.5)
    return number * number


def _echo(data: bytes, report: Report) -> bytes:
    report(0.5)
    time.sleep(0.05)
    return data


def _refuse(number: int, _report: Report) -> int:
    raise NotFound("number", number)


def _die(_number: int, _report: Report) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def _read(path: str, _report: Report) -> bytes:
    return Path(path).read_bytes()


def _spin(seconds: float, report: Report) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.005)
        report(0.0)


def _sleep(seconds: float, _report: Report) -> None:
    time.sleep(seconds)


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    """Return one worker process."""
    own = Workers(1)
    yield own
    own.close()


async def test_a_job_gives_its_result_and_its_progress(workers: Workers) -> None:
    """What a job returns comes back, what it reports is passed on, several jobs share a process in turn."""
    seen: list[float] = []
    assert await asyncio.gather(*[workers.run(_square, n, seen.append) for n in range(4)]) == [0, 1, 4, 9]
    assert seen == [0.5] * 4


async def test_a_job_that_fails_fails_its_caller_only(workers: Workers) -> None:
    """The error comes back, as itself or as its text; the next job runs."""
    with pytest.raises((NotFound, RuntimeError), match="number"):
        await workers.run(_refuse, 7)
    assert await workers.run(_square, 3) == 9


async def test_a_job_that_cannot_read_a_file_says_so(workers: Workers) -> None:
    """What the system refuses a job is the job's failure, not the loss of its process."""
    with pytest.raises(FileNotFoundError):
        await workers.run(_read, "/nowhere")


async def test_who_cannot_hear_progress_gets_no_other_s_answer(workers: Workers) -> None:
    """A caller that fails as it is told of progress has ended its job: the next one's answer is its own."""

    def fail(_share: float) -> None:
        raise NotFound("who listens", "nobody")

    with pytest.raises(NotFound):
        await workers.run(_square, 3, fail)
    assert await workers.run(_square, 4) == 16


async def test_a_job_can_be_cancelled(workers: Workers) -> None:
    """Once nobody wants it, the job ends; the process serves the next one."""
    cancel = asyncio.Event()
    running = asyncio.create_task(workers.run(_spin, 30.0, lambda _share: cancel.set(), cancel))
    with pytest.raises(Cancelled):
        await running
    assert await workers.run(_square, 2) == 4


async def test_a_job_that_does_not_look_is_ended(workers: Workers) -> None:
    """A job deep in a solver is given half a second; then its process ends, and the next job has a new one."""
    cancel = asyncio.Event()
    running = asyncio.create_task(workers.run(_sleep, 60.0, None, cancel))
    await asyncio.sleep(0.1)
    since = time.monotonic()
    cancel.set()
    with pytest.raises(Cancelled):
        await running
    assert time.monotonic() - since < 20
    assert await workers.run(_square, 3) == 9


async def test_a_process_that_dies_is_said_and_replaced(workers: Workers) -> None:
    """A killed worker loses its own job only."""
    with pytest.raises(WorkerLost):
        await workers.run(_die, 0)
    assert await workers.run(_square, 5) == 25


async def test_giving_up_waiting_ends_the_work(workers: Workers) -> None:
    """A cancelled caller does not leave a process computing for nobody."""
    running = asyncio.create_task(workers.run(_spin, 30.0))
    await asyncio.sleep(0.3)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await workers.run(_square, 6) == 36


@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.03, 0.1, 0.2, 0.4])
async def test_giving_up_at_any_moment_leaves_nothing_behind(workers: Workers, after_s: float) -> None:
    """Given up while its process starts, while its large argument is on the way or its result, the next is its own."""
    running = asyncio.create_task(workers.run(_echo, b"x" * 30_000_000))
    await asyncio.sleep(after_s)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    async with asyncio.timeout(20):
        assert await workers.run(_square, 6) == 36
        assert await workers.run(_square, 7) == 49


async def test_a_job_whose_process_is_gone_before_it_is_handed_over_is_lost(workers: Workers) -> None:
    """A process that dies while a large argument is sent is said as any other that dies."""
    running = asyncio.create_task(workers.run(_echo, b"x" * 100_000_000))
    async with asyncio.timeout(20):
        while (process := workers._all[0]._process) is None:  # noqa: ASYNC110 nobody tells of it
            await asyncio.sleep(0.001)
    process.kill()
    with pytest.raises(WorkerLost):
        await running
    assert await workers.run(_square, 5) == 25


def test_jobs_run_under_the_loop_of_production_too() -> None:
    """uvicorn runs on uvloop, whose readers make descriptors non-blocking: large arguments and results still pass."""

    async def echo() -> bytes:
        own = Workers(1)
        try:
            return await own.run(_echo, b"x" * 3_000_000)
        finally:
            own.close()

    assert len(uvloop.run(echo())) == 3_000_000
