"""Planting guidance for a whole province, on a PostgreSQL that holds every row: reading, arithmetic and writing."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, text

from benchmarks.harness import Options, Outcome, benchmark, cpu_seconds
from benchmarks.servers import Server, database_computed_s
from services.farmers.guidance import sums
from services.farmers.guidance import usecases as guidance
from services.farmers.guidance.domain import Advice, Supply
from services.farmers.guidance.reckoning import ADVICE, Reckoned, reckon
from services.farmers.guidance.supply import Where, count
from services.farmers.main import definition
from services.farmers.wanted import usecases as wanted
from shared.database import Database, open_database
from shared.unit_of_work import UnitOfWork
from tools.servers.postgres import postgres_server

COOPERATIVES, COUNTIES, FOODS, WEEKS = 5_000, 88, 100, 26
MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, tzinfo=UTC)
AIM_SECONDS = 10.0

FILL = """
SELECT setseed(:seed);
SET LOCAL session_replication_role = replica;
INSERT INTO cooperative (cooperative_id, name_zh, name_en, county_code, town_code, lat, lon, priority_group,
                         households, poor_households, version, registered_at)
SELECT 'coop-' || n, '', '', 'county-' || lpad((n % :counties)::text, 2, '0'), '', 0, 0, 'none', 0, 0, 1, :now
FROM generate_series(0, :cooperatives - 1) n;
INSERT INTO crop (food_code, name_zh, name_en, growing_weeks, harvest_weeks, yield_kg_per_mu, sow_from_month,
                  sow_until_month, source, estimate)
SELECT 'food-' || lpad(f::text, 3, '0'), '', '', 5 + floor(random() * 26), 1 + floor(random() * 12), 2000, 2, 10, '',
       true
FROM generate_series(0, :foods - 1) f;
INSERT INTO demand_line (county_code, week_start, food_code, from_cycles_g, from_menus_g)
SELECT 'county-' || lpad(c::text, 2, '0'), :monday + 7 * w, 'food-' || lpad(f::text, 3, '0'),
       floor(random() * 200000 * greatest(1, :cooperatives / :counties)),
       floor(random() * 200000 * greatest(1, :cooperatives / :counties))
FROM generate_series(0, :counties - 1) c, generate_series(0, :weeks - 1) w, generate_series(0, :foods - 1) f;
INSERT INTO contract (contract_id, cooperative_id, food_code, season_from, season_until, quantity_g, grade, price_kind,
                      price_fen_per_kg, floor_at_market_mean, status, version, signed_at, changed_at)
SELECT 'contract-' || n || '-' || f, 'coop-' || n, 'food-' || lpad(f::text, 3, '0'), :monday, :monday + 7 * :weeks, 1,
       '', 'fixed', 1, false, 'open', 1, :now, :now
FROM generate_series(0, :cooperatives - 1) n, generate_series(0, :foods - 1) f WHERE (n + f) % 10 = 0;
INSERT INTO contract_delivery (contract_id, week_start, quantity_g)
SELECT contract_id, :monday + 7 * w, 30000 FROM contract, generate_series(0, :weeks - 1) w;
INSERT INTO offer (offer_id, cooperative_id, food_code, available_from, available_until, quantity_g, promised_g,
                   price_fen_per_kg, shelf_life_days, minimum_lot_g, contract_id, poor_share_permille, status, version,
                   published_at)
SELECT 'offer-' || n || '-' || f, 'coop-' || n, 'food-' || lpad(f::text, 3, '0'), first, first + days, 400000, 0, 1, 9,
       1, CASE WHEN (n + f) % 10 = 0 THEN 'contract-' || n || '-' || f END, 0, 'open', 1, :now
FROM (SELECT n, f, :monday + floor(random() * 7 * :weeks)::int AS first, floor(random() * 56)::int AS days
      FROM generate_series(0, :cooperatives - 1) n, generate_series(0, :foods - 1) f) AS windows;
INSERT INTO forecast (forecast_id, cooperative_id, food_code, week_start, p10_g, p50_g, p90_g, quantity_g,
                      probability_permille, expected_g, status, version, changed_at)
SELECT 'coop-' || n || '/food-' || lpad(f::text, 3, '0') || '/' || (:monday + 7 * w), 'coop-' || n,
       'food-' || lpad(f::text, 3, '0'), :monday + 7 * w, sure / 2, sure, sure * 2, unsure,
       CASE WHEN unsure IS NOT NULL THEN floor(random() * 1000) END, coalesce(sure, unsure / 2), 'open', 1, :now
FROM (SELECT n, f, w, CASE WHEN luck < 0.5 THEN floor(luck * 200000) END AS sure,
             CASE WHEN luck >= 0.5 THEN floor(luck * 100000) END AS unsure
      FROM (SELECT n, f, w, random() AS luck FROM generate_series(0, :cooperatives - 1) n,
            generate_series(0, :foods - 1) f, generate_series(0, :weeks - 1) w) AS drawn) AS amounts;
INSERT INTO supply_change (county_code) SELECT DISTINCT county_code FROM cooperative
"""
"""Every cooperative forecasts and offers every food, half of it with a probability, and has contracts for a tenth."""


@dataclass(slots=True)
class Took:
    """What a province's guidance took, s: reading it, the arithmetic, writing it down; and summing up beforehand."""

    summing_up: float
    reading: float
    arithmetic: float
    writing: float
    cpu: float
    database_cpu: float
    rows: int
    found: Reckoned

    @property
    def publication(self) -> float:
        """All that the weekly publication takes."""
        return self.reading + self.arithmetic + self.writing


@benchmark("farmers.planting_province")
def guide_province(options: Options) -> Outcome:
    """Seconds to publish what a province still wants of each food and week and what to sow, on PostgreSQL."""
    cooperatives = options.scaled(COOPERATIVES)
    name = f"bench_{uuid4().hex}"
    with postgres_server() as postgres:
        database_url = postgres.create_database(name)
        try:
            started = time.perf_counter()
            took, filled = asyncio.run(_measured(postgres, database_url, options.seed, cooperatives))
            all_s = time.perf_counter() - started
        finally:
            postgres.drop_database(name)
    advice = Counter(ADVICE[number] for number in took.found.advice[took.found.grid.foreseen].tolist())
    return Outcome(
        input=f"{cooperatives} cooperatives, {_counties(cooperatives)} counties, {FOODS} foods, {WEEKS} weeks; "
        f"{took.rows} forecasts",
        value=took.publication,
        unit="s",
        reference="the aim for a province of 5,000 cooperatives",
        reference_value=AIM_SECONDS,
        details={
            "reading_s": round(took.reading, 2),
            "arithmetic_s": round(took.arithmetic, 2),
            "writing_s": round(took.writing, 2),
            "database_cpu_s": round(took.database_cpu, 2),
            "summing_up_everything_s": round(took.summing_up, 1),
            "filling_s": round(filled, 1),
            "other_s": round(all_s - filled - took.summing_up - took.publication, 1),
            "weeks_of_foods": advice.total(),
            **{each.value: advice[each] for each in Advice},
        },
        cpu_seconds=took.cpu,
    )


def _counties(cooperatives: int) -> int:
    """Return how many counties so many cooperatives lie in: none is without one."""
    return min(COUNTIES, cooperatives)


async def _measured(server: Server, database_url: str, seed: int, cooperatives: int) -> tuple[Took, float]:
    database = open_database(database_url)
    try:
        started = time.perf_counter()
        await database.run_sync(lambda connection: _fill(connection, seed, cooperatives))
        async with database.transaction() as session:
            await session.execute(text("ANALYZE"))
        filled = time.perf_counter() - started
        counties = [f"county-{number:02}" for number in range(_counties(cooperatives))]
        return await _published(server, database, counties), filled
    finally:
        await database.close()


async def _published(server: Server, database: Database, counties: Sequence[str]) -> Took:
    """Sum up and publish as the service's jobs do; a county counted from its rows must agree."""
    started = time.perf_counter()
    for county in counties:
        async with database.transaction() as session:
            uow = UnitOfWork(session, database.dialect, NOW)
            assert await guidance.bring_up_to_date(uow, county)
    summed = time.perf_counter()
    cpu, database_cpu = cpu_seconds(), database_computed_s(server)
    everywhere = Where(counties, None, MONDAY, MONDAY + timedelta(weeks=WEEKS - 1))
    async with database.transaction(read_only=True) as session:
        uow = UnitOfWork(session, database.dialect, NOW)
        began = time.perf_counter()
        crops = await guidance.crops_of(uow)
        grid = await sums.read(session, database.dialect, everywhere, "p50_g", MONDAY)
        read = time.perf_counter()
        found = reckon(grid, crops, MONDAY)
        reckoned = time.perf_counter()
    async with database.transaction() as session:
        assert await wanted.publish(UnitOfWork(session, database.dialect, NOW), counties, found) == len(counties)
    done, cpu, database_cpu = time.perf_counter(), cpu_seconds() - cpu, database_computed_s(server) - database_cpu
    rows = await _check(database, found, everywhere.only(counties[0], None))
    return Took(summed - started, read - began, reckoned - read, done - reckoned, cpu, database_cpu, rows, found)


async def _check(database: Database, found: Reckoned, where: Where) -> int:
    """Check a county of the publication against its rows, and its size; returns the number of forecasts."""
    async with database.transaction(read_only=True) as session:
        ((county_code, counted),) = (await count(session, database.dialect, where)).items()
        said = {(each.food_code, each.week_start): each for (at, _), each in found.guidance() if at == county_code}
        assert len(said) == FOODS * WEEKS
        for cell, each in said.items():
            had = counted[cell]
            assert each.supply == Supply(had.contracts_g, had.offers_g, had.p50_g)
        lines = await session.scalar(text("SELECT count(*) FROM wanted_line"))
        assert lines == int((found.wanted_g > 0).sum())
        return int(await session.scalar(text("SELECT count(*) FROM forecast")))


def _fill(connection: Connection, seed: int, cooperatives: int) -> None:
    definition.metadata.create_all(connection)
    sizes = {"cooperatives": cooperatives, "counties": _counties(cooperatives), "foods": FOODS, "weeks": WEEKS}
    known: dict[str, Any] = sizes | {
        "seed": 1 / (1 + seed),
        "monday": f"DATE '{MONDAY}'",
        "now": f"TIMESTAMPTZ '{NOW.isoformat()}'",
    }
    # Numbers and days of our own; as parameters PostgreSQL would have to guess the type of each.
    for statement in FILL.split(";\n"):
        connection.exec_driver_sql(re.sub(r"(?<!:):(\w+)", lambda at: str(known[at[1]]), statement))
