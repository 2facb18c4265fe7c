"""Work of any length, done in units of work of a bounded size."""

from collections.abc import Awaitable, Callable

from shared.service import Service
from shared.unit_of_work import UnitOfWork


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
