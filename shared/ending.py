"""Ending tasks within a time, also those that do not hear it when they are cancelled once."""

import asyncio
from collections.abc import Collection
from typing import Any

import structlog

AGAIN_S = 0.5

log = structlog.get_logger()


async def ended(tasks: Collection[asyncio.Task[Any]], seconds: float, *, at_once: bool = True) -> None:
    """Cancel tasks until they have ended, or the time is over; their errors are theirs.

    Clients of brokers swallow a cancellation that comes while they close themselves: whoever waited for the task would
    wait for ever. Without `at_once` tasks have the time to end by themselves, and are cancelled after it.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    left = set(tasks)
    if left and not at_once:
        left = (await asyncio.wait(left, timeout=seconds))[1]
        until = loop.time() + AGAIN_S
    while left:
        for task in left:
            task.cancel()
        left = (await asyncio.wait(left, timeout=AGAIN_S))[1]
        if left and loop.time() >= until:
            log.warning("left-to-the-end", tasks=[str(task.get_coro()) for task in left])
            break
    await asyncio.gather(*(task for task in tasks if task.done()), return_exceptions=True)
