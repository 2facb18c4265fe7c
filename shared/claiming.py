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
LOOK_AGAIN_S = 1.0
"""So often a free hand looks for more while others work: as often as a job looks when nothing is in hand."""


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

    async def claimed() -> T | None:
        async with service.begin() as uow:
            return await claim(uow.session, new_id(), uow.now)

    return await several_at_once(claimed, carry_out, at_once)


async def several_at_once(
    claim: Callable[[], Awaitable[T | None]], carry_out: Callable[[T], Awaitable[None]], at_once: int
) -> int:
    """Carry out what `claim` takes, at most so many pieces at once, until nothing waits; returns how many.

    Pieces are taken one after the other: hands of one process would take the oldest from each other. While some are in
    hand and a hand is free it looks again: what is asked for meanwhile does not wait for them. What fails is
    raised once all in hand is over; who is cancelled cancels what is in hand, and waits for it to be given back.
    """
    done, in_hand, failed = 0, set[asyncio.Task[None]](), list[BaseException]()

    async def taken() -> T | None:
        try:
            return await claim()
        except Exception as error:
            failed.append(error)
            return None

    try:
        while True:
            while not failed and len(in_hand) < at_once and (work := await taken()) is not None:
                in_hand.add(asyncio.ensure_future(carry_out(work)))
            if not in_hand:
                break
            over, in_hand = await asyncio.wait(in_hand, timeout=LOOK_AGAIN_S, return_when=asyncio.FIRST_COMPLETED)
            done += len(over)
            failed += [error for task in over if (error := task.exception()) is not None]
    finally:
        for task in in_hand:
            task.cancel()
        await asyncio.gather(*in_hand, return_exceptions=True)
    if failed:
        raise failed[0]
    return done


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
