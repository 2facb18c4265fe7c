"""The province's month from a PostgreSQL that holds every booking: from kept sums, against adding up all rows."""

import asyncio
import re
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, text

from benchmarks.harness import Options, Outcome, benchmark, cpu_seconds
from services.procurement.main import definition
from services.procurement.months import Month
from services.procurement.reports import keeping, monthly, proof, reaching
from services.procurement.reports.days import Days
from services.procurement.reports.domain import total_of
from services.procurement.reports.month import month_report
from shared.clock import ManualClock
from shared.messaging.embedded import EmbeddedBus
from shared.service import Service
from shared.settings import Settings
from tools.servers.postgres import postgres_server

BOOKINGS, HOUSEHOLDS, COOPERATIVES, COUNTIES, FOODS, DAYS = 100_000, 100_000, 5_000, 88, 60, 20
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
MONTH = Month.of("2026-11")
AIM_SECONDS = 1.0

FILL = """
SET LOCAL session_replication_role = replica;
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT n, 'order-' || n AS order_id, 'school-' || n AS canteen_id, 'coop-' || (n % :cooperatives) AS cooperative_id,
       '52' || lpad((n % :counties)::text, 4, '0') AS county_code, DATE '2026-11-02' + (n / :counties) % :days AS day
FROM generate_series(0, :bookings - 1) n;
INSERT INTO cooperative (cooperative_id, version, name_zh, name_en, county_code, lat, lon, priority_group, households,
                         poor_households)
SELECT 'coop-' || n, 1, '', '', '52' || lpad((n % :counties)::text, 4, '0'), 0, 0, 'none', 0, 0
FROM generate_series(0, :cooperatives - 1) n;
INSERT INTO reference_price (price_id, food_code, region_code, day, price_fen_per_kg, source, verified, version,
                             published_at, held)
SELECT 'price-' || f || '-' || w, 'food-' || f, '52', DATE '2026-10-26' + 7 * w, 300 + w, '', true, 1, :now, false
FROM generate_series(0, :foods - 1) f, generate_series(0, 4) w;
INSERT INTO demand_line (demand_id, canteen_id, food_code, delivery_day, county_code, menu_id, menu_version,
                         temperature_class, quantity_g, allocated_g, open_g, unmet_g, surplus_g, status, version,
                         stated_at)
SELECT 'd-' || n || '-' || l, canteen_id, 'food-' || (n + l) % :foods, day, county_code, '', 1, 'ambient', 10000, 9900,
       0, 100, 0, 'sourced', 1, :now FROM made, generate_series(0, 2) l;
INSERT INTO purchase_order (order_id, canteen_id, cooperative_id, county_code, delivery_day, status, version, run_id,
                            answer_by, placed_at, supplier)
SELECT order_id, canteen_id, cooperative_id, county_code, day, 'settled', 1, '', :now, :now, 'cooperative' FROM made;
INSERT INTO order_line (line_id, order_id, demand_id, food_code, offer_id, temperature_class, price_fen_per_kg,
                        ordered_g, confirmed_g, dispatched_g, received_g, accepted_g, short_g, amount_fen, rank,
                        poor_share_permille)
SELECT 'l-' || n || '-' || l, order_id, 'd-' || n || '-' || l, 'food-' || (n + l) % :foods, '', 'ambient', 300, 9900,
       9900, 9900, 9900, 9900, 0, 3000, 1, 0 FROM made, generate_series(0, 2) l;
INSERT INTO ledger_transaction (transaction_id, receipt_id, receipt_version, order_id, county_code, delivery_day,
                                booked_at)
SELECT 't-' || n, 'r-' || n, 1, order_id, county_code, day, :now FROM made;
INSERT INTO ledger_entry (transaction_id, account, kind, poor, amount_fen, accepted_g)
SELECT 't-' || n, 'school/' || canteen_id || '/food-money', 'school', false, -9000, 29700 FROM made
UNION ALL SELECT 't-' || n, 'cooperative/' || cooperative_id, 'cooperative', false, 1000, 3300 FROM made
UNION ALL SELECT 't-' || n, 'household/' || county_code || '-' || ((n / :counties) * 8 + h) % (:households / :counties),
                 'household', h < 4, 500 + 250 * (h % 5), 3300 FROM made, generate_series(0, 7) h;
INSERT INTO ledger_link (county_code, number, transaction_id, hash, sealed_at)
SELECT county_code, n / :counties + 1, 't-' || n, '', :now FROM made;
INSERT INTO settlement (settlement_id, receipt_id, order_id, canteen_id, cooperative_id, county_code, delivery_day,
                        recorded_at, due_on, amount_fen, cooperative_fen, paid_fen, held_fen, passed_fen, open)
SELECT 't-' || n, 'r-' || n, order_id, canteen_id, cooperative_id, county_code, day, :now, day + 30, 9000, 1000, 0, 0,
       0, true FROM made;
INSERT INTO household_month (month, county_code, account, poor, amount_fen, accepted_g)
SELECT '2026-11', t.county_code, e.account, e.poor, sum(e.amount_fen), sum(e.accepted_g)
FROM ledger_transaction t JOIN ledger_entry e USING (transaction_id) WHERE e.kind = 'household' GROUP BY 2, 3, 4;
INSERT INTO changed_month (month, county_code) SELECT DISTINCT month, county_code FROM household_month;
INSERT INTO changed_day (county_code, delivery_day) SELECT DISTINCT county_code, day FROM made
"""
HOUSEHOLDS_FROM_ROWS = """
SELECT t.county_code, e.account, e.poor, sum(e.amount_fen) FROM ledger_entry e
JOIN ledger_transaction t USING (transaction_id)
WHERE e.kind = 'household' AND t.delivery_day BETWEEN '2026-11-01' AND '2026-11-30' GROUP BY 1, 2, 3
"""


@dataclass(slots=True)
class Took:
    """What a province's month took, s: from rows, from kept sums, with a day changed; and keeping sums."""

    rows: float
    kept: float
    with_a_day: float
    county: float
    keep_a_day: float
    keep_reached: float
    cpu: float
    entries: int


@benchmark("procurement.month_report")
def report_month(options: Options) -> Outcome:
    """Seconds for the province's statutory month at a million ledger entries, from kept sums and from all rows."""
    bookings = options.scaled(BOOKINGS)
    name = f"bench_{uuid4().hex}"
    with postgres_server() as postgres, tempfile.TemporaryDirectory() as folder:
        try:
            took = asyncio.run(_measured(postgres.create_database(name), Path(folder), bookings))
        finally:
            postgres.drop_database(name)
    return Outcome(
        input=f"{took.entries} entries of {bookings} bookings, {3 * bookings} order lines, {COUNTIES} counties",
        value=took.kept,
        unit="s",
        reference="the same sums from all rows, s",
        reference_value=took.rows,
        details={
            "aim_s": AIM_SECONDS,
            "with_a_day_of_every_county_changed_s": round(took.with_a_day, 2),
            "a_county_s": round(took.county, 3),
            "keeping_a_day_of_every_county_s": round(took.keep_a_day, 2),
            "keeping_whom_it_reached_s": round(took.keep_reached, 2),
        },
        cpu_seconds=took.cpu,
    )


async def _measured(database_url: str, folder: Path, bookings: int) -> Took:
    settings = Settings(var=folder, database_url=database_url)
    service = Service(definition, settings, EmbeddedBus(folder / "bus.sqlite"), ManualClock(NOW))
    try:
        await service.database.run_sync(lambda connection: _fill(connection, bookings))
        async with service.begin() as uow:
            await uow.session.execute(text("ANALYZE"))
            entries = await uow.session.scalar(text("SELECT count(*) FROM ledger_entry"))
        cpu = cpu_seconds()
        rows = await _seconds(lambda: _from_rows(service), 1)
        keeping_all = await _seconds(lambda: keeping.keep_sums(service), 1)
        keep_reached = await _seconds(lambda: reaching.keep_reached(service), 1)
        kept = await _seconds(lambda: _report(service, None))
        county = await _seconds(lambda: _report(service, "520000"))
        async with service.begin() as uow:
            last = "SELECT county_code, delivery_day FROM county_day WHERE delivery_day = '2026-11-18'"
            await uow.session.execute(text(f"INSERT INTO changed_day (county_code, delivery_day) {last}"))
            months = "SELECT DISTINCT month, county_code FROM household_month"
            await uow.session.execute(text(f"INSERT INTO changed_month (month, county_code) {months}"))
        with_a_day = await _seconds(lambda: _report(service, None))
        await _agree(service)
        keep_a_day = keeping_all / DAYS
        return Took(rows, kept, with_a_day, county, keep_a_day, keep_reached, cpu_seconds() - cpu, entries)
    finally:
        await service.stop()
        await service.bus.close()


async def _seconds(work: Callable[[], Awaitable[Any]], times: int = 3) -> float:
    took = []
    for _ in range(times):
        started = time.perf_counter()
        await work()
        took.append(time.perf_counter() - started)
    return median(took)


async def _report(service: Service, county_code: str | None) -> Any:
    async with service.begin(read_only=True) as uow:
        return await month_report(uow, MONTH, county_code)


async def _from_rows(service: Service) -> Any:
    async with service.begin(read_only=True) as uow:
        (await uow.session.execute(text(HOUSEHOLDS_FROM_ROWS))).all()
        return await monthly.sums_of(uow.session, Days(MONTH.first, MONTH.last, None), NOW.date())


async def _agree(service: Service) -> None:
    """A report that is fast and wrong is none: every sum of it is that of the rows, households and all."""
    report, sums = await _report(service, None), total_of(list((await _from_rows(service)).values()))
    assert all(getattr(report.total, name) == getattr(sums, name) for name in sums.__dataclass_fields__)
    await reaching.keep_reached(service)
    assert all(each.holds for each in await proof.prove_in(service.database, NOW.date()))


def _fill(connection: Connection, bookings: int) -> None:
    definition.metadata.create_all(connection)
    known = {
        "bookings": bookings,
        "households": HOUSEHOLDS,
        "cooperatives": COOPERATIVES,
        "counties": COUNTIES,
        "foods": FOODS,
        "days": DAYS,
        "now": f"TIMESTAMPTZ '{NOW.isoformat()}'",
    }
    # Numbers and instants of our own; as parameters PostgreSQL would have to guess the type of each.
    for statement in FILL.split(";\n"):
        connection.exec_driver_sql(re.sub(r"(?<!:):(\w+)", lambda at: str(known[at[1]]), statement))
