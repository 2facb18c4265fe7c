"""Work that waits in a table: it is carried out piece by piece, or batch by batch, until nothing waits."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from shared.database import Session
from shared.ids import new_id
from shared.service import Service
from shared.unit_of_work import UnitOfWork

T = TypeVar("T")
R = TypeVar("R")
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

    async def oldest(_free: int) -> Sequence[T]:
        async with service.begin() as uow:
            work = await claim(uow.session, new_id(), uow.now)
        return [] if work is None else [work]

    return len(await several_at_once(oldest, carry_out, at_once))


async def several_at_once(
    claim: Callable[[int], Awaitable[Sequence[T]]],
    carry_out: Callable[[T], Awaitable[R]],
    at_once: int,
    look_again_s: float = LOOK_AGAIN_S,
) -> list[R]:
    """Carry out what `claim` takes, at most so many pieces at once, until nothing waits; returns what came of each.

    `claim` is asked for as many as there are free hands, by one of them: they would take the oldest from each other.
    While some pieces are in hand and a hand is free it looks again: what is asked for meanwhile does not wait for them.
    What fails is raised once all in hand is over; who is cancelled cancels what is in hand, and waits for it to be
    given back.
    """
    results, in_hand, failed = list[R](), set[asyncio.Future[R]](), list[BaseException]()

    async def taken(free: int) -> Sequence[T]:
        try:
            return await claim(free)
        except Exception as error:
            failed.append(error)
            return []

    try:
        while True:
            while not failed and (free := at_once - len(in_hand)) and (found := await taken(free)):
                in_hand |= {asyncio.ensure_future(carry_out(each)) for each in found}
            if not in_hand:
                break
            over, in_hand = await asyncio.wait(in_hand, timeout=look_again_s, return_when=asyncio.FIRST_COMPLETED)
            for piece in over:
                if (error := piece.exception()) is not None:
                    failed.append(error)
                else:
                    results.append(piece.result())
    finally:
        for piece in in_hand:
            piece.cancel()
        await asyncio.gather(*in_hand, return_exceptions=True)
    if failed:
        raise failed[0]
    return results


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
