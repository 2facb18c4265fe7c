"""What Kafka's client raises comes out as the bus's own errors, and a cancellation only where somebody cancelled us."""

import asyncio
from contextlib import suppress

import pytest

from shared.messaging.bus import BusError
from shared.messaging.kafka_errors import as_bus_errors


async def test_a_cancellation_of_the_clients_own_is_a_failure_of_the_bus() -> None:
    """A client that lets out the end of a task of its own has failed; whoever consumes is to rebuild it, not to end."""
    clients_own = asyncio.create_task(asyncio.sleep(60))
    clients_own.cancel()
    with pytest.raises(BusError, match="leaving"), as_bus_errors("leaving"):
        await clients_own


async def test_who_is_cancelled_ends() -> None:
    """A real cancellation passes through as it came."""

    async def leave() -> None:
        with as_bus_errors("leaving"):
            await asyncio.sleep(60)

    leaving = asyncio.create_task(leave())
    await asyncio.sleep(0)
    leaving.cancel()
    with suppress(asyncio.CancelledError):
        await leaving
    assert leaving.cancelled()


async def test_an_answer_that_does_not_come_is_a_failure_of_the_bus() -> None:
    """Waiting no longer is a failure of the bus, not a cancellation."""
    with pytest.raises(BusError, match="TimeoutError"), as_bus_errors("asking"):
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)
