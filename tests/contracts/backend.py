"""The backbone of one service, put together by hand, on a database and a bus of either kind."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select

from shared.clock import ManualClock
from shared.database import Database, open_database
from shared.errors import MissingDependency
from shared.events import Event
from shared.events.examples import example_of
from shared.events.procurement import OrderCancelled, OrderPlaced
from shared.messaging import dead_letters
from shared.messaging.bus import Bus, Subscription, dead_letter_topic
from shared.messaging.consumer import Consumer
from shared.messaging.dead_letters import DeadLetter
from shared.messaging.envelope import Received, Record, encode
from shared.messaging.handlers import Handlers
from shared.messaging.relay import Relay
from shared.messaging.tables import add_backbone, outbox, parked_event
from shared.telemetry import Metrics
from shared.unit_of_work import Transactions, UnitOfWork
from tests.contracts.buses import nothing, take

ORDERS = OrderPlaced.SPEC.topic
LOGISTICS = "logistics"
Failing = Callable[[Event], Exception | None]

metadata = MetaData()
seen_table = Table(
    "seen",
    metadata,
    Column("place", Integer, primary_key=True, autoincrement=True),
    Column("cooperative", String(64), nullable=False),
    Column("what", String(64), nullable=False),
)
add_backbone(metadata)


def order(cooperative: str, number: int) -> OrderPlaced:
    """The `number`th order at a cooperative."""
    return example_of(OrderPlaced).model_copy(update={"order_id": f"order-{number}", "cooperative_id": cooperative})


def cancellation(cooperative: str, number: int) -> OrderCancelled:
    """The cancellation of that order."""
    return example_of(OrderCancelled).model_copy(update={"order_id": f"order-{number}", "cooperative_id": cooperative})


class Backend:
    """One service with a table of what its handlers saw; `failing` says what a handler raises for an event."""

    def __init__(self, url: str, bus: Bus) -> None:
        self.url = url
        self.database = open_database(url, pool_size=8)
        self.bus = bus
        self.clock = ManualClock(datetime(2026, 11, 23, 1, tzinfo=UTC))
        self.metrics = Metrics(LOGISTICS)
        self.failing: Failing = lambda event: None
        self.relay = Relay(self.database, bus, self.metrics)
        self._consumers: list[Consumer] = []

    async def open(self) -> None:
        """Create tables and topics."""
        await self.database.run_sync(metadata.create_all)
        await self.bus.ensure_topics([ORDERS, dead_letter_topic(LOGISTICS)])

    async def close(self) -> None:
        """Close everything."""
        for consumer in self._consumers:
            await consumer.close()
        await self.bus.close()
        await self.database.close()

    def transactions(self, database: Database | None = None) -> Transactions:
        """Return units of work on this database, or on another one."""
        return Transactions(database or self.database, self.clock, self.relay.wake)

    def consumer(self, *, bus: Bus | None = None, database: Database | None = None, **options: Any) -> Consumer:
        """Return a consumer of the orders; one handler takes events one by one, the other runs of them."""
        transactions = self.transactions(database)
        made = Consumer(LOGISTICS, self.handlers(), bus or self.bus, transactions, self.metrics, **options)
        self._consumers.append(made)
        return made

    def handlers(self) -> Handlers:
        """Return handlers that write down what they saw."""
        table = Handlers()

        @table.on(OrderPlaced)
        async def note(event: OrderPlaced, uow: UnitOfWork) -> None:
            await self._note([event], uow)

        @table.on_many(OrderCancelled)
        async def note_many(events: Sequence[OrderCancelled], uow: UnitOfWork) -> None:
            await self._note(events, uow)

        return table

    async def _note(self, events: Sequence[OrderPlaced | OrderCancelled], uow: UnitOfWork) -> None:
        rows = [{"cooperative": e.cooperative_id, "what": f"{type(e).__name__} {e.order_id}"} for e in events]
        await uow.session.execute(insert(seen_table), rows)
        for event in events:
            if error := self.failing(event):
                raise error

    async def tell(self, *events: Event) -> None:
        """Tell events through the outbox."""
        async with self.transactions().begin() as uow:
            uow.emit(*events)

    async def publish(self, *events: Event) -> list[Record]:
        """Publish events past the outbox; returns the records, to publish them again."""
        records = [encode(event, self.clock.now()) for event in events]
        await self.bus.publish(records)
        return records

    async def drain(self, consumer: Consumer) -> None:
        """Handle everything there is; the bus need not be quick."""
        await consumer.step(0.2)
        while await consumer.joined().lag():
            await consumer.step(0.2)

    async def seen(self) -> dict[str, list[str]]:
        """Return what was handled, by cooperative, in order."""
        statement = select(seen_table.c.cooperative, seen_table.c.what).order_by(seen_table.c.place)
        found: dict[str, list[str]] = {}
        async with self.database.transaction(read_only=True) as session:
            for cooperative, what in (await session.execute(statement)).all():
                found.setdefault(cooperative, []).append(what)
        return found

    async def count(self, table: Table) -> int:
        """Return how many rows a table has."""
        async with self.database.transaction(read_only=True) as session:
            return int(await session.scalar(select(func.count()).select_from(table)))

    async def waiting(self) -> int:
        """Return how many events wait in the outbox."""
        return await self.count(outbox)

    async def parked(self) -> int:
        """Return how many events are parked."""
        return await self.count(parked_event)

    async def dead(self) -> list[DeadLetter]:
        """Return the dead letters."""
        async with self.transactions().begin(read_only=True) as uow:
            return await dead_letters.waiting(uow)

    async def on_bus(self, topic: str, count: int, group: str = "probe") -> list[Received]:
        """Return the first `count` records of a topic, as a group of its own gets them."""
        member: Subscription = await self.bus.subscribe(group, [topic], nothing)
        try:
            return await take(member, count)
        finally:
            await member.close()


def once(cooperative: str, number: int, error: Exception, times: int = 1) -> Failing:
    """Fail `times` times for one order."""
    left = times

    def failing(event: Event) -> Exception | None:
        nonlocal left
        if left and isinstance(event, OrderPlaced) and event.order_id == f"order-{number}" and event.key == cooperative:
            left -= 1
            return error
        return None

    return failing


def missing(cooperative: str, number: int) -> Failing:
    """Miss something for one order, always."""
    return once(cooperative, number, MissingDependency("canteen", "canteen-hongxing"), times=1_000_000)


def placed(*numbers: int) -> list[str]:
    """What is written down for these orders."""
    return [f"OrderPlaced order-{number}" for number in numbers]


async def eventually(condition: Callable[[], Awaitable[bool]], patience_s: float = 15.0) -> None:
    """Wait until a condition holds; fails after a while."""
    async with asyncio.timeout(patience_s):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.05)


class CutBus:
    """A bus that loses its connection before it publishes, or after."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.before_publish = True
        self.after_publish = False
        self.ensure_topics = bus.ensure_topics
        self.subscribe = bus.subscribe
        self.healthy = bus.healthy
        self.close = bus.close

    async def publish(self, records: Sequence[Record]) -> None:
        """Publish, unless the connection is cut."""
        if self.before_publish:
            raise ConnectionResetError("cut")
        await self._bus.publish(records)
        if self.after_publish:
            raise ConnectionResetError("cut")
