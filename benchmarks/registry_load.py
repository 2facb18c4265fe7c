"""A household registry of a million rows through the REST API into PostgreSQL, sealed, against a plain COPY of it."""

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from sqlalchemy import Connection, insert

from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.servers import Server, computed_s, database_computed_s, running
from services.farmers.cooperatives.models import Cooperative
from services.farmers.registry.sheet import COLUMNS
from services.farmers.tables import table_of
from shared.clock import SystemClock
from shared.database import open_database
from tools.servers.postgres import postgres_server
from tools.servers.service import ServiceProcess, run_services
from tools.servers.tokens import bearer

ROWS, HOUSEHOLDS_EACH, BROKEN_EVERY = 1_000_000, 200, 5_000
"""Rows of the file, households of a cooperative, and every how many rows one is broken."""
BROKEN = b"not,a,row\r\n"
_CSV = {"content-type": "text/csv"}
_PIECE = 1 << 20


@dataclass(slots=True)
class Took:
    """What a load took: s by the clock, CPU seconds of the service and of the database; what was answered."""

    seconds: float
    cpu: float
    database_cpu: float
    answer: dict[str, Any]


@benchmark("farmers.registry_load")
def load_registry(options: Options) -> Outcome:
    """Seconds to load a household registry of a million rows, names and phones sealed, into PostgreSQL."""
    rows = options.scaled(ROWS)
    with TemporaryDirectory() as folder, ExitStack() as stack:
        file = Path(folder) / "registry.csv"
        file.write_text("".join(_lines(options.seed, rows)))
        server = stack.enter_context(postgres_server())
        name = f"bench_{uuid4().hex}"
        stack.callback(server.drop_database, name)
        url = server.create_database(name)
        service = ServiceProcess("farmers", url, "", bus="embedded", var=folder)
        service.migrate()
        run_services(["topics"], service.environment)
        asyncio.run(_found_cooperatives(url, -(-rows // HOUSEHOLDS_EACH)))
        service.start()
        stack.callback(service.stop)
        service.wait_until_ready(300.0)
        first, again = (_loaded(service, server, file) for _ in range(2))
        peak = _peak_mb(service)
        good = file.with_suffix(".good")
        good.write_bytes(file.read_bytes().replace(BROKEN, b""))
        copied = asyncio.run(_copied(server.admin_dsn_of(name), good))
        file_mb = file.stat().st_size / 1e6
    _require_whole(rows, first.answer, again.answer)
    return Outcome(
        input=f"{rows} rows of {-(-rows // HOUSEHOLDS_EACH)} cooperatives, one in {BROKEN_EVERY} broken",
        value=first.seconds,
        unit="s",
        reference="a plain COPY of the file into a table of texts, s",
        reference_value=copied,
        details={
            "rows_per_s": round(rows / first.seconds),
            "database_cpu_s": round(first.database_cpu, 1),
            "again_s": round(again.seconds, 1),
            "again_cpu_s": round(again.cpu, 1),
            "again_database_cpu_s": round(again.database_cpu, 1),
            "service_peak_mb": peak,
            "file_mb": round(file_mb, 1),
        },
        cpu_seconds=first.cpu,
    )


def _lines(seed: int, rows: int) -> Iterator[str]:
    """Yield a file as a province writes it, village by village; everybody in it is fictional."""
    luck = random.Random(seed)
    yield ",".join(COLUMNS) + "\r\n"
    for number in range(rows):
        if number % BROKEN_EVERY == BROKEN_EVERY // 2:
            yield BROKEN.decode()
            continue
        said = {
            "registry_no": f"520628-{number:08}",
            "cooperative_id": f"coop-{number // HOUSEHOLDS_EACH:05}",
            "town_code": f"520628{number // 20_000:03}",
            "member_since": f"{luck.randint(2015, 2025)}-03-01",
            "name": f"虚构{chr(0x4E00 + luck.randrange(5_000))}",
            "phone": f"1000{luck.randrange(10**7):07}",
            "status": luck.choice(("registered_poor", "lifted_out", "monitored", "not_poor")),
            "from_day": f"{luck.randint(2014, 2020)}-01-01",
            "source": "fictional",
        }
        yield ",".join(said.get(name, "") for name in COLUMNS) + "\r\n"


async def _found_cooperatives(url: str, count: int) -> None:
    place = {"county_code": "520628", "town_code": "520628101", "lat": 28.2, "lon": 109.2, "priority_group": "none"}
    state = {"households": 0, "poor_households": 0, "version": 1, "registered_at": SystemClock().now()}
    rows = [
        {"cooperative_id": f"coop-{number:05}", "name_zh": "虚构", "name_en": "fictional"} | place | state
        for number in range(count)
    ]

    def fill(connection: Connection) -> None:
        connection.execute(insert(table_of(Cooperative)), rows)

    database = open_database(url)
    await database.run_sync(fill)
    await database.close()


def _loaded(service: ServiceProcess, server: Server, file: Path) -> Took:
    cpu, database_cpu, started = computed_s(service.process), database_computed_s(server), time.perf_counter()
    answer = asyncio.run(_send(f"{service.url}/household-registry/loads", file))
    seconds = time.perf_counter() - started
    return Took(seconds, computed_s(service.process) - cpu, database_computed_s(server) - database_cpu, answer)


async def _send(url: str, file: Path) -> dict[str, Any]:
    async def pieces() -> AsyncIterator[bytes]:
        with file.open("rb") as handle:
            while piece := handle.read(_PIECE):
                yield piece

    async with httpx.AsyncClient(timeout=None, trust_env=False) as client:  # noqa: S113 (it takes as long as it takes)
        answer = await client.post(url, content=pieces(), headers=_CSV | bearer())
    assert answer.status_code == httpx.codes.OK, answer.text
    told: dict[str, Any] = answer.json()
    return told


def _require_whole(rows: int, first: dict[str, Any], again: dict[str, Any]) -> None:
    """A load that is fast and loses rows is none: all good rows are there, and the same file changes nothing."""
    broken = sum(number % BROKEN_EVERY == BROKEN_EVERY // 2 for number in range(rows))
    for told, new in ((first, rows - broken), (again, 0)):
        assert (told["status"], told["read_rows"], told["errors"]) == ("done", rows, broken), told
        assert {told[f"{part}_created"] for part in ("households", "people", "statuses")} == {new}, told
        assert (told["households_changed"], told["people_changed"]) == (0, 0), told


async def _copied(url: str, file: Path) -> float:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute(f"CREATE TABLE plain ({', '.join(f'{name} text' for name in COLUMNS)})")
        started = time.perf_counter()
        await connection.copy_to_table("plain", source=file, format="csv", header=True)
        return time.perf_counter() - started
    finally:
        await connection.close()


def _peak_mb(service: ServiceProcess) -> int:
    """Return the largest memory the service's process has had, MiB (Linux)."""
    told = (Path(f"/proc/{each.pid}/status").read_text() for each in running(service.process))
    return max(int(re.findall(r"VmHWM:\s+(\d+)", text)[0]) for text in told) // 1024
