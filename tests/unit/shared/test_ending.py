"""Tasks end within their time, whatever they make of being cancelled."""

import asyncio
import time

import pytest

from shared.ending import ended


async def _deaf(times: int) -> None:
    """Wait for ever, and hear a cancellation only after so many of them."""
    for _ in range(times + 1):
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if not times:
                raise
            times -= 1


async def _fails() -> None:
    raise RuntimeError


async def test_who_swallows_a_cancellation_is_cancelled_again() -> None:
    """A client that was closing itself swallows one: the task that waits for it has to end all the same."""
    tasks = [asyncio.create_task(_deaf(times)) for times in (0, 1, 2)] + [asyncio.create_task(_fails())]
    await asyncio.sleep(0)
    began = time.monotonic()
    await ended(tasks, 5.0)
    assert all(task.done() for task in tasks)
    assert time.monotonic() - began < 5.0


async def test_who_hears_nothing_is_left() -> None:
    """The time is over for whom no cancellation reaches: the end of the process does not wait for it."""
    task = asyncio.create_task(_deaf(8))
    await asyncio.sleep(0)
    began = time.monotonic()
    await ended([task], 1.0)
    assert not task.done()
    assert 1.0 <= time.monotonic() - began < 3.0
    await ended([task], 20.0)


@pytest.mark.parametrize(("needs_s", "cancelled"), [(0.2, False), (30.0, True)])
async def test_who_may_end_by_itself_has_its_time(needs_s: float, cancelled: bool) -> None:
    """What closes connections is let finish, and cancelled when it takes too long."""
    task = asyncio.create_task(asyncio.sleep(needs_s))
    began = time.monotonic()
    await ended([task], 0.8, at_once=False)
    assert task.cancelled() is cancelled
    assert time.monotonic() - began < 3.0
