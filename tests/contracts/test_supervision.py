"""What breaks around a consumer is waited out or rebuilt; nothing is lost and nothing is buried for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.engine import make_url

from shared.auth.scope import Scope
from shared.database import Database, Session, open_database
from shared.events.procurement import OrderPlaced
from shared.messaging.bus import Bus, BusError, Subscription, TopicPartition
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import Received, Record
from shared.messaging.handlers import Handlers
from shared.messaging.kafka import KafkaBus
from shared.unit_of_work import UnitOfWork
from tests.contracts.backend import LOGISTICS, ORDERS, Backend, eventually, missing, order, placed, seen_table
from tests.contracts.buses import nothing
from tests.contracts.proxy import Proxy


@asynccontextmanager
async def running(consumer: Consumer) -> AsyncIterator[None]:
    """Let a consumer run by itself."""
    task = asyncio.create_task(consumer.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def rebuilt(service: Backend) -> float:
    """How often a consumer was rebuilt."""
    value = service.metrics.registry.get_sample_value("consumer_rebuilt_total", {"service": LOGISTICS})
    return value or 0.0


async def saw(service: Backend, numbers: Sequence[int]) -> bool:
    """Whether exactly these orders were handled, in order."""
    return await service.seen() == {"coop-a": placed(*numbers)}


class Outage(Database):
    """A database that can be away."""

    def __init__(self, database: Database) -> None:
        self.dialect = database.dialect
        self.away = True
        self._database = database

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False, scope: Scope | None = None) -> AsyncIterator[Session]:
        """Give a session, unless it is away."""
        if self.away:
            raise ConnectionRefusedError("the database is away")
        async with self._database.transaction(read_only=read_only, scope=scope) as session:
            yield session

    async def run_sync(self, function: Any) -> Any:
        """Pass on."""
        return await self._database.run_sync(function)

    async def close(self) -> None:
        """Leave it open: it is somebody else's."""


class Shaky:
    """A bus whose subscriptions do what `poll` says before they poll."""

    def __init__(self, bus: Bus, before_poll: Callable[[], list[Received] | None]) -> None:
        self._bus = bus
        self._before_poll = before_poll
        self.refusals = 0
        self.ensure_topics, self.publish = bus.ensure_topics, bus.publish
        self.healthy, self.close = bus.healthy, bus.close

    async def subscribe(
        self, group: str, topics: Sequence[str], on_revoked: Callable[[], Awaitable[None]]
    ) -> Subscription:
        """Join, unless it is to be refused."""
        if self.refusals:
            self.refusals -= 1
            raise BusError("no coordinator")
        return ShakySubscription(await self._bus.subscribe(group, topics, on_revoked), self._before_poll)


class ShakySubscription:
    """A subscription that may do something else than poll."""

    def __init__(self, inner: Subscription, before_poll: Callable[[], list[Received] | None]) -> None:
        self._inner = inner
        self._before_poll = before_poll
        self.rewind, self.lag, self.close = inner.rewind, inner.lag, inner.close

    async def poll(self, limit: int, timeout_s: float) -> list[Received]:
        """Poll, unless something else is to happen."""
        instead = self._before_poll()
        if instead is None:
            return await self._inner.poll(limit, timeout_s)
        await asyncio.sleep(0.01)
        return instead

    async def commit(self, next_offsets: Mapping[TopicPartition, int]) -> None:
        """Pass on."""
        await self._inner.commit(next_offsets)


async def test_a_database_that_is_away_is_waited_for(service: Backend) -> None:
    """While the database is away nothing is handled, buried or rebuilt; when it is back, everything goes on."""
    outage = Outage(service.database)
    await service.publish(*(order("coop-a", number) for number in range(20)))
    async with running(service.consumer(database=outage)):
        await asyncio.sleep(1.3)
        assert await service.seen() == {}
        outage.away = False
        await eventually(lambda: saw(service, range(20)), patience_s=60.0)
        outage.away = True
        await service.publish(*(order("coop-a", number) for number in range(20, 30)))
        await asyncio.sleep(0.3)
        outage.away = False
        await eventually(lambda: saw(service, range(30)))
    assert await service.dead() == []
    assert rebuilt(service) == 0


async def test_a_connection_lost_in_the_middle_is_waited_out(service: Backend) -> None:
    """A database whose connections break under the consumer's hands costs time, not events."""
    if service.database.dialect == "sqlite":
        return  # a file has no connection to lose; what it has instead is in test_sqlite.py
    url = make_url(service.url)
    proxy = Proxy(url.host or "", url.port or 0)
    await proxy.mend()
    through = open_database(url.set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False))
    try:
        async with running(service.consumer(database=through)):
            for start in range(0, 60, 20):
                await service.publish(*(order("coop-a", number) for number in range(start, start + 20)))
                await asyncio.sleep(0.05)
                await proxy.cut()
                await asyncio.sleep(0.1)
                await proxy.mend()
            await eventually(lambda: saw(service, range(60)))
        assert await service.dead() == []
        assert rebuilt(service) == 0
    finally:
        await through.close()
        await proxy.cut()


async def test_parked_events_wait_for_the_database_too(service: Backend) -> None:
    """A database that goes away while parked events are tried again does not cost the consumer its place."""
    service.failing = missing("coop-a", 0)
    outage = Outage(service.database)
    outage.away = False
    consumer = service.consumer(database=outage, parked_every_s=0.05)
    await service.publish(order("coop-a", 0))
    await service.drain(consumer)
    outage.away = True
    async with running(consumer):
        await asyncio.sleep(1.3)
        outage.away = False
        service.failing = lambda event: None
        service.clock.advance(timedelta(hours=1))
        await eventually(lambda: saw(service, [0]))
    assert rebuilt(service) == 0


async def test_a_consumer_whose_bus_fails_is_rebuilt(service: Backend) -> None:
    """An error of the bus closes the subscription and opens another; events go on where they were."""
    failures = 2

    def fail() -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise BusError("fetch failed")

    await service.publish(*(order("coop-a", number) for number in range(5)))
    async with running(service.consumer(bus=Shaky(service.bus, fail), rebuild_s=0.01)):
        await eventually(lambda: saw(service, range(5)))
    assert rebuilt(service) == 2


async def test_three_failures_are_told(service: Backend) -> None:
    """A consumer that failed three times in a row says it is not healthy, until it has worked again."""
    shaky = Shaky(service.bus, lambda: None)
    shaky.refusals = 1_000
    consumer = service.consumer(bus=shaky, rebuild_s=0.01)
    healthy = [consumer.healthy]

    async def unhealthy() -> bool:
        return not consumer.healthy

    async def well() -> bool:
        return consumer.healthy

    async with running(consumer):
        await eventually(unhealthy)
        assert rebuilt(service) >= 3
        shaky.refusals = 0
        await service.publish(order("coop-a", 0))
        await eventually(well)
        await eventually(lambda: saw(service, [0]))
    assert healthy == [True]


async def test_a_consumer_that_is_stuck_is_rebuilt(service: Backend) -> None:
    """Events wait and polling brings none: after a while the subscription is made anew."""
    stuck = True

    def poll_nothing() -> list[Received] | None:
        return [] if stuck and not rebuilt(service) else None

    await service.publish(*(order("coop-a", number) for number in range(3)))
    async with running(service.consumer(bus=Shaky(service.bus, poll_nothing), stuck_s=1.5, rebuild_s=0.01)):
        await eventually(lambda: saw(service, range(3)))
    assert rebuilt(service) == 1


async def test_a_handler_that_hangs_is_left(service: Backend) -> None:
    """A batch that does not come to an end is undone and tried again by a consumer made anew."""
    calls = 0
    table = Handlers()

    @table.on(OrderPlaced)
    async def hang_once(event: OrderPlaced, uow: UnitOfWork) -> None:
        nonlocal calls
        calls += 1
        row = {"cooperative": event.cooperative_id, "what": f"OrderPlaced {event.order_id}"}
        await uow.session.execute(insert(seen_table), [row])
        if calls == 1:
            await asyncio.Event().wait()

    await service.publish(order("coop-a", 0))
    consumer = Consumer(
        LOGISTICS, table, service.bus, service.transactions(), service.metrics, stuck_s=1.0, rebuild_s=0.01
    )
    async with running(consumer):
        await eventually(lambda: saw(service, [0]))
    await consumer.close()
    assert calls == 2


async def test_what_takes_too_long_at_once_is_handled_piece_by_piece(service: Backend) -> None:
    """Events that are slow to handle are all handled, though not all of them within the time a batch is given."""
    table = Handlers()

    @table.on(OrderPlaced)
    async def slowly(event: OrderPlaced, uow: UnitOfWork) -> None:
        await asyncio.sleep(0.1)
        row = {"cooperative": event.cooperative_id, "what": f"OrderPlaced {event.order_id}"}
        await uow.session.execute(insert(seen_table), [row])

    await service.publish(*(order("coop-a", number) for number in range(20)))
    consumer = Consumer(
        LOGISTICS, table, service.bus, service.transactions(), service.metrics, stuck_s=1.0, rebuild_s=0.01
    )
    async with running(consumer):
        await eventually(lambda: saw(service, range(20)), patience_s=60.0)
    await consumer.close()
    assert rebuilt(service) >= 1


async def test_a_broker_that_is_away_is_an_error_soon() -> None:
    """A service starts without its broker: the bus says it is not healthy, and whoever uses it gets a BusError."""
    bus = KafkaBus("127.0.0.1:9", LOGISTICS, keep=timedelta(days=1))
    async with asyncio.timeout(10):
        assert not await bus.healthy()
        with pytest.raises(BusError):
            await bus.publish([Record(ORDERS, "coop-a", b"")])
        with pytest.raises(BusError):
            await bus.subscribe(LOGISTICS, [ORDERS], nothing)
        with pytest.raises(BusError):
            await bus.ensure_topics([ORDERS])
        await bus.close()
