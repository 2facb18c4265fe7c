"""A delivery day's orders from procurement's commit through Kafka into farmers' and logistics' databases (PostgreSQL).

Procurement writes orders and takes answers in units of work as sourcing runs and its consumer do; farmers and logistics
are processes of their own, as deployed. Beside it the backbone does what cannot be spared: the same events are told in
units of the same size and become a row each, in a process of its own (`bare_orders`).
"""

import asyncio
import os
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import uvloop
from sqlalchemy import ColumnElement, func, select

from benchmarks.accepting import filled
from benchmarks.backbone import Renamed, metadata, p50_p99, transactions
from benchmarks.backbone import orders as bare
from benchmarks.bare_orders import own_topics
from benchmarks.harness import Options, Outcome, benchmark, cpu_seconds
from benchmarks.made_orders import made, market_of
from benchmarks.servers import computed_s
from services.farmers.orders.models import PurchaseOrder
from services.farmers.tables import table_of
from services.logistics.consignments.models import Consignment
from services.procurement.orders import facts
from services.procurement.orders.domain import Order
from services.procurement.orders.placing import place_orders
from services.procurement.orders.usecases import Answer, take_answers
from services.procurement.orders.versions import Author
from shared.collector import collect_seldom
from shared.database import Database, open_database
from shared.messaging.bus import Bus
from shared.messaging.consumer import BATCH
from shared.messaging.kafka import KafkaBus
from shared.messaging.relay import Relay
from shared.telemetry import Metrics
from shared.unit_of_work import UnitOfWork
from tools.servers.kafka import kafka_server
from tools.servers.postgres import postgres_server
from tools.servers.process import Process
from tools.servers.service import ROOT, ServiceProcess, make_topics
from tools.servers.system import LOGS

ORDERS = 3_000
"""Six times as many (`--scale 6`) are a province's delivery day: 18,000 orders of 12 lines."""
SINGLE = 300
PLACED_TOGETHER = 42
"""Orders of a unit of work of a sourcing run: 500 lines."""
PATIENCE_S = 120.0
AUTHOR = Author("sourcing", "made")

Act = Callable[[UnitOfWork, Sequence[Order]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Kept:
    """Where orders have to arrive: a column of their ids in a database."""

    database: Database
    order_id: ColumnElement[str]

    async def has(self, orders: Sequence[Order]) -> bool:
        """Whether all of some orders are there."""
        wanted = [order.order_id for order in orders]
        async with self.database.transaction(read_only=True) as session:
            found: int | None = await session.scalar(select(func.count()).where(self.order_id.in_(wanted)))
        return found == len(wanted)


@dataclass(frozen=True, slots=True)
class Took:
    """Orders a second from the first commit to the last row; ms from each unit's commit until its rows are there."""

    per_second: float
    behind_ms: list[float]


@benchmark("procurement.order_day")
def order_day(options: Options) -> Outcome:
    """Orders per second from procurement's commit into farmers' and logistics' databases, over Kafka and PostgreSQL."""
    with ExitStack() as stack:
        kafka, postgres = stack.enter_context(kafka_server()), stack.enter_context(postgres_server())
        make_topics(kafka.bootstrap)
        run = uuid4().hex
        urls = {}
        for name in ("procurement", "farmers", "logistics", "bare"):
            urls[name] = postgres.create_database(f"bench_{name}_{run}")
            stack.callback(postgres.drop_database, f"bench_{name}_{run}")
        services = {name: ServiceProcess(name, urls[name], kafka.bootstrap) for name in urls if name != "bare"}
        for service in services.values():
            service.migrate()
        sides = Sides(kafka.bootstrap, run, urls, services)
        return uvloop.run(_measured(sides, options))


@dataclass(frozen=True, slots=True)
class Sides:
    """The broker, this run's name, and what is measured: databases' addresses and services by name."""

    kafka: str
    run: str
    urls: dict[str, str]
    services: dict[str, ServiceProcess]

    def kept(self, name: str, order_id: ColumnElement[str]) -> Kept:
        """Return where orders have to arrive."""
        return Kept(open_database(self.urls[name]), order_id)


async def _measured(sides: Sides, options: Options) -> Outcome:
    collect_seldom()
    count = max(options.scaled(ORDERS), 2 * PLACED_TOGETHER)
    first, *placed = made(options.seed, 1 + count + 1 + options.scaled(SINGLE))
    bus = KafkaBus(sides.kafka, "procurement", keep=timedelta(hours=1))
    try:
        alone = await _alone(sides, bus, [first], placed[:count])
        await filled(sides.urls["farmers"], market_of([first, *placed]))
        details = await _among_services(sides, bus, first, placed[:count], placed[count:])
    finally:
        await bus.close()
    return Outcome(
        input=f"{count} orders of {sum(len(order.lines) for order in placed[:count])} lines",
        value=details.pop("per_second"),
        unit="orders/s into farmers' database",
        reference="the same events into one table, the backbone alone",
        reference_value=alone.per_second,
        details=details | {"reference_all_at_once_p50_p99_ms": p50_p99(alone.behind_ms)},
        cpu_seconds=sum(details["cpu_us_per_order"].values()) * count / 1e6,
    )


async def _alone(sides: Sides, bus: KafkaBus, first: Sequence[Order], day: Sequence[Order]) -> Took:
    """Tell a day's orders by the backbone alone."""
    kept, renamed = sides.kept("bare", bare.c.order_id), Renamed(bus, own_topics(sides.run))
    await bus.ensure_topics(list(own_topics(sides.run).values()))
    await kept.database.run_sync(metadata.create_all)
    try:
        with _bare(sides):
            await _told(kept.database, renamed, _emit, first, kept)
            return await _told(kept.database, renamed, _emit, day, kept)
    finally:
        await kept.database.close()


async def _among_services(
    sides: Sides, bus: KafkaBus, first: Order, day: Sequence[Order], single: Sequence[Order]
) -> dict[str, Any]:
    """Place a day's orders and take their answers, all at once and then some one after the other."""
    own = open_database(sides.urls["procurement"])
    farmers = sides.kept("farmers", table_of(PurchaseOrder).c.order_id)
    logistics = sides.kept("logistics", table_of(Consignment).c.order_id)
    try:
        with _running(sides.services["farmers"], sides.services["logistics"]) as processes:
            await _told(own, bus, _place, [first], farmers)
            await _told(own, bus, _confirm, [first], logistics)
            spent = [-cpu_seconds(), *(-computed_s(process) for process in processes)]
            placed = await _told(own, bus, _place, day, farmers)
            confirmed = await _told(own, bus, _confirm, day, logistics, together=BATCH)
            now = [cpu_seconds(), *(computed_s(process) for process in processes)]
            luck = random.Random(len(single))
            to_farmers = await _told(own, bus, _place, single, farmers, together=1, pause=luck)
            to_logistics = await _told(own, bus, _confirm, single, logistics, together=1, pause=luck)
    finally:
        for database in (own, farmers.database, logistics.database):
            await database.close()
    names = ("procurement", "farmers", "logistics")
    return {
        "per_second": placed.per_second,
        "into_logistics_per_second": round(confirmed.per_second),
        "one_after_the_other_to_farmers_p50_p99_ms": p50_p99(to_farmers.behind_ms),
        "one_after_the_other_to_logistics_p50_p99_ms": p50_p99(to_logistics.behind_ms),
        "all_at_once_to_farmers_p50_p99_ms": p50_p99(placed.behind_ms),
        "cpu_us_per_order": {
            name: round((was + by_now) / len(day) * 1e6) for name, was, by_now in zip(names, spent, now, strict=True)
        },
        "load_average": round(os.getloadavg()[0], 1),
    }


async def _told(
    database: Database,
    bus: Bus,
    act: Act,
    orders: Sequence[Order],
    kept: Kept,
    *,
    together: int = PLACED_TOGETHER,
    pause: random.Random | None = None,
) -> Took:
    """Act on orders, some in a unit of work, with the relay running; with `pause` each waits until the last arrived."""
    units = [orders[start : start + together] for start in range(0, len(orders), together)]
    relay = Relay(database, bus, Metrics("bench"))
    begun = transactions(database, relay.wake)
    publishing = asyncio.create_task(relay.run())
    committed: asyncio.Queue[tuple[Sequence[Order], float]] = asyncio.Queue()
    started = time.perf_counter()
    look_s = 0.02 if pause is None else 0.001
    watching = asyncio.create_task(_watch(kept, committed, len(units), look_s))
    try:
        for unit in units:
            async with begun.begin() as uow:
                await act(uow, unit)
            committed.put_nowait((unit, time.perf_counter()))
            if pause is not None:
                await committed.join()
                await asyncio.sleep(pause.uniform(0.0, 0.02))
        arrived = await watching
    finally:
        for task in (publishing, watching):
            task.cancel()
        await asyncio.gather(publishing, watching, return_exceptions=True)
    return Took(len(orders) / (time.perf_counter() - started), arrived)


async def _watch(
    kept: Kept, committed: "asyncio.Queue[tuple[Sequence[Order], float]]", units: int, look_s: float
) -> list[float]:
    """Return how long after its commit all of each unit's orders were there, in ms, looked for every `look_s`."""
    behind = []
    until = time.monotonic() + PATIENCE_S
    for _ in range(units):
        unit, at = await committed.get()
        while not await kept.has(unit):
            if time.monotonic() > until:
                raise TimeoutError("orders did not arrive")
            await asyncio.sleep(look_s)
        behind.append((time.perf_counter() - at) * 1000)
        committed.task_done()
    return behind


async def _emit(uow: UnitOfWork, orders: Sequence[Order]) -> None:
    uow.emit(*map(facts.told_of_placing, orders))


async def _place(uow: UnitOfWork, orders: Sequence[Order]) -> None:
    await place_orders(uow, orders, AUTHOR)


async def _confirm(uow: UnitOfWork, orders: Sequence[Order]) -> None:
    answers = [Answer(order.order_id, {line.line_id: line.ordered_g for line in order.lines}) for order in orders]
    await take_answers(uow, answers, 24)


@contextmanager
def _bare(sides: Sides) -> Iterator[None]:
    """Run the backbone alone in a process of its own."""
    environment = {"DSN": sides.urls["bare"], "KAFKA": sides.kafka, "TOPICS": sides.run}
    command = [sys.executable, "-m", "benchmarks.bare_orders"]
    process = Process("bare_orders", command, LOGS / f"bare_orders-{sides.run}.log", cwd=ROOT, env=environment)
    process.start()
    try:
        yield
    finally:
        process.stop()


@contextmanager
def _running(*services: ServiceProcess) -> Iterator[list[Process]]:
    with ExitStack() as stack:
        for service in services:
            service.start()
            stack.callback(service.stop)
        for service in services:
            service.wait_until_ready()
        yield [service.process for service in services]
