"""Readings taken through the REST API into PostgreSQL, beside COPY by hand of the same rows into a copy of the tables.

The service is one uvicorn process. Each request is what a gateway hands on: readings of many vehicles on their way
with stops before them, so that arrivals are expected anew, limits looked at and the board is brought up to date. COPY
does nothing but write the rows, in transactions of as many rows, over one connection, with no HTTP.
"""

import asyncio
import json
import random
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import uvloop
from sqlalchemy import BigInteger, Connection, func, insert, select

from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.load import Answers, request, send_all
from benchmarks.servers import computed_s
from services.logistics.consignments.models import Consignment
from services.logistics.places.models import Place
from services.logistics.roads.estimate import ROAD_FACTOR, SPEED_KMH
from services.logistics.tables import table_of
from services.logistics.tracking.models import Point
from services.logistics.tracking.queries import POINT_COLUMNS
from services.logistics.trips.models import Trip, TripStop
from shared.database import open_database
from tools.servers.kafka import kafka_server
from tools.servers.postgres import Databases, postgres_server
from tools.servers.service import ServiceProcess, make_topics
from tools.servers.tokens import bearer

VEHICLES, STOPS = 400, 5
REQUESTS, POINTS, DEVICES = 800, 500, 50
"""Requests in all, readings of each, and devices these are from."""
CLIENTS = 2
WARM_UP = 40
AIM_PER_SECOND, AIM_P99_MS = 5_000, 200.0
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = (NOW + timedelta(hours=8)).date()
START = NOW - timedelta(hours=4)
COUNTY = "520628"
WARM = 0.02
"""Part of the readings that lie outside the limit, none for longer than allowed."""

Reading = dict[str, Any]


@benchmark("logistics.track_points")
def track_points(options: Options) -> Outcome:
    """Readings per second through REST batches of 500 into PostgreSQL, beside COPY of the same rows by hand."""
    batches = _made(options.seed, options.scaled(REQUESTS) + WARM_UP)
    requests = [_request(batch) for batch in batches]
    with ExitStack() as stack:
        kafka, postgres = stack.enter_context(kafka_server()), stack.enter_context(postgres_server())
        make_topics(kafka.bootstrap)
        names = [f"bench_{uuid4().hex}" for _ in range(2)]
        for name in names:
            stack.callback(postgres.drop_database, name)
        service = ServiceProcess("logistics", postgres.create_database(names[0]), kafka.bootstrap)
        service.migrate()
        copied = postgres.create_database(names[1], names[0])
        service.start()
        stack.callback(service.stop)
        service.wait_until_ready()
        _mounted(service.url)
        asyncio.run(_filled(postgres.dsn_of(names[0])))
        answers, spent = uvloop.run(_through_rest(service, requests))
        by_hand = uvloop.run(_by_copy(copied, batches[WARM_UP:]))
        uvloop.run(_same_rows(postgres, names))
    return _outcome(answers, spent, by_hand, sum(map(len, batches[WARM_UP:])))


def _outcome(answers: Answers, spent: float, by_hand: float, points: int) -> Outcome:
    cuts = statistics.quantiles(answers.took_ms, n=100)
    per_second = points / answers.seconds
    return Outcome(
        input=f"{len(answers.took_ms)} requests of {POINTS} readings of {DEVICES} devices, {VEHICLES} trips",
        value=per_second,
        unit="readings/s",
        reference="asyncpg COPY of the same rows by hand, one connection, no HTTP, nothing looked at",
        reference_value=by_hand,
        details={
            "aim_per_second": AIM_PER_SECOND,
            "aim_p99_ms": AIM_P99_MS,
            "p50_p99_ms": (round(cuts[49], 1), round(cuts[98], 1)),
            "cpu_us_per_reading": round(spent / points * 1e6, 1),
            "clients": CLIENTS,
        },
        cpu_seconds=spent,
    )


async def _through_rest(service: ServiceProcess, requests: Sequence[bytes]) -> tuple[Answers, float]:
    """Send what is measured after a warm-up; return the answers and the CPU seconds of the service's process."""
    warm = await send_all(service.url, requests[:WARM_UP], CLIENTS)
    spent = -computed_s(service.process)
    answers = await send_all(service.url, requests[WARM_UP:], CLIENTS)
    spent += computed_s(service.process)
    assert warm.statuses + answers.statuses == {200: len(requests)}, answers.statuses
    return answers, spent


async def _by_copy(url: str, batches: Sequence[Sequence[Reading]]) -> float:
    """Write the rows by COPY, a transaction for each batch; return rows per second."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    rows = [[_record(one) for one in batch] for batch in batches]
    started = time.perf_counter()
    for batch in rows:
        async with connection.transaction():
            await connection.copy_records_to_table("point", records=batch, columns=POINT_COLUMNS)
    took = time.perf_counter() - started
    await connection.close()
    return sum(map(len, rows)) / took


def _record(one: Reading) -> tuple[Any, ...]:
    at = datetime.fromisoformat(one["at"])
    trip_id = one["device_id"].replace("dev", "trip")
    where = (one["lat"], one["lon"], one["speed_kmh"], one["temperature_c"])
    return (DAY, trip_id, one["device_id"], one["sequence"], at, *where)


async def _same_rows(postgres: Databases, names: Sequence[str]) -> None:
    """Both sides must have written the same rows, but for those of the service's warm-up."""
    point = table_of(Point)
    counted = select(func.count(), func.sum(point.c.sequence), func.sum(point.c.temperature_c * 1000).cast(BigInteger))
    # Each warm-up request holds the first readings of its devices.
    warm = WARM_UP * POINTS // VEHICLES
    found = []
    for name in names:
        database = open_database(postgres.dsn_of(name))
        async with database.transaction(read_only=True) as session:
            found.append(tuple((await session.execute(counted.where(point.c.sequence >= warm))).one()))
        await database.close()
    assert found[0] == found[1], found


def _mounted(url: str) -> None:
    """Load a fleet with a device in each vehicle."""
    depot = {"depot_id": "dep-1", "town_code": "520628002", "name_zh": "虚构", "name_en": "fictional"}
    vehicle = {"depot_id": "dep-1", "plate": "虚构", "capacity_g": 800_000, "temperature_class": "chilled"}
    of_all: dict[str, list[dict[str, Any]]] = {
        "depots": [depot | {"county_code": COUNTY, "lat": 28.1, "lon": 109.1}],
        "vehicles": [vehicle | {"vehicle_id": f"veh-{n}"} for n in range(VEHICLES)],
        "devices": [{"device_id": f"dev-{n}", "vehicle_id": f"veh-{n}"} for n in range(VEHICLES)],
    }
    for name, rows in of_all.items():
        answer = httpx.put(f"{url}/{name}", json={"rows": rows}, headers=bearer(), timeout=60, trust_env=False)
        assert answer.json()["created"] == len(rows), answer.text


async def _filled(url: str) -> None:
    """Put trips on their way, each with what is on board for its stops."""
    database = open_database(url)

    def fill(connection: Connection) -> None:
        for model, rows in _rows().items():
            connection.execute(insert(table_of(model)), rows)

    await database.run_sync(fill)
    await database.close()


def _rows() -> dict[Any, list[dict[str, Any]]]:
    stops = [(n, s) for n in range(VEHICLES) for s in range(STOPS)]
    return {
        Place: [_place(n, s) for n, s in stops],
        Trip: [_trip(n) for n in range(VEHICLES)],
        TripStop: [_stop(n, s) for n, s in stops],
        Consignment: [_consignment(n, s) for n, s in stops],
    }


def _place(n: int, s: int) -> dict[str, Any]:
    named = {"name_zh": "虚构", "name_en": "fictional", "version": 1, "county_code": COUNTY}
    return named | {"kind": "canteen", "place_id": f"sch-{n}-{s}", "lat": 26.0 + n / 200, "lon": 107.5 + s / 10}


def _trip(n: int) -> dict[str, Any]:
    of = {"trip_id": f"trip-{n}", "plan_id": "plan-1", "vehicle_id": f"veh-{n}", "county_code": COUNTY, "day": DAY}
    when = {"starts_at": START, "ends_at": NOW + timedelta(hours=8), "planned_at": START, "departed_at": START}
    load = {"temperature_class": "chilled", "load_g": 500_000, "distance_m": 80_000}
    return of | when | load | {"version": 1, "number": 1, "status": "departed"}


def _stop(n: int, s: int) -> dict[str, Any]:
    at = NOW + timedelta(hours=1 + s)
    of = {"trip_id": f"trip-{n}", "sequence": s + 1, "kind": "delivery", "place_id": f"sch-{n}-{s}"}
    return of | {"planned_at": at, "order_ids": [f"ord-{n}-{s}"]}


def _consignment(n: int, s: int) -> dict[str, Any]:
    of = {"order_id": f"ord-{n}-{s}", "canteen_id": f"sch-{n}-{s}", "cooperative_id": "coop-1", "county_code": COUNTY}
    packed = {"confirmed_g": 100_000, "dispatched_g": 100_000, "dispatched_at": START, "loaded_at": START}
    where = {"trip_id": f"trip-{n}", "status": "loaded", "delivery_day": DAY, "hold": False, "version": 1}
    return of | packed | where | {"temperature_class": "chilled"}


def _made(seed: int, count: int) -> list[list[Reading]]:
    """Return batches of readings out of order: each device's are ten seconds apart, one in fifty is too warm."""
    luck = random.Random(seed)
    each = POINTS // DEVICES
    told = [0] * VEHICLES
    batches = []
    for number in range(count):
        batch = []
        for place in range(DEVICES):
            n = (number * DEVICES + place) % VEHICLES
            batch += [_reading(n, told[n] + step, luck) for step in range(each)]
            told[n] += each
        luck.shuffle(batch)
        batches.append(batch)
    return batches


def _reading(n: int, sequence: int, luck: random.Random) -> Reading:
    at = START + timedelta(seconds=10 * sequence)
    # As far from the first school as it is when it will be there as planned: hardly anybody has to be told anything.
    left_km = (NOW + timedelta(hours=1) - at) / timedelta(hours=1) * SPEED_KMH / ROAD_FACTOR
    return {
        "device_id": f"dev-{n}",
        "sequence": sequence,
        "at": at.isoformat(),
        "lat": 26.0 + n / 200 + luck.random() / 1000,
        "lon": 107.5 - left_km / 100 + luck.random() / 1000,
        "speed_kmh": luck.random() * 60,
        "temperature_c": 11.0 if luck.random() < WARM else 2 + luck.random() * 6,
    }


def _request(batch: Sequence[Reading]) -> bytes:
    headers = {"content-type": "application/json", **bearer()}
    return request("POST", "/points", headers, json.dumps({"points": batch}).encode())
