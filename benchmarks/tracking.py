"""Readings taken through the REST API into PostgreSQL, beside an endpoint written by hand that only writes them.

The service is one uvicorn process. Each request is what a gateway hands on: readings of many vehicles on their way
with stops before them, so that arrivals are expected anew, limits looked at and the board is brought up to date. By
hand (`bare_track`) the same requests are parsed and their rows written by COPY; both sides take rounds in turn. COPY
over one connection with no HTTP is in the details.
"""

import asyncio
import json
import random
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import uvloop
from sqlalchemy import BigInteger, Connection, func, insert, select

from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.load import Answers, request, send_all
from benchmarks.servers import by_hand, computed_s
from services.logistics.consignments.models import Consignment
from services.logistics.devices.models import Device
from services.logistics.fleet.models import Depot, Vehicle
from services.logistics.places.models import Place
from services.logistics.roads.estimate import ROAD_FACTOR, SPEED_KMH
from services.logistics.tables import table_of
from services.logistics.tracking.models import Point
from services.logistics.tracking.queries import POINT_COLUMNS
from services.logistics.trips.models import Trip, TripStop
from shared.database import open_database
from tools.servers.kafka import kafka_server
from tools.servers.postgres import Databases, postgres_server
from tools.servers.process import Process
from tools.servers.service import ServiceProcess, make_topics
from tools.servers.tokens import bearer

VEHICLES, STOPS = 400, 5
REQUESTS, POINTS, DEVICES = 800, 500, 50
"""Requests in all, readings of each, and devices these are from."""
CLIENTS = 2
ALL_ONCE, WARM_UPS, ROUNDS = VEHICLES // DEVICES, 5, 4
"""Requests until every device has spoken once, how often they do before anything is counted, and rounds after that."""
AIM_PER_SECOND, AIM_P99_MS = 5_000, 200.0
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = (NOW + timedelta(hours=8)).date()
START = NOW - timedelta(hours=4)
COUNTY = "520628"
WARM = 0.02
"""Part of the readings that lie outside the limit, none for longer than allowed."""

Reading = dict[str, Any]


@dataclass(slots=True)
class Side:
    """A server and what its rounds took; `cpu_seconds` are those of its process, not of PostgreSQL."""

    url: str
    process: Process
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    took_ms: list[float] = field(default_factory=list)

    def add(self, answers: Answers, cpu_seconds: float) -> None:
        """Count a round."""
        self.seconds += answers.seconds
        self.cpu_seconds += cpu_seconds
        self.took_ms += answers.took_ms

    @property
    def per_second(self) -> float:
        """Readings per second over all rounds."""
        return len(self.took_ms) * POINTS / self.seconds

    def told(self, prefix: str = "") -> dict[str, Any]:
        """Return latency and computing time."""
        cuts = statistics.quantiles(self.took_ms, n=100)
        spent = self.cpu_seconds / (len(self.took_ms) * POINTS)
        return {
            f"{prefix}p50_p99_ms": (round(cuts[49], 1), round(cuts[98], 1)),
            f"{prefix}cpu_us_per_reading": round(spent * 1e6, 1),
        }


@benchmark("logistics.track_points")
def track_points(options: Options) -> Outcome:
    """Readings per second through REST batches of 500 into PostgreSQL, beside the same rows by hand and COPY."""
    warm_up = ALL_ONCE * options.scaled(WARM_UPS)
    batches = _made(options.seed, ROUNDS * options.scaled(REQUESTS // ROUNDS) + warm_up)
    requests = [_request(batch) for batch in batches]
    with ExitStack() as stack:
        kafka, postgres = stack.enter_context(kafka_server()), stack.enter_context(postgres_server())
        make_topics(kafka.bootstrap)
        names = [f"bench_{uuid4().hex}" for _ in range(3)]
        for name in names:
            stack.callback(postgres.drop_database, name)
        service = ServiceProcess("logistics", postgres.create_database(names[0]), kafka.bootstrap)
        service.migrate()
        asyncio.run(_filled(postgres.dsn_of(names[0])))
        for name in names[1:]:
            postgres.create_database(name, names[0])
        bare, copied = (postgres.admin_dsn_of(name) for name in names[1:])  # no policy binds them
        service.start()
        stack.callback(service.stop)
        service.wait_until_ready()
        sides = [Side(service.url, service.process), Side(*stack.enter_context(by_hand("bare_track", bare)))]
        uvloop.run(_in_turn(sides, requests, warm_up))
        by_copy = uvloop.run(_by_copy(copied, batches[warm_up:]))
        uvloop.run(_same_rows(postgres, names, warm_up))
    return _outcome(sides[0], sides[1], by_copy)


def _outcome(ours: Side, bare: Side, by_copy: float) -> Outcome:
    return Outcome(
        input=f"{len(ours.took_ms)} requests of {POINTS} readings of {DEVICES} devices, {VEHICLES} trips",
        value=ours.per_second,
        unit="readings/s",
        reference="Starlette and asyncpg by hand, the same rows by COPY, nothing looked at",
        reference_value=bare.per_second,
        details={"aim_per_second": AIM_PER_SECOND, "aim_p99_ms": AIM_P99_MS, "clients": CLIENTS}
        | ours.told()
        | bare.told("reference_")
        | {"copy_alone_per_second": round(by_copy)},
        cpu_seconds=ours.cpu_seconds,
    )


async def _in_turn(sides: Sequence[Side], requests: Sequence[bytes], warm_up: int) -> None:
    """Let every side answer each round's requests in turn, after a warm-up that is not counted."""
    each = (len(requests) - warm_up) // ROUNDS
    for number in range(-1, ROUNDS):
        first = warm_up + number * each
        batch = requests[:warm_up] if number < 0 else requests[first : first + each]
        for side in sides if number % 2 else reversed(sides):
            spent = -computed_s(side.process)
            answers = await send_all(side.url, batch, CLIENTS)
            assert answers.statuses == {200: len(batch)}, answers.statuses
            if number >= 0:
                side.add(answers, spent + computed_s(side.process))


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


async def _same_rows(postgres: Databases, names: Sequence[str], warm_up: int) -> None:
    """All must have written the same rows, but for those of the warm-up."""
    point = table_of(Point)
    counted = select(func.count(), func.sum(point.c.sequence), func.sum(point.c.temperature_c * 1000).cast(BigInteger))
    # Each warm-up request holds the first readings of its devices.
    warm = warm_up * POINTS // VEHICLES
    found = []
    for name in names:
        database = open_database(postgres.dsn_of(name))
        async with database.transaction(read_only=True) as session:
            found.append(tuple((await session.execute(counted.where(point.c.sequence >= warm))).one()))
        await database.close()
    assert len(set(found)) == 1, found


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
    depot = {"depot_id": "dep-1", "town_code": "520628002", "name_zh": "虚构", "name_en": "fictional"}
    return {
        Depot: [depot | {"county_code": COUNTY, "lat": 28.1, "lon": 109.1}],
        Vehicle: [_vehicle(n) for n in range(VEHICLES)],
        Device: [{"device_id": f"dev-{n}", "vehicle_id": f"veh-{n}"} for n in range(VEHICLES)],
        Place: [_place(n, s) for n, s in stops],
        Trip: [_trip(n) for n in range(VEHICLES)],
        TripStop: [_stop(n, s) for n, s in stops],
        Consignment: [_consignment(n, s) for n, s in stops],
    }


def _vehicle(n: int) -> dict[str, Any]:
    of = {"vehicle_id": f"veh-{n}", "depot_id": "dep-1", "plate": "虚构", "licence": "C1", "roads": "gravel"}
    costs = {"fen_per_km": 400, "fen_per_hour": 2_500, "fen_per_day": 4_000}
    return of | costs | {"capacity_g": 800_000, "temperature_class": "chilled", "frozen_boxes": False}


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
