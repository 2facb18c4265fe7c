"""The backbone flat out: how fast relay and consumer are beside the bare clients doing the same by hand.

Event loop, garbage collector and the servers' care for their data are those of production. All share the machine, and
sides take turns. How soon an event is handled is measured beside it (`backbone_latency`).
"""

import os
import random
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import uvloop
from sqlalchemy import BigInteger, Column, Date, MetaData, String, Table, delete, func, select

from benchmarks import bare_kafka
from benchmarks.bare_kafka import Place, Speed, measured
from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.servers import Server
from shared.clock import SystemClock
from shared.database import Database, open_database
from shared.events import PARTITIONS
from shared.events.examples import example_of
from shared.events.procurement import OrderPlaced
from shared.messaging.bus import Bus, dead_letter_topic
from shared.messaging.consumer import BATCH, Consumer
from shared.messaging.envelope import Record, encode
from shared.messaging.handlers import Handlers
from shared.messaging.kafka import KafkaBus
from shared.messaging.relay import Relay
from shared.messaging.tables import add_backbone
from shared.telemetry import Metrics
from shared.unit_of_work import Transactions, UnitOfWork
from tools.servers.kafka import ForeignKafka, Kafka, kafka_server
from tools.servers.postgres import postgres_server

EVENTS = 100_000
ROUNDS = 5
_UNIT_OF_WORK = 500
GROUP = "logistics"
TOPIC = OrderPlaced.SPEC.topic

metadata = MetaData()
orders = Table(
    "orders",
    metadata,
    Column("order_id", String(64), primary_key=True),
    Column("cooperative_id", String(64), nullable=False),
    Column("delivery_day", Date, nullable=False),
    Column("ordered_g", BigInteger, nullable=False),
)
add_backbone(metadata)
outbox, inbox = metadata.tables["outbox"], metadata.tables["inbox"]
_COLUMNS = tuple(orders.c.keys())


@dataclass(frozen=True, slots=True)
class Servers:
    """The real servers a run uses, and a database of its own."""

    kafka: Kafka | ForeignKafka
    postgres: Server
    database: str

    def place(self, topics: dict[str, str]) -> Place:
        """Return where the bare clients work."""
        return Place(self.kafka.bootstrap, topics[TOPIC], self.database)


@dataclass(frozen=True, slots=True)
class Sides:
    """What the rounds of each side came to: ours, the same by hand, and the bytes alone."""

    ours: list[Speed] = field(default_factory=list)
    by_hand: list[Speed] = field(default_factory=list)
    bytes_alone: list[Speed] = field(default_factory=list)

    async def round(self, number: int, ours: "Side", by_hand: "Side", bytes_alone: "Side") -> None:
        """Let each side have its turn, every other round in the other order."""
        turns = ((self.ours, ours), (self.by_hand, by_hand), (self.bytes_alone, bytes_alone))
        for kept, side in turns[:: -1 if number % 2 else 1]:
            kept.append(await side())


Side = Callable[[], Awaitable[Speed]]


@benchmark("backbone.relay")
def relay(options: Options) -> Outcome:
    """Events per second from a PostgreSQL outbox to Kafka, acknowledged and deleted, beside the same by hand."""
    return on_servers(_relay, options)


@benchmark("backbone.consume")
def consume(options: Options) -> Outcome:
    """Events per second from Kafka into the inbox and a table on PostgreSQL, beside the same by hand."""
    return on_servers(_consume, options)


async def _relay(options: Options, servers: Servers) -> Outcome:
    placed, sides = orders_of(options.seed, options.scaled(EVENTS)), Sides()
    for number in range(ROUNDS):
        async with service(servers) as (database, bus, topics):
            place, renamed = servers.place(topics), Renamed(bus, topics)
            records = [encode(event, datetime.now(UTC)) for event in placed]
            await renamed.publish(records[:1])  # connects

            async def filled(work: Side, database: Database = database) -> Speed:
                await _fill_outbox(database, placed)
                speed = await work()
                await _require(database, outbox, 0)
                return speed

            drained = partial(measured, len(placed), Relay(database, renamed, Metrics("bench")).drain)
            await sides.round(
                number,
                partial(filled, drained),
                partial(filled, partial(bare_kafka.relay, place, len(placed))),
                partial(bare_kafka.produce, place, records),
            )
    told = f"{len(placed)} orders in a PostgreSQL outbox, {PARTITIONS} partitions, median of {ROUNDS} rounds"
    reference = "asyncpg and aiokafka by hand: the same rows read and deleted, the same bytes sent"
    return _compared(told, reference, sides, len(placed))


async def _consume(options: Options, servers: Servers) -> Outcome:
    placed, sides = orders_of(options.seed, options.scaled(EVENTS)), Sides()
    for number in range(ROUNDS):
        async with service(servers) as (database, bus, topics):
            place, renamed = servers.place(topics), Renamed(bus, topics)
            await renamed.publish([encode(event, datetime.now(UTC)) for event in placed])

            async def kept(work: Side, database: Database = database) -> Speed:
                speed = await work()
                for table in (orders, inbox):
                    await _require(database, table, len(placed))
                    async with database.transaction() as session:
                        await session.execute(delete(table))
                return speed

            await sides.round(
                number,
                partial(kept, partial(_consumed, database, renamed, len(placed))),
                partial(kept, partial(bare_kafka.consume, place, len(placed))),
                partial(bare_kafka.read, place, len(placed)),
            )
    how = f"{PARTITIONS} partitions, one consumer, up to {BATCH} at a time"
    told = f"{len(placed)} orders on Kafka, {how}, median of {ROUNDS} rounds"
    reference = "aiokafka and asyncpg by hand: the same records read, the same rows of inbox and orders written"
    return _compared(told, reference, sides, len(placed))


async def _consumed(database: Database, bus: Bus, count: int) -> Speed:
    consumer = Consumer(GROUP, into_orders(), bus, transactions(database), Metrics("bench"))
    try:
        return await measured(count, partial(_drain, consumer, count))
    finally:
        await consumer.close()


async def _drain(consumer: Consumer, count: int) -> None:
    handled = 0
    while handled < count:
        handled += await consumer.step(1.0)


async def _require(database: Database, table: Table, rows: int) -> None:
    """Raise ValueError where a side did not do its work: it would be fast."""
    async with database.transaction(read_only=True) as session:
        found = await session.scalar(select(func.count()).select_from(table))
    if found != rows:
        raise ValueError(f"{table.name} has {found} rows, not {rows}")


def _compared(told: str, reference: str, sides: Sides, count: int) -> Outcome:
    """Return medians; CPU per event tells ours from the servers' and the neighbours' share of a busy machine."""
    named = {"": sides.ours, "reference_": sides.by_hand, "bytes_alone_": sides.bytes_alone}
    rounds = {f"{name}rounds": [round(one.per_second) for one in speeds] for name, speeds in named.items()}
    cpu = {
        f"{name}cpu_us_per_event": round(statistics.median(one.cpu_seconds for one in speeds) / count * 1e6, 1)
        for name, speeds in named.items()
    }
    value, by_hand, alone = (statistics.median(one.per_second for one in speeds) for speeds in named.values())
    load = {"load_average": round(os.getloadavg()[0], 1)}
    details = rounds | cpu | {"bytes_alone_per_second": round(alone), "of_bytes_alone": round(value / alone, 3)} | load
    spent = sum(one.cpu_seconds for one in sides.ours)
    return Outcome(told, value, "events/s", reference, by_hand, details, cpu_seconds=spent)


def into_orders(then: Callable[[Sequence[OrderPlaced]], None] = lambda _events: None) -> Handlers:
    """Return handlers that keep a row of each order, and say `then` which."""
    table = Handlers()

    @table.on_many(OrderPlaced)
    async def store(events: Sequence[OrderPlaced], uow: UnitOfWork) -> None:
        rows = [
            (event.order_id, event.cooperative_id, event.delivery_day, sum(line.ordered_g for line in event.lines))
            for event in events
        ]
        await uow.session.fill(orders, _COLUMNS, rows)
        then(events)

    return table


def orders_of(seed: int, count: int) -> list[OrderPlaced]:
    """Return orders of 1 to 6 lines at 200 cooperatives."""
    dice = random.Random(seed)
    example = example_of(OrderPlaced)
    made = []
    for number in range(count):
        lines = tuple(
            example.lines[0].model_copy(update={"line_id": f"line-{number}-{n}", "ordered_g": dice.randint(1, 10**6)})
            for n in range(dice.randint(1, 6))
        )
        who = {"order_id": f"order-{number}", "cooperative_id": f"coop-{dice.randrange(200)}", "lines": lines}
        made.append(example.model_copy(update=who))
    return made


async def _fill_outbox(database: Database, placed: Sequence[OrderPlaced]) -> None:
    begun = transactions(database)
    for start in range(0, len(placed), _UNIT_OF_WORK):
        async with begun.begin() as uow:
            uow.emit(*placed[start : start + _UNIT_OF_WORK])


def transactions(database: Database, wake: Callable[[], None] = lambda: None) -> Transactions:
    """Return units of work on a database; `wake` says that something is to be told."""
    return Transactions(database, SystemClock(), wake)


def p50_p99(took: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 99th percentile; of one alone, itself."""
    cuts = statistics.quantiles(took, n=100) if len(took) > 1 else [*took] * 99
    return round(cuts[49], 1), round(cuts[98], 1)


class Renamed:
    """A bus whose topics have names of this run's own, so that a broker somebody else runs is left as it was."""

    def __init__(self, bus: Bus, topics: dict[str, str]) -> None:
        self._bus = bus
        self._topics = topics
        self.healthy, self.close = bus.healthy, bus.close

    async def ensure_topics(self, topics: Sequence[str]) -> None:
        """Create the topics of this run."""
        await self._bus.ensure_topics([self._topics[topic] for topic in topics])

    async def publish(self, records: Sequence[Record]) -> None:
        """Publish to the topics of this run."""
        renamed = [Record(self._topics[one.topic], one.key, one.value, one.headers) for one in records]
        await self._bus.publish(renamed)

    async def subscribe(self, group: str, topics: Sequence[str], on_revoked: Callable[[], Awaitable[None]]) -> Any:
        """Join under the names of this run."""
        return await self._bus.subscribe(group, [self._topics[topic] for topic in topics], on_revoked)


@asynccontextmanager
async def service(servers: Servers) -> AsyncIterator[tuple[Database, KafkaBus, dict[str, str]]]:
    """Give an empty database, a bus and topics of their own."""
    run = uuid4().hex
    async with AsyncExitStack() as stack:
        bus = KafkaBus(servers.kafka.bootstrap, "bench", keep=timedelta(hours=1))
        stack.push_async_callback(bus.close)
        topics = {topic: f"bench-{run}.{topic}" for topic in (TOPIC, dead_letter_topic(GROUP))}
        await bus.ensure_topics(list(topics.values()))
        database = open_database(servers.database)
        stack.push_async_callback(database.close)
        await database.run_sync(metadata.drop_all)
        await database.run_sync(metadata.create_all)
        yield database, bus, topics


def on_servers(run: Callable[[Options, Servers], Coroutine[Any, Any, Outcome]], options: Options) -> Outcome:
    """Run a benchmark on real servers, in a database of its own."""
    with kafka_server() as kafka, postgres_server() as postgres:
        name = f"bench_{uuid4().hex}"
        try:
            return uvloop.run(run(options, Servers(kafka, postgres, postgres.create_database(name))))
        finally:
            postgres.drop_database(name)
