"""How soon an event is handled: at fixed rates and flat out, on Kafka and PostgreSQL, and on the embedded default.

Orders are due at fixed instants, whatever became of those before (an open loop), each told by a unit of work of its
own; relay and consumer run beside it. Latency counts from the instant an order is due until the transaction that keeps
its row is committed, so that whoever falls behind shows it. Beside it asyncpg and aiokafka do the same by hand: a row
is committed, its bytes are sent, read, and rows are committed.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg

from benchmarks.backbone import (
    GROUP,
    TOPIC,
    Renamed,
    Servers,
    into_orders,
    metadata,
    on_servers,
    orders_of,
    p50_p99,
    service,
    transactions,
)
from benchmarks.bare_kafka import FIRST, READ_TOGETHER, Place, consumer_of, keep, producer_of
from benchmarks.harness import Options, Outcome, benchmark, cpu_seconds
from benchmarks.servers import computed_s, database_computed_s
from shared.clock import SystemClock
from shared.collector import collect_seldom
from shared.database import Database, open_database
from shared.events.procurement import OrderPlaced
from shared.messaging.bus import Bus, dead_letter_topic
from shared.messaging.consumer import Consumer
from shared.messaging.embedded import EmbeddedBus
from shared.messaging.envelope import Record, encode
from shared.messaging.kafka_subscription import FETCH_WAIT_MS
from shared.messaging.outbox import headers_to_json, shard_of
from shared.messaging.relay import Relay
from shared.telemetry import Metrics
from shared.unit_of_work import Transactions, UnitOfWork
from tools.servers.kafka import Kafka

RATES = (100, 1000)
"""Orders a second; a third time they are all due at once."""
SECONDS, SECONDS_AT_ONE = (0.2, 10.0), 30.0
"""How long a rate is kept at least and at most, and for how long at scale 1 if there were no most."""
WARM_UP, WARM_UP_S = 50, 2.0
"""Orders told one by one, and how long a rate is kept, before latencies count: a broker that has just begun to lead a
topic, and whose code is not compiled yet, answers ten times as late for two seconds.
"""
HANDS = 20
"""Units of work at the same time: as many as a service has connections."""
PATIENCE_S = 120.0
_APPEND = (
    "INSERT INTO outbox (shard, topic, key, headers, value, created_at) "
    "VALUES ($1, $2, $3, $4::json, $5, now()) RETURNING id"
)
_REMOVE = "DELETE FROM outbox WHERE id = $1"

Tell = Callable[[int], Awaitable[None]]


def number_of(order_id: str) -> int:
    """Return the number of an order among those made."""
    return int(order_id.removeprefix("order-"))


@dataclass(frozen=True, slots=True)
class Due:
    """What is told: orders, how many a second (None: all are due at once), and the first of them that counts."""

    placed: Sequence[OrderPlaced]
    rate: int | None
    first: int


@dataclass(slots=True)
class Clockings:
    """When each order was due, when its unit of work was over and when it was handled, s; all by number.

    Those before `first` warm up and do not count.
    """

    first: int = WARM_UP
    due: dict[int, float] = field(default_factory=dict)
    told: dict[int, float] = field(default_factory=dict)
    handled: dict[int, float] = field(default_factory=dict)

    def note(self, numbers: Sequence[int]) -> None:
        """Say that orders were handled just now."""
        now = time.perf_counter()
        self.handled.update((number, now) for number in numbers)

    def behind_ms(self, since: dict[int, float]) -> list[float]:
        """Return how long after an instant of its own each counted order was handled."""
        return [(self.handled[number] - at) * 1000 for number, at in since.items() if number >= self.first]


class Noting(Transactions):
    """Transactions of a consumer; what its handlers wrote is handled once the transaction is committed."""

    def __init__(self, database: Database, clockings: Clockings) -> None:
        super().__init__(database, SystemClock(), lambda: None)
        self._clockings = clockings
        self._written: list[int] = []

    def wrote(self, events: Sequence[OrderPlaced]) -> None:
        """Keep what a handler has just written."""
        self._written += [number_of(event.order_id) for event in events]

    @asynccontextmanager
    async def begin(self, **how: Any) -> AsyncIterator[UnitOfWork]:
        """Open a unit of work; after its commit what was written is noted."""
        self._written = []
        async with super().begin(**how) as uow:
            yield uow
        self._clockings.note(self._written)


@benchmark("backbone.latency")
def latency(options: Options) -> Outcome:
    """Milliseconds until an event is handled (p99 at 1,000/s), at fixed rates and flat out, on both backbones."""
    return on_servers(_latency, options)


async def _latency(options: Options, servers: Servers) -> Outcome:
    collect_seldom()
    cpu, details = -cpu_seconds(), dict[str, Any]()
    for rate in (*RATES, None):
        name = "flat_out" if rate is None else f"at_{rate}"
        count, first = _count(options, rate), _warm_up(options, rate)
        due = Due(orders_of(options.seed, first + count), rate, first)
        ours = await _on_kafka(servers, due)
        by_hand = await _by_hand(servers, due)
        embedded = await _embedded(due)
        details[name] = {"orders": count, "kafka": ours, "by_hand": by_hand, "embedded": embedded}
    cpu += cpu_seconds()
    judged = details[f"at_{RATES[-1]}"]
    return Outcome(
        f"orders due at {RATES[0]} and {RATES[-1]:,} a second for {_seconds(options):g} s each, and all at once",
        judged["kafka"]["p50_p99_ms"][1],
        f"ms, p99 at {RATES[-1]:,}/s",
        "asyncpg and aiokafka by hand at the same rate",
        judged["by_hand"]["p50_p99_ms"][1],
        details | {"load_average": round(os.getloadavg()[0], 1)},
        cpu_seconds=cpu,
    )


def _seconds(options: Options) -> float:
    least, most = SECONDS
    return min(most, max(least, SECONDS_AT_ONE * options.scale))


def _count(options: Options, rate: int | None) -> int:
    return round(_seconds(options) * (RATES[-1] if rate is None else rate))


def _warm_up(options: Options, rate: int | None) -> int:
    seconds = WARM_UP_S / 10 if options.brief else WARM_UP_S
    return WARM_UP + round(seconds * (rate or 0))


async def _on_kafka(servers: Servers, due: Due) -> dict[str, Any]:
    async with service(servers) as (database, bus, topics):
        spent = _Spent(servers)
        figures = await _through(database, Renamed(bus, topics), due)
        return figures | spent.per_event(len(due.placed))


async def _embedded(due: Due) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        bus, database = EmbeddedBus(Path(folder) / "bus.sqlite"), open_database(f"sqlite:///{folder}/bench.sqlite")
        await bus.ensure_topics([TOPIC, dead_letter_topic(GROUP)])
        await database.run_sync(metadata.create_all)
        spent = _Spent()
        try:
            figures = await _through(database, bus, due)
        finally:
            await bus.close()
            await database.close()
        return figures | spent.per_event(len(due.placed))


async def _through(database: Database, bus: Bus, due: Due) -> dict[str, Any]:
    """Tell orders at a rate with relay and consumer at work; returns how soon they were handled."""
    clockings = Clockings(due.first)
    publishing = Relay(database, bus, Metrics("bench"))
    telling, noting = transactions(database, publishing.wake), Noting(database, clockings)
    consumer = Consumer(GROUP, into_orders(noting.wrote), bus, noting, Metrics("bench"))

    async def tell(number: int) -> None:
        async with telling.begin() as uow:
            uow.emit(due.placed[number])

    tasks = [asyncio.create_task(part) for part in (publishing.run(), consumer.run())]
    try:
        figures = await open_loop(clockings, tell, due)
        return figures | {"p50_p99_ms_since_commit": p50_p99(clockings.behind_ms(clockings.told))}
    finally:
        await _ended(tasks)
        await consumer.close()


async def _by_hand(servers: Servers, due: Due) -> dict[str, Any]:
    """Do the same with the bare clients: an order is committed, sent, deleted; what comes is kept as it comes."""
    async with service(servers) as (_database, _bus, topics):
        place, clockings, spent = servers.place(topics), Clockings(due.first), _Spent(servers)
        records = [encode(event, datetime.now(UTC)) for event in due.placed]
        address = place.database.replace("+asyncpg", "")
        async with asyncpg.create_pool(address, min_size=HANDS, max_size=HANDS) as pool, producer_of(place) as producer:

            async def tell(number: int) -> None:
                await _append_and_send(pool, producer, topics[TOPIC], records[number])

            reading = asyncio.create_task(_keep_all(pool, place, clockings))
            try:
                return await open_loop(clockings, tell, due) | spent.per_event(len(due.placed))
            finally:
                await _ended([reading])


async def _append_and_send(pool: Any, producer: Any, topic: str, record: Record) -> None:
    row = (shard_of(record.key), record.topic, record.key, json.dumps(headers_to_json(record.headers)), record.value)
    waiting = await pool.fetchval(_APPEND, *row)
    headers = list(record.headers)
    await producer.send_and_wait(topic, record.value, key=record.key.encode(), headers=headers)
    await pool.execute(_REMOVE, waiting)


async def _keep_all(pool: Any, place: Place, clockings: Clockings) -> None:
    async with consumer_of(place, FETCH_WAIT_MS) as consumer, pool.acquire() as connection:
        while True:
            found = await consumer.getmany(timeout_ms=1000, max_records=READ_TOGETHER)
            values = [one.value for of_place in found.values() for one in of_place if one.key != FIRST]
            clockings.note([number_of(order_id) for order_id in await keep(connection, values)])
            if found:
                await consumer.commit()


async def open_loop(clockings: Clockings, tell: Tell, due: Due) -> dict[str, Any]:
    """Tell the first orders one after the other, then each of the others when it is due; returns the figures."""
    for number in range(WARM_UP):
        clockings.due[number] = time.perf_counter()
        await tell(number)
    await _until_handled(clockings, WARM_UP)
    count, rate = len(due.placed), due.rate
    began, hands = time.perf_counter(), asyncio.Semaphore(HANDS)

    async def tell_one(number: int) -> None:
        async with hands:
            await tell(number)
        clockings.told[number] = time.perf_counter()

    telling = []
    for number in range(WARM_UP, count):
        at = clockings.due[number] = began + ((number - WARM_UP) / rate if rate else 0.0)
        if (wait_s := at - time.perf_counter()) > 0:
            await asyncio.sleep(wait_s)
        telling.append(asyncio.create_task(tell_one(number)))
    await asyncio.gather(*telling)
    await _until_handled(clockings, count)
    counted = count - clockings.first
    return {
        "per_second": round(counted / (max(clockings.handled.values()) - clockings.due[clockings.first])),
        "p50_p99_ms": p50_p99(clockings.behind_ms(clockings.due)),
    }


async def _until_handled(clockings: Clockings, count: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while len(clockings.handled) < count:
        if time.monotonic() > until:
            raise TimeoutError(f"{count - len(clockings.handled)} orders were not handled")
        await asyncio.sleep(0.01)


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)


class _Spent:
    """CPU time since it was made: of this process, and of servers that are ours."""

    def __init__(self, servers: Servers | None = None) -> None:
        self._servers = servers
        self._before = self._now()

    def _now(self) -> dict[str, float]:
        now = {"this_process": time.process_time()}
        if self._servers is not None:
            now["postgresql"] = database_computed_s(self._servers.postgres)
            if isinstance(self._servers.kafka, Kafka):
                now["kafka"] = computed_s(self._servers.kafka.process)
        return now

    def per_event(self, events: int) -> dict[str, Any]:
        """Return microseconds an event, by process."""
        return {
            "cpu_us_per_event": {
                name: round((now - self._before[name]) / events * 1e6) for name, now in self._now().items()
            }
        }
