"""A delivery day of the whole province, from the database to orders: every county's run, on PostgreSQL, on two cores.

17,890 schools need 16 of 80 foods each, 5,000 cooperatives offer 16 each: 286,000 demand lines, 80,000 offers, about 20
arcs a line. What is measured is what a deployment does: runs are queued for all counties, their markets read, solved in
two worker processes, proved, explained, and ordered, reasons, orders, versions and events in the database.
"""

import asyncio
import re
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
from sqlalchemy import Connection, text

from benchmarks.harness import Options, Outcome, benchmark, cpu_seconds
from benchmarks.servers import Server, database_computed_s
from services.procurement.main import definition
from services.procurement.sourcing.rules.defaults import default_rules
from services.procurement.sourcing.rules.usecases import put_rules
from services.procurement.sourcing.runs import run_waiting
from services.procurement.sourcing.usecases import queue_province
from shared.clock import ManualClock
from shared.messaging.embedded import EmbeddedBus
from shared.service import Service
from shared.settings import Settings
from shared.workers import Workers
from tools.servers.postgres import postgres_server

SCHOOLS, COOPERATIVES, COUNTIES, FOODS = 17_890, 5_000, 88, 80
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 30)
REACH_M = 25_000
"""With the own county's offers that is about 20 a line; the rules of a county are data."""
PROCESSES = 2
AIM_SECONDS, AIM_MB = 300.0, 2048
LOOK_S = 2.0
"""A look at the memory of all processes takes 50 ms of CPU: twice a second it was a third of what was measured."""

FILL = """
SELECT setseed(:seed);
INSERT INTO canteen (canteen_id, version, name_zh, name_en, county_code, lat, lon)
SELECT 'school-' || n, 1, '', '', :county, :lat, :lon FROM generate_series(0, :schools - 1) n;
INSERT INTO cooperative (cooperative_id, version, name_zh, name_en, county_code, lat, lon, priority_group, households,
                         poor_households)
SELECT 'coop-' || n, 1, '', '', :county, :lat, :lon, 'none', 20, 10 FROM generate_series(0, :cooperatives - 1) n;
INSERT INTO offer (offer_id, cooperative_id, county_code, version, status, food_code, available_from, available_until,
                   quantity_g, allocated_g, price_fen_per_kg, minimum_lot_g, poor_share_permille)
SELECT 'offer-' || n || '-' || f, 'coop-' || n, :county, 1, 'open', 'food-' || f, DATE ':monday', DATE ':monday',
       10000 + floor(random() * 52000), 0, floor((200 + (f * 37) % 800) * (0.88 + 0.24 * random())), 0,
       100 + floor(random() * 850)
FROM generate_series(0, :cooperatives - 1) n, generate_series(0, :foods - 1) f WHERE (n / :counties + f) % 5 = 0;
INSERT INTO demand_line (demand_id, canteen_id, food_code, delivery_day, county_code, menu_id, menu_version,
                         temperature_class, quantity_g, allocated_g, open_g, unmet_g, surplus_g, status, version,
                         stated_at)
SELECT md5(n || ' ' || f), 'school-' || n, 'food-' || f, DATE ':monday', :county, 'menu-' || n, 1, 'ambient', grams, 0,
       grams, 0, 0, 'open', 1, TIMESTAMPTZ ':now'
FROM (SELECT n, f, 2000 + floor(random() * 12000)::bigint AS grams
      FROM generate_series(0, :schools - 1) n, generate_series(0, :foods - 1) f
      WHERE (n / :counties + 3 * f) % 5 = 0) AS needed
"""
CELL = 0.42
"""A county is a square of so many degrees: 88 of them are about as large as Guizhou."""
WRITTEN = """
SELECT (SELECT count(*) FROM purchase_order) AS orders, (SELECT count(*) FROM order_line) AS order_lines,
       (SELECT count(*) FROM order_version) AS versions, (SELECT count(*) FROM outbox) AS events,
       (SELECT count(*) FROM sourcing_offer_reason) AS offer_reasons,
       (SELECT count(*) FROM demand_line) AS demand_lines, (SELECT count(*) FROM offer) AS offers,
       (SELECT sum(open_g) FROM demand_line) AS open_g, (SELECT sum(unmet_g) FROM demand_line) AS unmet_g,
       (SELECT sum(quantity_g) FROM demand_line) AS need_g,
       (SELECT sum(allocated_g) FROM demand_line) - (SELECT sum(ordered_g) FROM order_line) AS lost_g,
       (SELECT count(*) FROM offer WHERE allocated_g > quantity_g) AS overdrawn,
       (SELECT count(*) FROM sourcing_run WHERE status = 'done') AS done,
       (SELECT max(gap_ppm) FROM sourcing_run) AS gap_ppm
"""


class Watched(Workers):
    """Worker processes, and how long all their work took."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.seconds = 0.0

    async def run(self, job: Any, argument: Any, on_progress: Any = None, cancel: Any = None) -> Any:
        """Run a job and count its time."""
        started = time.perf_counter()
        try:
            return await super().run(job, argument, on_progress, cancel)
        finally:
            self.seconds += time.perf_counter() - started


@dataclass(slots=True)
class Took:
    """What a province's day took, in s by the clock, all and in worker processes; CPU of each; memory of ours."""

    seconds: float
    solving: float
    own_cpu: float
    database_cpu: float
    peak_mb: float
    solver_cpu: float
    written: dict[str, Any] = field(default_factory=dict)


@benchmark("procurement.province_day")
def province_day(options: Options) -> Outcome:
    """Seconds from the province's demand in the database to its orders and events there, on two cores."""
    name = f"bench_{uuid4().hex}"
    with postgres_server() as postgres, tempfile.TemporaryDirectory() as folder:
        try:
            took = asyncio.run(_measured(postgres, postgres.create_database(name), Path(folder), options))
        finally:
            postgres.drop_database(name)
    written = took.written
    return Outcome(
        input=f"{written['demand_lines']} lines, {written['offers']} offers, {written['done']} counties, made",
        value=took.seconds,
        unit="s",
        reference="the aim for the whole province",
        reference_value=AIM_SECONDS * options.scale,
        details={
            "aim_mb": AIM_MB,
            "all_processes_peak_mb": round(took.peak_mb),
            "solving_s_by_the_clock_of_each_process": round(took.solving / PROCESSES, 1),
            "cpu_s": {
                "solving": round(took.solver_cpu, 1),
                "reading_proving_ordering": round(took.own_cpu, 1),
                "database": round(took.database_cpu, 1),
            },
            "lines_per_second": round(written["demand_lines"] / took.seconds),
            "unmet_share": round(int(written["unmet_g"]) / int(written["need_g"]), 5),
            "largest_gap": written["gap_ppm"] / 1_000_000,
        }
        | {name: written[name] for name in ("orders", "order_lines", "versions", "events", "offer_reasons")},
        cpu_seconds=took.own_cpu + took.solver_cpu,
    )


async def _measured(postgres: Server, database_url: str, folder: Path, options: Options) -> Took:
    settings = Settings(var=folder, database_url=database_url, workers=PROCESSES)
    workers = Watched(PROCESSES)
    service = Service(definition, settings, EmbeddedBus(folder / "bus.sqlite"), ManualClock(NOW), workers)
    try:
        await service.database.run_sync(lambda connection: _fill(connection, options))
        async with service.begin() as uow:
            await _set_rules(uow, options.scaled(COUNTIES))
        async with service.database.transaction() as session:
            await session.execute(text("ANALYZE"))
        started, own, database = time.perf_counter(), cpu_seconds(), database_computed_s(postgres)
        watch = asyncio.create_task(_watch())
        async with service.begin() as uow:
            await queue_province(uow, MONDAY)
        await run_waiting(service)
        took = Took(
            seconds=time.perf_counter() - started,
            solving=workers.seconds,
            own_cpu=cpu_seconds() - own,
            database_cpu=database_computed_s(postgres) - database,
            peak_mb=0.0,
            solver_cpu=sum(sum(each.cpu_times()[:2]) for each in _workers()),
        )
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        took.peak_mb = _PEAK["mb"]
        async with service.database.transaction(read_only=True) as session:
            took.written = dict((await session.execute(text(WRITTEN))).one()._mapping)
        _check(took.written)
        return took
    finally:
        await service.stop()
        await service.bus.close()


def _check(written: dict[str, Any]) -> None:
    """A province that is sourced fast and wrong is none."""
    assert (written["lost_g"], written["open_g"], written["overdrawn"]) == (0, 0, 0), written
    assert written["events"] >= written["orders"], written


_PEAK = {"mb": 0.0}


async def _watch() -> None:
    """Look at the memory of this process and its workers, now and then."""
    while True:
        held = sum(int(each.memory_full_info().pss) for each in (psutil.Process(), *_workers()))
        _PEAK["mb"] = max(_PEAK["mb"], held / 2**20)
        await asyncio.sleep(LOOK_S)


def _workers() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if any("worker_process" in part for part in each.cmdline())]


async def _set_rules(uow: Any, counties: int) -> None:
    for number in range(counties):
        county = f"52{number:04}"
        await put_rules(
            uow, replace(default_rules(), county_code=county, valid_from=NOW.date(), set_at=NOW, reach_m=REACH_M)
        )


def _fill(connection: Connection, options: Options) -> None:
    definition.metadata.create_all(connection)
    counties = options.scaled(COUNTIES)
    wide = round(counties**0.5) or 1
    known = {
        "seed": options.seed % 1000 / 1000,
        "schools": options.scaled(SCHOOLS),
        "cooperatives": options.scaled(COOPERATIVES),
        "foods": FOODS,
        "monday": MONDAY.isoformat(),
        "now": NOW.isoformat(),
        "county": f"'52' || lpad((n % {counties})::text, 4, '0')",
        "lat": f"25.0 + {CELL} * ((n % {counties}) / {wide} + random())",
        "lon": f"104.0 + {CELL} * ((n % {counties}) % {wide} + random())",
        "counties": counties,
    }
    for statement in FILL.split(";\n"):
        connection.exec_driver_sql(re.sub(r"(?<!:):([a-z]+)", lambda at: str(known[at[1]]), statement))
