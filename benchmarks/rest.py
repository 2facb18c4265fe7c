"""What people ask for all day, through the REST API of one process each: by 16 and by 128 clients, on PostgreSQL.

A county lives its week until a day's food stands at the gates; then routes are asked as fast as they answer. The same
is asked of Starlette and asyncpg by hand (`bare_reads`, `bare_menus`, `bare_receipts`): they must answer the same, or
write the same rows into a copy of the database. Accepting orders and telling where vehicles are have benchmarks of
their own (`farmers.accept`, `logistics.track_points`).
"""

import asyncio
import json
import statistics
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import asyncpg
import httpx
import uvloop

from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.load import Answers, request, send_all
from benchmarks.servers import by_hand, computed_s
from benchmarks.week.cloud import Cloud
from benchmarks.week.lived import Living, living
from services.demo.calls import items
from tools.servers.process import Process
from tools.servers.service import secret_keys
from tools.servers.tokens import bearer

SCHOOLS, LEAST_SCHOOLS = 120, 4
ASKED, LEAST_ASKED = 600, 20
CLIENTS = (16, 128)
LAST_STEP = "Monday: on the road"


COPIED = ("nutrition", "logistics")
"""Whose databases are copied for what is written by hand."""
SIGNED = (
    "SELECT * FROM receipt",
    "SELECT receipt_id, version, signers::jsonb, lines::jsonb, inspection, captured_at, signed_at FROM receipt_version",
    "SELECT c.order_id, c.status FROM consignment c JOIN receipt USING (order_id)",
    "SELECT l.* FROM consignment_line l JOIN receipt USING (order_id)",
    "SELECT l.* FROM consignment_lot l JOIN receipt USING (order_id)",
    "SELECT canteen_id, signer_id, said_at FROM signer",
)
"""The rows of receipts; names are sealed anew each time."""

PUBLISHED = (
    "SELECT canteen_id, county_code, week_start, version, status, from_day, published_at FROM menu",
    "SELECT m.canteen_id, m.week_start, v.version, change, reason, told_at, json_array_length(demand), "
    "(SELECT array_agg(food ORDER BY food) FROM json_object_keys(prices) food) "
    "FROM menu_version v JOIN menu m USING (menu_id)",
    "SELECT m.canteen_id, x.version, day, meal, headcount, headcounts::jsonb, dishes::jsonb, planned_g::jsonb "
    "FROM menu_meal x JOIN menu m USING (menu_id)",
    "SELECT canteen_id, delivery_day, food_code, temperature_class, gross_g, from_stock_g + quantity_g AS wanted_g, "
    "accepted_g, used_g, left_g FROM demand_line",
)
"""The rows of menus; what each pays and is given from the store depends on which of several comes first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Requests of one kind to one service; `by_hand` is the module that can answer them, too.

    `rows` selects what they write, which must be the same; without it the answers must be.
    """

    service: str
    requests: Sequence[bytes]
    by_hand: str | None = None
    rows: Sequence[str] = ()


@benchmark("cloud.rest")
def rest(options: Options) -> Outcome:
    """Requests per second of the slowest of four kinds, one process a service; each by 16 and by 128 clients."""
    found = uvloop.run(_measured(options))
    slowest = min(found, key=lambda name: float(found[name]["per_second"]))
    return Outcome(
        input=f"a county of {_schools(options)} schools with a day's food at the gates, {', '.join(found)}",
        value=found[slowest]["per_second"],
        unit=f"requests/s ({slowest})",
        reference="in details by kind: Starlette and asyncpg by hand, the same rows and answers",
        reference_value=None,
        details=found,
        cpu_seconds=sum(one["cpu_us"] * one["requests"] for one in found.values()) / 1e6,
    )


def _schools(options: Options) -> int:
    return max(LEAST_SCHOOLS, options.scaled(SCHOOLS))


async def _measured(options: Options) -> dict[str, dict[str, Any]]:
    async with living(_schools(options), options.seed) as life:
        await life.until(LAST_STEP)
        await asyncio.to_thread(_copy, life.cloud)
        found: dict[str, dict[str, Any]] = {}
        for kind, asked in (await _kinds(life, max(LEAST_ASKED, options.scaled(ASKED)))).items():
            for part, clients in enumerate(CLIENTS):
                own = replace(asked, requests=asked.requests[part :: len(CLIENTS)])
                found[f"{kind}, {clients} clients"] = await _compared(life.cloud, own, clients)
        return found


def _copy(cloud: Cloud) -> None:
    """Copy databases; nobody may be connected to one meanwhile."""
    for name in COPIED:
        cloud.services[name].stop()
        cloud.postgres.create_database(_copy_of(name), name)
        cloud.services[name].start()
    for name in COPIED:
        cloud.services[name].wait_until_ready()


def _copy_of(service: str) -> str:
    return f"{service}_by_hand"


async def _compared(cloud: Cloud, asked: Asked, clients: int) -> dict[str, Any]:
    """Return what requests come to, beside the same asked by hand where there is that."""
    service = cloud.services[asked.service]
    found = await _asked(service.url, service.process, asked.requests, clients)
    if asked.by_hand is None:
        return found
    name = _copy_of(asked.service) if asked.rows else asked.service
    database = cloud.postgres.admin_dsn_of(name)  # no policy binds it
    known = cloud.clock.environment | {"CLOUD_SECRET_KEYS": secret_keys()}
    with by_hand(asked.by_hand, database, **known) as (url, process):
        if not asked.rows:
            await _require_same(service.url, url, asked.requests[0])
        bare = await _asked(url, process, asked.requests, clients)
    for rows in asked.rows:
        await _require_same_rows(cloud, asked.service, rows)
    ratio = {"ratio": round(found["per_second"] / bare["per_second"], 3)}
    return found | ratio | {"by_hand": {name: bare[name] for name in ("per_second", "cpu_us")}}


async def _require_same_rows(cloud: Cloud, service: str, rows: str) -> None:
    """Raise ValueError when both did not write the same rows, or none."""
    statement = f"SELECT count(*), md5(string_agg(r::text, E'\\n' ORDER BY r::text)) FROM ({rows}) r"  # noqa: S608
    told = []
    for name in (service, _copy_of(service)):
        connection = await asyncpg.connect(cloud.postgres.admin_dsn_of(name).replace("+asyncpg", ""))
        told.append(tuple(await connection.fetchrow(statement)))
        await connection.close()
    if told[0] != told[1] or not told[0][0]:
        raise ValueError(f"{rows}: different rows were written: {told}")


async def _require_same(service: str, bare: str, asked: bytes) -> None:
    """Raise ValueError when both do not answer the same."""
    path = asked.split()[1].decode()
    async with httpx.AsyncClient(headers=bearer()) as client:
        told = [(await client.get(f"{url}{path}")).raise_for_status().json() for url in (service, bare)]
    if told[0] != told[1] or not told[0]["items"]:
        raise ValueError(f"{path} is answered differently: {told}")


async def _asked(url: str, process: Process, requests: Sequence[bytes], clients: int) -> dict[str, Any]:
    """Ask, first to warm up, and return what it came to. Raises ValueError when something is refused."""
    warming, requests = requests[: len(requests) // 10], requests[len(requests) // 10 :]
    await send_all(url, warming, clients)
    spent = -computed_s(process)
    answers: Answers = await send_all(url, requests, clients)
    spent += computed_s(process)
    if set(answers.statuses) - {200, 201}:
        raise ValueError(f"{url} answered {dict(answers.statuses)}")
    return {
        "requests": len(requests),
        "per_second": round(answers.per_second, 1),
        "cpu_us": round(spent / len(requests) * 1e6),
        "p50_p99_ms": [round(statistics.quantiles(answers.took_ms, n=100)[at], 1) for at in (49, 98)],
    }


async def _kinds(life: Living, count: int) -> Mapping[str, Asked]:
    """Return what is asked, at least `count` of each kind but receipts: of those, what stands at the gates."""
    schools = [school.canteen_id for school in life.week.schools]
    cooperatives = [one["cooperative_id"] async for one in items(life.cloud.clients["farmers"], "/cooperatives")]
    monday = life.week.monday
    weeks = [f"/menus?canteen_id={schools[at % len(schools)]}&week_start={monday}" for at in range(count)]
    lists = [f"/orders?cooperative_id={cooperatives[at % len(cooperatives)]}&limit=50" for at in range(count)]
    menus = [menu async for menu in _menus(life, count)]
    receipts = [one for school in life.week.schools for one in await life.week.road.receipts_of(school, monday)]
    return {
        "read a week": Asked("nutrition", [_get(path) for path in weeks], "bare_reads"),
        "list orders": Asked("farmers", [_get(path) for path in lists], "bare_reads"),
        "publish a menu": Asked(
            "nutrition", [_post("/menus", body, at) for at, body in enumerate(menus)], "bare_menus", PUBLISHED
        ),
        "sign a receipt": Asked(
            "logistics", [_post("/receipts", body, at) for at, body in enumerate(receipts)], "bare_receipts", SIGNED
        ),
    }


async def _menus(life: Living, count: int) -> AsyncIterator[dict[str, Any]]:
    """Yield the templates of schools as menus of the weeks to come."""
    schools, holidays = life.week.schools, await life.week.menus.holidays()
    for number in range(count):
        school, week = schools[number % len(schools)], 1 + number // len(schools)
        monday: date = life.week.monday + timedelta(weeks=week)
        days = [
            {"day": f"{monday + timedelta(days=weekday - 1)}", "meal": meal, "dish_codes": dishes}
            for weekday, of_day in school.template.items()
            for meal, dishes in of_day.items()
            if meal in school.meals and f"{monday + timedelta(days=weekday - 1)}" not in holidays[school.county_code]
        ]
        yield {"canteen_id": school.canteen_id, "week_start": f"{monday}", "days": days}


def _get(path: str) -> bytes:
    return request("GET", path, dict(bearer()), b"")


def _post(path: str, body: Mapping[str, Any], number: int) -> bytes:
    headers = {"content-type": "application/json", "idempotency-key": f"rest-{path[1:]}-{number}", **bearer()}
    return request("POST", path, headers, json.dumps(body).encode())
