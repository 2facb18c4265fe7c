"""Work that waits in a table: it is carried out piece by piece, or batch by batch, until nothing waits."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from shared.database import Session
from shared.ids import new_id
from shared.service import Service
from shared.unit_of_work import UnitOfWork

T = TypeVar("T")


async def carry_out_waiting(
    service: Service,
    claim: Callable[[Session, str, datetime], Awaitable[T | None]],
    carry_out: Callable[[T], Awaitable[None]],
    *,
    at_once: int = 1,
) -> int:
    """Carry out all that waits, so many pieces at once; returns how many. What a job of a service calls.

    `claim` takes the next piece for a new claim, by a conditional update in a unit of work of its own, and returns None
    when there is none.
    """

    async def one_after_another() -> int:
        done = 0
        while True:
            async with service.begin() as uow:
                work = await claim(uow.session, new_id(), uow.now)
            if work is None:
                return done
            await carry_out(work)
            done += 1

    return sum(await asyncio.gather(*(one_after_another() for _ in range(at_once))))


async def in_batches(service: Service, step: Callable[[UnitOfWork], Awaitable[int]], size: int) -> int:
    """Repeat a step, which returns how much it did, each time in a unit of work, until it does less than `size`.

    Returns how much was done in all.
    """
    done = 0
    while True:
        async with service.begin() as uow:
            batch = await step(uow)
        done += batch
        if batch < size:
            return done
