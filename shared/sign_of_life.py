"""Work that is claimed and outlives a unit of work: telling that it is alive, and hearing that it is not wanted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from shared.service import Service
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()


@asynccontextmanager
async def sign_of_life(
    service: Service,
    holds: Callable[[UnitOfWork], Awaitable[bool]],
    unwanted: asyncio.Event,
    every_s: float,
    **about: object,
) -> AsyncIterator[None]:
    """Call `holds` every so many seconds, each time in a unit of work, until the block ends or it returns False.

    `holds` notes that the work is alive and returns whether it is still wanted and in these hands; once it is not,
    `unwanted` is set. A database that is away is waited out; `about` says in the log whose sign failed.
    """
    watcher = asyncio.create_task(_watch(service, holds, unwanted, every_s, about))
    try:
        yield
    finally:
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)


async def _watch(
    service: Service,
    holds: Callable[[UnitOfWork], Awaitable[bool]],
    unwanted: asyncio.Event,
    every_s: float,
    about: dict[str, object],
) -> None:
    while not unwanted.is_set():
        await asyncio.sleep(every_s)
        try:
            async with service.begin() as uow:
                if not await holds(uow):
                    unwanted.set()
        except Exception as error:
            log.warning("sign-of-life-failed", **about, error=repr(error))
