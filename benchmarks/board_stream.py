"""A thousand pages that watch a board at one worker of the portal: how old a row is when it comes, and what that holds.

The portal is the whole service, with sessions, guard and hub; logistics is stood in for by one that tells of a vehicle
once a second (board_portal.py). All pages hear each row.
"""

import asyncio
import re
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.servers import by_hand, computed_s, held_mb

CLIENTS = 1_000
SECONDS = 20.0
AIM_MS = 250.0
COUNTY, DAY = "520628", "2026-11-30"
_BEFORE = 0.25
"""So long before, as a part of that time, rows do not count: templates are read, sockets begin."""
_AT_ONCE = 50
_STAMP = re.compile("([0-9,]{16,})(?:[.][0-9])? °C".encode())
"""What the vehicle tells as its temperature: when logistics told it, in µs after 1970."""


@dataclass(slots=True)
class Heard:
    """What pages heard: how old rows were in ms, how many pages were cut off, and the server's memory at the end."""

    ages_ms: list[float] = field(default_factory=list)
    lost: int = 0
    counts: bool = False
    held_mb: float = 0.0


@benchmark("portal.board_stream")
def board_stream(options: Options) -> Outcome:
    """Age of a row of the board at 1,000 pages that watch it at one worker, one row a second: the 99th percentile."""
    clients, seconds = options.scaled(CLIENTS), SECONDS * max(0.1, min(1.0, 5 * options.scale))
    with TemporaryDirectory() as folder:
        cookie = Path(folder) / "cookie"
        with by_hand("board_portal", str(cookie)) as (address, process):
            before_mb = held_mb(process)
            heard = asyncio.run(_watch(address, cookie.read_text(), clients, seconds, lambda: held_mb(process)))
            cpu_s = computed_s(process)
    cuts = statistics.quantiles(heard.ages_ms, n=100)
    details = {
        "p50_ms": round(cuts[49], 1),
        "rows": len(heard.ages_ms),
        "rows_due": round(clients * seconds),
        "lost": heard.lost,
        "mb": round(heard.held_mb, 1),
        "mb_before": round(before_mb, 1),
        "kb_per_client": round((heard.held_mb - before_mb) * 1024 / clients, 1),
    }
    told = f"{clients} pages, one row a second for {seconds:.0f} s"
    return Outcome(told, cuts[98], "ms", "aim of the design", AIM_MS, details, cpu_s)


async def _watch(address: str, cookie: str, clients: int, seconds: float, memory: Callable[[], float]) -> Heard:
    heard, gate = Heard(), asyncio.Semaphore(_AT_ONCE)
    open_ones = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(_page(address, cookie, heard, gate, open_ones)) for _ in range(clients)]
    for _ in range(clients):
        await open_ones.acquire()
    await asyncio.sleep(_BEFORE * seconds)
    heard.counts = True
    await asyncio.sleep(seconds)
    heard.counts = False
    heard.held_mb = memory()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return heard


async def _page(address: str, cookie: str, heard: Heard, gate: asyncio.Semaphore, open_ones: asyncio.Semaphore) -> None:
    """Hold a stream open as a browser does, and note how old each row is."""
    where = urlsplit(address)
    async with gate:
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        ask = f"GET /board/stream?county={COUNTY}&day={DAY} HTTP/1.1\r\nHost: {where.netloc}\r\n"
        writer.write(f"{ask}Cookie: cloud={cookie}\r\nAccept: text/event-stream\r\n\r\n".encode())
        status = await reader.readline()
    open_ones.release()
    try:
        if b" 200 " not in status:
            raise ConnectionError(status)
        while line := await reader.readline():
            if (stamp := _STAMP.search(line)) and heard.counts:
                told_us = int(stamp[1].replace(b",", b""))
                heard.ages_ms.append((time.time_ns() / 1000 - told_us) / 1000)
        heard.lost += 1
    except OSError:
        heard.lost += 1
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
