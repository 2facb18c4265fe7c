"""The backbone: how fast relay and consumer are next to Kafka's bare client, and how soon an event is handled.

Event loop, garbage collector and the servers' care for their data are those of production. All share the machine.
"""

import asyncio
import os
import random
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import uvloop
from sqlalchemy import BigInteger, Column, Date, MetaData, String, Table, func, select, text

from benchmarks.bare_kafka import Speed, measured, produce, read
from benchmarks.harness import Options, Outcome, benchmark, cpu_seconds
from shared.clock import SystemClock
from shared.database import Database, open_database
from shared.events import PARTITIONS
from shared.events.examples import example_of
from shared.events.procurement import OrderPlaced
from shared.messaging.bus import Bus, dead_letter_topic
from shared.messaging.consumer import BATCH, Consumer
from shared.messaging.embedded import EmbeddedBus
from shared.messaging.envelope import Record, encode
from shared.messaging.handlers import Handlers
from shared.messaging.kafka import KafkaBus
from shared.messaging.relay import Relay
from shared.messaging.tables import add_backbone
from shared.telemetry import Metrics
from shared.unit_of_work import Transactions, UnitOfWork
from tools.servers.kafka import kafka_server
from tools.servers.postgres import postgres_server

EVENTS = 20_000
LATENCIES, LEAST_LATENCIES = 300, 10
ROUNDS = 3
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
_STORE = text(
    "INSERT INTO orders (order_id, cooperative_id, delivery_day, ordered_g) SELECT * FROM unnest("
    "CAST(:ids AS text[]), CAST(:cooperatives AS text[]), CAST(:days AS date[]), CAST(:grams AS bigint[]))"
)


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of the real servers a run uses."""

    kafka: str
    postgres: str


@benchmark("backbone.relay")
def relay(options: Options) -> Outcome:
    """Events per second from a PostgreSQL outbox to Kafka, acknowledged and deleted."""
    return _on_servers(_relay, options)


@benchmark("backbone.consume")
def consume(options: Options) -> Outcome:
    """Events per second from Kafka into the inbox and a table on PostgreSQL."""
    return _on_servers(_consume, options)


@benchmark("backbone.latency")
def latency(options: Options) -> Outcome:
    """Milliseconds from a use case's commit to the handling in another service, on Kafka and on the embedded bus."""
    return _on_servers(_latency, options)


async def _relay(options: Options, servers: Servers) -> Outcome:
    placed = _orders(options)
    ours: list[Speed] = []
    raw: list[Speed] = []
    for _ in range(ROUNDS):
        async with _service(servers) as (database, bus, topics):
            await _fill_outbox(database, placed)
            records = [encode(event, datetime.now(UTC)) for event in placed]
            await Renamed(bus, topics).publish(records[:1])  # connects
            ours.append(await measured(len(placed), Relay(database, Renamed(bus, topics), Metrics("bench")).drain))
            raw.append(await produce(servers.kafka, topics[TOPIC], records))
    told = f"{len(placed)} orders in a PostgreSQL outbox, {PARTITIONS} partitions, median of {ROUNDS} rounds"
    reference = "aiokafka's create_batch/send_batch of the same bytes, nothing read or deleted"
    return _compared(told, ours, reference, raw, len(placed))


async def _consume(options: Options, servers: Servers) -> Outcome:
    placed = _orders(options)
    ours: list[Speed] = []
    raw: list[Speed] = []
    for _ in range(ROUNDS):
        async with _service(servers) as (database, bus, topics):
            renamed = Renamed(bus, topics)
            await renamed.publish([encode(event, datetime.now(UTC)) for event in placed])
            consumer = Consumer(GROUP, into_orders(), renamed, transactions(database), Metrics("bench"))
            ours.append(await measured(len(placed), partial(_drain, consumer, len(placed))))
            await consumer.close()
            async with database.transaction(read_only=True) as session:
                assert await session.scalar(select(func.count()).select_from(orders)) == len(placed)
            raw.append(await read(servers.kafka, topics[TOPIC], len(placed)))
    how = f"{PARTITIONS} partitions, one consumer, up to {BATCH} at a time"
    told = f"{len(placed)} orders on Kafka, {how}, median of {ROUNDS} rounds"
    reference = "aiokafka's getmany of the same records, nothing decoded or stored"
    return _compared(told, ours, reference, raw, len(placed))


def _compared(told: str, ours: Sequence[Speed], reference: str, raw: Sequence[Speed], count: int) -> Outcome:
    """Return medians; CPU per event tells ours from the servers' and the neighbours' share of a busy machine."""
    cpu = [statistics.median(one.cpu_seconds for one in speeds) / count * 1e6 for speeds in (ours, raw)]
    details = {
        "rounds": [round(one.per_second) for one in ours],
        "reference_rounds": [round(one.per_second) for one in raw],
        "cpu_us_per_event": round(cpu[0], 1),
        "reference_cpu_us_per_event": round(cpu[1], 1),
        "load_average": round(os.getloadavg()[0], 1),
    }
    value, bare = (statistics.median(one.per_second for one in speeds) for speeds in (ours, raw))
    spent = sum(one.cpu_seconds for one in ours)
    return Outcome(told, value, "events/s", reference, bare, details, cpu_seconds=spent)


async def _latency(options: Options, servers: Servers) -> Outcome:
    count = max(LEAST_LATENCIES, options.scaled(LATENCIES))
    cpu = -cpu_seconds()
    async with _service(servers) as (database, bus, topics):
        kafka = await _latencies(database, Renamed(bus, topics), count, options.seed)
    with TemporaryDirectory() as folder:
        embedded_bus = EmbeddedBus(Path(folder) / "bus.sqlite")
        await embedded_bus.ensure_topics([TOPIC, dead_letter_topic(GROUP)])
        database = open_database(f"sqlite:///{folder}/bench.sqlite")
        await database.run_sync(metadata.create_all)
        embedded = await _latencies(database, embedded_bus, count, options.seed)
        await embedded_bus.close()
        await database.close()
    cpu += cpu_seconds()
    details = {"kafkap50_p99_ms": p50_p99(kafka), "embeddedp50_p99_ms": p50_p99(embedded)}
    told = (
        f"{count} orders one after the other, committed on one side, handled on the other; p50 on PostgreSQL and Kafka"
    )
    reference = "the same on SQLite and the embedded bus"
    return Outcome(told, p50_p99(kafka)[0], "ms", reference, p50_p99(embedded)[0], details, cpu_seconds=cpu)


async def _latencies(database: Database, bus: Bus, count: int, seed: int) -> list[float]:
    """Tell orders one by one, at random moments; return how long each took to be handled, in ms."""
    handled: asyncio.Queue[float] = asyncio.Queue()
    table = Handlers()

    @table.on(OrderPlaced)
    async def note(_event: OrderPlaced, _uow: UnitOfWork) -> None:
        handled.put_nowait(time.perf_counter())

    dice = random.Random(seed)
    publishing = Relay(database, bus, Metrics("bench"))
    telling = transactions(database, publishing.wake)
    consumer = Consumer(GROUP, table, bus, transactions(database), Metrics("bench"))
    tasks = [asyncio.create_task(part) for part in (publishing.run(), consumer.run())]
    took = []
    for event in _orders(Options(seed=seed, scale=count / EVENTS)):
        async with telling.begin() as uow:
            uow.emit(event)
        committed = time.perf_counter()
        took.append((await handled.get() - committed) * 1000)
        await asyncio.sleep(dice.uniform(0.0, 0.02))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await consumer.close()
    return took[1:]  # the first waits for connections


def into_orders() -> Handlers:
    """Return handlers that keep a row of each order."""
    table = Handlers()

    @table.on_many(OrderPlaced)
    async def store(events: Sequence[OrderPlaced], uow: UnitOfWork) -> None:
        columns = {
            "ids": [event.order_id for event in events],
            "cooperatives": [event.cooperative_id for event in events],
            "days": [event.delivery_day for event in events],
            "grams": [sum(line.ordered_g for line in event.lines) for event in events],
        }
        await uow.session.execute(_STORE, columns)

    return table


async def _drain(consumer: Consumer, count: int) -> None:
    handled = 0
    while handled < count:
        handled += await consumer.step(1.0)


def _orders(options: Options) -> list[OrderPlaced]:
    """Return orders of 1 to 6 lines at 200 cooperatives."""
    dice = random.Random(options.seed)
    example = example_of(OrderPlaced)
    made = []
    for number in range(options.scaled(EVENTS)):
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
async def _service(servers: Servers) -> AsyncIterator[tuple[Database, KafkaBus, dict[str, str]]]:
    """Give a new database, a bus and topics of their own."""
    run = uuid4().hex
    async with AsyncExitStack() as stack:
        bus = KafkaBus(servers.kafka, "bench", keep=timedelta(hours=1))
        stack.push_async_callback(bus.close)
        topics = {topic: f"bench-{run}.{topic}" for topic in (TOPIC, dead_letter_topic(GROUP))}
        await bus.ensure_topics(list(topics.values()))
        database = open_database(servers.postgres)
        stack.push_async_callback(database.close)
        await database.run_sync(metadata.drop_all)
        await database.run_sync(metadata.create_all)
        yield database, bus, topics


def _on_servers(run: Callable[[Options, Servers], Awaitable[Outcome]], options: Options) -> Outcome:
    with kafka_server() as kafka, postgres_server() as postgres:
        name = f"bench_{uuid4().hex}"
        servers = Servers(kafka.bootstrap, postgres.create_database(name))
        try:
            return uvloop.run(_awaited(run, options, servers))
        finally:
            postgres.drop_database(name)


async def _awaited(
    run: Callable[[Options, Servers], Awaitable[Outcome]], options: Options, servers: Servers
) -> Outcome:
    return await run(options, servers)
