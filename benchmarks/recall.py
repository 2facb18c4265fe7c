"""Recall on a year of a county: where a lot went and where a meal came from, through a trace graph on PostgreSQL."""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import median
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, text

from benchmarks.harness import Options, Outcome, benchmark
from services.logistics.main import definition
from services.logistics.tracing.back import trace_meal
from services.logistics.tracing.forward import trace_lot
from shared.database import Database, open_database
from shared.unit_of_work import UnitOfWork
from tools.servers.postgres import postgres_server

SCHOOLS, COOPERATIVES, DAYS, FOODS, LOTS = 200, 150, 200, 26, 6
"""A county's year: each school day every school cooks a meal of one of each food's lots, delivered that day."""
MADE_OF = 8
"""One lot in eight is mixed from others of the day before."""
ASKED = 20
AIM_SECONDS = 1.0
NOW = datetime(2026, 11, 30, tzinfo=UTC)
FIRST = date(2026, 1, 5)

FILL = """
SELECT setseed(:seed);
SET LOCAL session_replication_role = replica;
INSERT INTO place (kind, place_id, name_zh, name_en, county_code, lat, lon, version)
SELECT 'canteen', 'sch-' || s, '', '', '520628', 28, 109, 1 FROM generate_series(0, :schools - 1) s
UNION ALL SELECT 'cooperative', 'coop-' || c, '', '', '520628', 28, 109, 1
FROM generate_series(0, :cooperatives - 1) c;
INSERT INTO lot (lot_id, cooperative_id, food_code, harvest_day, quantity_g, certificate_no, households,
                 poor_households)
SELECT 'lot-' || d || '-' || f || '-' || n, 'coop-' || ((f * 7 + n) % :cooperatives), 'food-' || f, :first + d::int,
       1000000, '', 5, 2
FROM generate_series(0, :days - 1) d, generate_series(0, :foods - 1) f, generate_series(0, :lots - 1) n;
INSERT INTO lot_parent (lot_id, parent_id, quantity_g)
SELECT 'lot-' || d || '-' || f || '-' || n, 'lot-' || (d - 1) || '-' || f || '-' || m, 1000
FROM generate_series(1, :days - 1) d, generate_series(0, :foods - 1) f, generate_series(0, :lots - 1) n,
     generate_series(0, :lots - 1) m WHERE (d + f + n) % :made_of = 0 AND m IN (n, (n + 1) % :lots);
CREATE TEMP TABLE bought AS
SELECT d, s, f, 'lot-' || d || '-' || f || '-' || floor(random() * :lots)::int AS lot_id
FROM generate_series(0, :days - 1) d, generate_series(0, :schools - 1) s, generate_series(0, :foods - 1) f;
INSERT INTO consignment (order_id, version, canteen_id, cooperative_id, county_code, delivery_day, temperature_class,
                         confirmed_g, dispatched_g, dispatched_at, status, hold)
SELECT 'ord-' || d || '-' || s, 1, 'sch-' || s, 'coop-0', '520628', :first + d::int, 'ambient', 1, 1, :now, 'received',
       false
FROM generate_series(0, :days - 1) d, generate_series(0, :schools - 1) s;
INSERT INTO consignment_lot (order_id, line_id, lot_id, dispatched_g, accepted_g)
SELECT 'ord-' || d || '-' || s, 'line-' || f, lot_id, 5000, 5000 FROM bought;
INSERT INTO served_meal (meal_id, version, canteen_id, menu_id, day, meal, headcount, dish_codes, served_at)
SELECT 'meal-' || d || '-' || s, 1, 'sch-' || s, 'menu', :first + d::int, 'lunch', 300, '[]', :now
FROM generate_series(0, :days - 1) d, generate_series(0, :schools - 1) s;
INSERT INTO meal_food (meal_id, position, food_code, lot_id, quantity_g)
SELECT 'meal-' || d || '-' || s, f + 1, 'food-' || f, lot_id, 5000 FROM bought;
INSERT INTO kept_sample (sample_id, meal_id, dish_code, quantity_g, keep_until, state, ended_at)
SELECT 'smp-' || d || '-' || s || '-' || n, 'meal-' || d || '-' || s, 'dish-' || n, 125, :now, 'discarded', :now
FROM generate_series(0, :days - 1) d, generate_series(0, :schools - 1) s, generate_series(1, 4) n
"""
"""Lots, orders, meals and the samples of their dishes as a year leaves them."""


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds each answer took, forward and backward, and the same found by walking rows in memory."""

    forward: list[float]
    backward: list[float]
    walked: list[float]
    edges: int
    read_s: float
    most_meals: int
    headcount: int


@benchmark("logistics.recall")
def recall(options: Options) -> Outcome:
    """Seconds to say where a lot went (schools, meals, headcounts) and where a meal came from, slowest of 20 each."""
    days = options.scaled(DAYS)
    name = f"bench_{uuid4().hex}"
    with postgres_server() as postgres:
        database_url = postgres.create_database(name)
        try:
            took, filled = asyncio.run(_measured(database_url, options.seed, days))
        finally:
            postgres.drop_database(name)
    return Outcome(
        input=f"{SCHOOLS} schools, {days} days, {took.edges} edges from lots to orders and meals",
        value=max(took.forward + took.backward),
        unit="s",
        reference="the same lots traced by walking the rows once, in memory",
        reference_value=median(took.walked),
        details={
            "aim_s": AIM_SECONDS,
            "forward_median_s": round(median(took.forward), 4),
            "forward_slowest_s": round(max(took.forward), 4),
            "backward_median_s": round(median(took.backward), 4),
            "backward_slowest_s": round(max(took.backward), 4),
            "reading_rows_into_memory_s": round(took.read_s, 2),
            "most_meals_of_a_lot": took.most_meals,
            "servings_reached": took.headcount,
            "filling_s": round(filled, 1),
        },
    )


async def _measured(database_url: str, seed: int, days: int) -> tuple[Took, float]:
    database = open_database(database_url)
    try:
        started = time.perf_counter()
        await database.run_sync(lambda connection: _fill(connection, seed, days))
        async with database.transaction() as session:
            await session.execute(text("ANALYZE"))
        filled = time.perf_counter() - started
        return await _asked(database, days), filled
    finally:
        await database.close()


async def _asked(database: Database, days: int) -> Took:
    """Ask for lots and meals all over the year; what rows in memory say must agree."""
    forward: list[float] = []
    backward: list[float] = []
    walked: list[float] = []
    most = servings = 0
    async with database.transaction(read_only=True) as session:
        uow = UnitOfWork(session, database.dialect, NOW)
        started = time.perf_counter()
        rows = [tuple(row) for row in (await session.execute(text("SELECT lot_id, meal_id FROM meal_food"))).all()]
        read_s = time.perf_counter() - started
        made: dict[str, list[str]] = defaultdict(list)
        for child_id, parent_id in (await session.execute(text("SELECT lot_id, parent_id FROM lot_parent"))).all():
            made[parent_id].append(child_id)
        packed = await session.scalar(text("SELECT count(*) FROM consignment_lot"))
        for number in range(ASKED):
            day, food = number * days // ASKED, number % FOODS
            lot_id = f"lot-{day}-{food}-{number % LOTS}"
            began = time.perf_counter()
            found = await trace_lot(uow, lot_id)
            forward.append(time.perf_counter() - began)
            began = time.perf_counter()
            lots = _walk(made, lot_id)
            meals = {meal_id for of, meal_id in rows if of in lots}
            walked.append(time.perf_counter() - began)
            reached = found.totals_with_made
            assert (reached.meals, reached.headcount) == (len(meals), 300 * len(meals))
            most, servings = max(most, len(meals)), servings + reached.headcount
            began = time.perf_counter()
            meal = await trace_meal(uow, f"meal-{day}-{number % SCHOOLS}")
            backward.append(time.perf_counter() - began)
            assert (meal.traced_share, len(meal.foods)) == (1.0, FOODS)
    return Took(forward, backward, walked, len(rows) + int(packed or 0), read_s, most, servings)


def _walk(made: Mapping[str, list[str]], lot_id: str) -> set[str]:
    """Return a lot and all that was made of it."""
    reached, ahead = {lot_id}, [lot_id]
    while ahead:
        new = set(made.get(ahead.pop(), ())) - reached
        reached |= new
        ahead += new
    return reached


def _fill(connection: Connection, seed: int, days: int) -> None:
    definition.metadata.create_all(connection)
    sizes = {"schools": SCHOOLS, "cooperatives": COOPERATIVES, "foods": FOODS, "lots": LOTS, "made_of": MADE_OF}
    known: dict[str, Any] = sizes | {
        "days": days,
        "seed": 1 / (1 + seed),
        "first": f"DATE '{FIRST}'",
        "now": f"TIMESTAMPTZ '{NOW.isoformat()}'",
    }
    # Numbers and days of our own; as parameters PostgreSQL would have to guess the type of each.
    for statement in FILL.split(";\n"):
        connection.exec_driver_sql(re.sub(r"(?<!:):(\w+)", lambda at: str(known[at[1]]), statement))
