"""Orders accepted through the REST API: on PostgreSQL beside endpoints by hand and by ORM, and on the SQLite default.

Every side is one uvicorn process, starts from copies of the same rows and gets the same bytes; what is in its tables
afterwards must be the same. Lines per order are those of a province's delivery day (215,000 lines of 18,000 orders).
"""

import asyncio
import json
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import uvloop
from sqlalchemy import Connection, func, insert, select, text

from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.load import Answers, request, send_all
from benchmarks.servers import by_hand, computed_s
from services.farmers.cooperatives.models import Cooperative
from services.farmers.offers.models import Offer
from services.farmers.orders.models import OrderLine, PurchaseOrder
from services.farmers.tables import table_of
from shared.database import Database, open_database
from shared.messaging.tables import idempotency_key, outbox
from tools.servers.kafka import kafka_server
from tools.servers.postgres import postgres_server
from tools.servers.process import Process
from tools.servers.service import ServiceProcess, make_topics, run_services
from tools.servers.tokens import bearer

ROUNDS, ORDERS = 5, 2_000
"""Rounds, and orders of each round."""
CLIENTS, MANY = 16, 128
"""How many ask at the same time; so many are asked of a round more, for what becomes of who waits."""
COOPERATIVES, FOODS = 200, 40
FEWEST_LINES, MOST_LINES = 6, 18
IN_PART = 0.1
AIM_PER_SECOND = 1_000.0
NOW = datetime.now(UTC)

_ANALYSE = text("ANALYZE")

Rows = list[dict[str, Any]]


@dataclass(slots=True)
class Side:
    """A server and what its rounds took."""

    url: str
    process: Process
    database: Database
    many: Answers | None = None
    rounds: list[Answers] = field(default_factory=list)
    cpu_seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Accepted orders per second, the median of the rounds."""
        return statistics.median(each.per_second for each in self.rounds)

    def told(self, prefix: str = "") -> dict[str, Any]:
        """Return the figures beside the rate."""
        took = [ms for each in self.rounds for ms in each.took_ms]
        cuts = statistics.quantiles(took, n=100)
        return {
            f"{prefix}rounds": [round(each.per_second) for each in self.rounds],
            f"{prefix}cpu_us_per_request": round(self.cpu_seconds / len(took) * 1e6),
            f"{prefix}p50_p99_ms": (round(cuts[49], 1), round(cuts[98], 1)),
            **({} if self.many is None else {f"{prefix}by_{MANY}_clients": _of_many(self.many)}),
        }


def _of_many(answers: Answers) -> dict[str, Any]:
    took = [round(answers.quantile_ms(permille), 1) for permille in (500, 990)]
    return {"per_second": round(answers.per_second), "p50_p99_ms": took}


@benchmark("farmers.accept")
def accept(options: Options) -> Outcome:
    """Orders accepted per second on PostgreSQL by 16 clients, and by 128, beside the same by hand and with SQLModel."""
    orders = options.scaled(ORDERS)
    rows, requests = made(options.seed, orders * (ROUNDS + 2))
    with ExitStack() as stack:
        kafka, postgres = stack.enter_context(kafka_server()), stack.enter_context(postgres_server())
        make_topics(kafka.bootstrap)
        names = [f"bench_{uuid4().hex}" for _ in range(4)]
        for name in names:
            stack.callback(postgres.drop_database, name)
        template = ServiceProcess("farmers", postgres.create_database(names[0]), kafka.bootstrap)
        template.migrate()
        asyncio.run(filled(postgres.dsn_of(names[0]), rows))
        service = ServiceProcess("farmers", postgres.create_database(names[1], names[0]), kafka.bootstrap)
        ours = stack.enter_context(_running(service))
        others = []
        for name, module in zip(names[2:], ("bare_accept", "orm_accept"), strict=True):
            postgres.create_database(name, names[0])
            others.append(stack.enter_context(_by_hand(module, postgres.admin_dsn_of(name))))  # no policy binds it
        bare, orm = others
        uvloop.run(_interleaved([ours, bare, orm], requests, orders))
    return Outcome(
        input=f"{ROUNDS} rounds of {orders} orders of {FEWEST_LINES} to {MOST_LINES} lines, {IN_PART:.0%} in part",
        value=ours.per_second,
        unit="orders/s",
        reference="Starlette and asyncpg by hand, the same rows in one transaction, nothing published",
        reference_value=bare.per_second,
        details=ours.told() | bare.told("reference_") | {"sqlmodel_per_second": orm.per_second} | orm.told("sqlmodel_"),
        cpu_seconds=ours.cpu_seconds,
    )


@benchmark("farmers.accept_embedded")
def accept_embedded(options: Options) -> Outcome:
    """Orders accepted per second on the default, SQLite and the bus in the process, by 16 clients, beside the aim."""
    orders = options.scaled(ORDERS)
    rows, requests = made(options.seed, orders * (ROUNDS + 2))
    with TemporaryDirectory() as folder, ExitStack() as stack:
        url = f"sqlite:///{folder}/farmers.sqlite"
        service = ServiceProcess("farmers", url, "", bus="embedded", var=folder)
        service.migrate()
        run_services(["topics"], service.environment)
        asyncio.run(filled(url, rows))
        ours = stack.enter_context(_running(service))
        uvloop.run(_interleaved([ours], requests, orders))
    return Outcome(
        input=f"{ROUNDS} rounds of {orders} orders of {FEWEST_LINES} to {MOST_LINES} lines, {IN_PART:.0%} in part",
        value=ours.per_second,
        unit="orders/s",
        reference="the aim; p99 is to be at most 150 ms",
        reference_value=AIM_PER_SECOND,
        details=ours.told(),
        cpu_seconds=ours.cpu_seconds,
    )


@contextmanager
def _running(service: ServiceProcess) -> Iterator[Side]:
    service.start()
    try:
        service.wait_until_ready()
        yield Side(service.url, service.process, open_database(service.environment["CLOUD_DATABASE_URL"]))
    finally:
        service.stop()


@contextmanager
def _by_hand(module: str, url: str) -> Iterator[Side]:
    with by_hand(module, url) as (address, process):
        yield Side(address, process, open_database(url))


async def _interleaved(sides: Sequence[Side], requests: Sequence[bytes], orders: int) -> None:
    """Let every side answer each round's requests in turn.

    The first round warms up and is not counted; the last one is asked by many clients, and stands for itself.
    """
    for number in range(ROUNDS + 2):
        batch = requests[number * orders : (number + 1) * orders]
        for side in sides if number % 2 else reversed(sides):
            spent = -computed_s(side.process)
            answers = await send_all(side.url, batch, MANY if number > ROUNDS else CLIENTS)
            spent += computed_s(side.process)
            assert answers.statuses == {200: len(batch)}, answers.statuses
            if number > ROUNDS:
                side.many = answers
            elif number:
                side.rounds.append(answers)
                side.cpu_seconds += spent
        await _published(sides[0])
    found = [await _written(side.database) for side in sides]
    assert found[0]["orders"] == {"accepted", "partly_accepted"}, found[0]["orders"]
    assert found[0]["keys"] == len(requests), found[0]["keys"]
    assert all(each == found[0] for each in found), "the sides wrote different rows"
    for side in sides:
        await side.database.close()


async def _published(side: Side) -> None:
    """Wait until a service has published what it told, so that the next round finds the machine quiet."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        async with side.database.transaction(read_only=True) as session:
            if not await session.scalar(select(func.count()).select_from(outbox)):
                return
        await asyncio.sleep(0.1)
    raise TimeoutError("the outbox is not published")


async def _written(database: Database) -> dict[str, Any]:
    """Return what a side wrote, but for instants and ids."""
    order, line, offer = table_of(PurchaseOrder), table_of(OrderLine), table_of(Offer)
    async with database.transaction(read_only=True) as session:
        lines = select(line.c.order_id, line.c.line_id, line.c.promised_g, line.c.answered_g, line.c.confirmed_g)
        orders = select(order.c.order_id, order.c.status, order.c.answer, order.c.answer_reason)
        said = (await session.execute(orders.order_by(order.c.order_id))).all()
        return {
            "orders": {row.status for row in said},
            "answers": [tuple(row) for row in said],
            "lines": [tuple(row) for row in await session.execute(lines.order_by(line.c.order_id, line.c.line_id))],
            "offers": dict(tuple(row) for row in await session.execute(select(offer.c.offer_id, offer.c.promised_g))),
            "keys": await session.scalar(select(func.count()).where(idempotency_key.c.status == 200)),
        }


async def filled(url: str, rows: dict[type, Rows]) -> None:
    """Write rows of a service's tables into its database."""
    database = open_database(url)

    def fill(connection: Connection) -> None:
        for model, values in rows.items():
            connection.execute(insert(table_of(model)), values)

    await database.run_sync(fill)
    if database.dialect == "postgresql":
        async with database.transaction() as session:
            await session.execute(_ANALYSE)
    await database.close()


def made(seed: int, count: int) -> tuple[dict[type, Rows], list[bytes]]:
    """Return orders that wait for an answer, what they are promised from, and the requests that accept them."""
    luck = random.Random(seed)
    orders, lines, requests = [], [], []
    promised: dict[str, int] = {}
    for number in range(count):
        order = _order(f"order-{number:06}", luck)
        own = _lines(order, luck)
        for line in own:
            promised[line["offer_id"]] = promised.get(line["offer_id"], 0) + line["promised_g"]
        orders.append(order)
        lines += own
        requests.append(_request(order["order_id"], own, luck))
    return {
        Cooperative: [a_cooperative(f"coop-{number}") for number in range(COOPERATIVES)],
        Offer: [an_offer(offer_id, grams) for offer_id, grams in promised.items()],
        PurchaseOrder: orders,
        OrderLine: lines,
    }, requests


def _request(order_id: str, lines: Rows, luck: random.Random) -> bytes:
    body: dict[str, Any] = {}
    if luck.random() < IN_PART:
        wanted = [{"line_id": each["line_id"], "confirmed_g": each["promised_g"]} for each in lines]
        wanted[0]["confirmed_g"] //= 2
        body = {"lines": wanted, "reason": "hail on Tuesday"}
    headers = {"content-type": "application/json", "idempotency-key": f"key-{order_id}", **bearer()}
    return request("POST", f"/orders/{order_id}/accept", headers, json.dumps(body).encode())


def _order(order_id: str, luck: random.Random) -> dict[str, Any]:
    who = {"order_id": order_id, "canteen_id": f"sch-{luck.randrange(3000)}", "county_code": "520628", "version": 1}
    when = {"delivery_day": date(2026, 12, 7), "answer_by": NOW + timedelta(days=1), "placed_at": NOW}
    return who | when | {"cooperative_id": f"coop-{luck.randrange(COOPERATIVES)}", "status": "to_answer"}


def _lines(order: dict[str, Any], luck: random.Random) -> Rows:
    held = {"temperature_class": "ambient", "price_fen_per_kg": 400, "confirmed_g": 0, "dispatched_g": 0}
    foods = luck.sample(range(FOODS), luck.randint(FEWEST_LINES, MOST_LINES))
    return [
        {"order_id": order["order_id"], "line_id": f"line-{place}", "place": place, "food_code": f"food-{food}"}
        | {"offer_id": f"off-{order['cooperative_id']}-{food}", "ordered_g": grams, "promised_g": grams}
        | held
        for place, food in enumerate(foods)
        for grams in (luck.randint(100, 100_000),)
    ]


def an_offer(offer_id: str, promised_g: int) -> dict[str, Any]:
    """Return an offer's row: twice of what it is promised to, of the cooperative and food its id names."""
    cooperative_id = offer_id.removeprefix("off-").rpartition("-")[0]
    of = {"offer_id": offer_id, "cooperative_id": cooperative_id, "food_code": f"food-{offer_id.rpartition('-')[2]}"}
    window = {"available_from": date(2026, 12, 7), "available_until": date(2026, 12, 11), "published_at": NOW}
    terms = {"price_fen_per_kg": 400, "shelf_life_days": 10, "minimum_lot_g": 100, "poor_share_permille": 0}
    return (
        of | window | terms | {"quantity_g": 2 * promised_g, "promised_g": promised_g, "status": "open", "version": 1}
    )


def a_cooperative(cooperative_id: str) -> dict[str, Any]:
    """Return a cooperative's row."""
    place = {"county_code": "520628", "town_code": "520628101", "lat": 28.2, "lon": 109.2}
    counts = {"households": 0, "poor_households": 0, "version": 1, "registered_at": NOW}
    return {"cooperative_id": cooperative_id, "name_zh": "虚构", "name_en": "fictional", "priority_group": "none"} | (
        place | counts
    )
