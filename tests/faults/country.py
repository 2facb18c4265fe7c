"""Four real services on a real PostgreSQL and a real Kafka, with proxies between all of them; any of it may break."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.engine import make_url

from shared import migrate
from shared.database import open_database
from shared.messaging.bus import SERVICES, BusError, every_topic
from shared.messaging.kafka import KafkaBus
from shared.messaging.lags import lag_of
from shared.settings import Settings
from tests.contracts.proxy import Proxy
from tests.faults.brokers import Brokers, new_proxy
from tests.faults.calendar import Calendar
from tests.faults.controls import Panel
from tests.faults.disk import SIZE_MB, Disk
from tests.faults.further import Further
from tests.faults.seat import Seat
from tests.world import START
from tools.servers.postgres import Postgres
from tools.servers.tokens import bearer

QUIET_LOOKS = 2
LOOK_S = 2.0
"""How long an answer may take until a service counts as away."""
PATIENT_S = 15.0
"""How long an answer may take where nobody is in a hurry."""
TAKEN_OVER_S = 301
"""What a dead process had begun is taken over after a minute, what is parked is tried after five, or later."""


class Country:
    """The servers and the services, in a folder of their own."""

    def __init__(self, folder: Path, brokers: int = 1, disk_mb: int = SIZE_MB) -> None:
        folder.chmod(0o711)  # The database server is somebody else, and has to come through.
        self._folder = folder
        self.disk = Disk(folder / "postgres", disk_mb)
        self.postgres = Postgres(self.disk.directory)
        self.further = Further(folder, self.postgres.dsn_of)
        self.brokers = Brokers(folder, SERVICES, brokers)
        self.panels = {name: Panel(folder / f"{name}.controls") for name in SERVICES}
        self.calendar = Calendar(START, self.panels)
        self.seats: dict[str, Seat] = {}
        self.lookouts: dict[str, httpx.AsyncClient] = {}

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Country"]:
        """Start everything; end it with the block."""
        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(self._servers())
            for proxy in self.brokers.proxies:
                await _opened(proxy, stack)
            for name in SERVICES:
                await self._make_seat(name)
                for proxy in (self.seats[name].front, self.seats[name].database):
                    await _opened(proxy, stack)
                stack.callback(self.seats[name].kill)
                self.lookouts[name] = await stack.enter_async_context(self.client(name, LOOK_S))
            await asyncio.gather(self._make_topics(), self._migrate())
            await asyncio.to_thread(self.start)
            yield self

    @contextlib.contextmanager
    def _servers(self) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            self.disk.mount()
            stack.callback(self.disk.unmount)
            stack.callback(self.postgres.kill)
            # Should the bench itself be killed, its servers' leash leaves nothing behind.
            self.postgres.process.afterwards += [self.disk.unmounting, ["rm", "-rf", str(self._folder)]]
            self.postgres.start()
            stack.callback(self.brokers.kill)
            yield

    async def _make_seat(self, name: str) -> None:
        url = make_url(await asyncio.to_thread(self.postgres.create_database, name))
        database = new_proxy(self.postgres.port)
        through = url.set(port=database.port).render_as_string(hide_password=False)
        self.seats[name] = Seat(name, through, database, self.brokers.doors[name], self.panels[name])

    async def _make_topics(self) -> None:
        await asyncio.to_thread(self.brokers.start)
        bus = KafkaBus(self.brokers.bootstrap, "topics", replication=self.brokers.replication, keep=timedelta(days=7))
        await bus.ensure_topics(every_topic())
        await bus.close()

    async def _migrate(self) -> None:
        for name in SERVICES:
            database = open_database(self.postgres.dsn_of(name))
            await migrate.upgrade(database, f"services.{name}.migrations")
            await database.close()

    def start(self) -> None:
        """Start what does not run, and wait until everything can work."""
        self.postgres.start()
        self.brokers.start()
        for seat in self.seats.values():
            seat.start()
        for seat in self.seats.values():
            seat.wait_until_ready()

    def stop(self) -> None:
        """End the services in order: nothing moves any more."""
        for seat in self.seats.values():
            seat.stop()

    def wire(self, service: str, end: str) -> Sequence[Proxy]:
        """Return the proxies between a service and its `clients`, its `database` or the `brokers`."""
        seat = self.seats[service]
        return {"clients": [seat.front], "database": [seat.database], "brokers": seat.brokers}[end]

    def client(self, service: str, timeout_s: float) -> httpx.AsyncClient:
        """Return a client of a service, signed in as the system."""
        return httpx.AsyncClient(base_url=self.seats[service].url, timeout=timeout_s, headers=bearer())

    @property
    def databases(self) -> dict[str, str]:
        """The addresses of the services' databases for the administrator."""
        return {name: self.postgres.admin_dsn_of(name) for name in SERVICES}

    async def settle(self, patience_s: float) -> float:
        """Wait until nothing is on its way: outboxes empty, every event read, nothing parked, nothing queued.

        Returns how many seconds that took. What waits for an hour of the services' clocks is not waited for in vain:
        they go on. Raises TimeoutError saying what still moves.
        """
        began = asyncio.get_running_loop().time()
        quiet = 0
        while quiet < QUIET_LOOKS:
            state = await self.restless()
            quiet = 0 if state else quiet + 1
            if asyncio.get_running_loop().time() > began + patience_s:
                raise TimeoutError(f"does not settle: {state}")
            if any("parked" in what or "runs" in what for what in state):
                self.calendar.advance(TAKEN_OVER_S)
            await asyncio.sleep(0.3)
        return asyncio.get_running_loop().time() - began

    async def restless(self) -> dict[str, float]:
        """Return what still moves."""
        state: dict[str, float] = {}
        for name in SERVICES:
            client = self.lookouts[name]
            try:
                shown = values_of((await client.get("/metrics", timeout=PATIENT_S)).text)
                state |= {f"{name} {gauge}": shown[gauge] for gauge in ("outbox_waiting", "parked_events")}
                state |= await _runs(name, client)
            except (httpx.HTTPError, KeyError) as error:
                state[f"{name} {error!r}"] = 1
        if not any(state.values()):
            # Asked last: it takes a client of the brokers for each service, and more of the machine than they do.
            state = {f"{name} lag": await _lag(self.brokers.bootstrap, name) for name in SERVICES}
        return {what: count for what, count in state.items() if count}


async def _opened(proxy: Proxy, stack: contextlib.AsyncExitStack) -> None:
    """Let a proxy listen, until the stack is closed."""
    await proxy.mend()
    stack.push_async_callback(proxy.close)


async def _runs(service: str, client: httpx.AsyncClient) -> dict[str, float]:
    """Return how many computations of a service are not finished."""
    routes = {"procurement": "/sourcing-runs", "logistics": "/trip-plans"}
    if service not in routes:
        return {}
    running = 0
    query: dict[str, Any] = {"limit": 1000}
    while True:
        page = (await client.get(routes[service], params=query, timeout=PATIENT_S)).raise_for_status().json()
        running += sum(run["status"] in ("queued", "running") for run in page["items"])
        if page["next"] is None:
            return {f"{service} runs": running}
        query["after"] = page["next"]


async def _lag(bootstrap: str, group: str) -> float:
    """Return how many records of the topics it listens to a group has not committed; 1 where nobody can say."""
    topics = import_module(f"services.{group}.main").definition.handlers.topics()
    try:
        return float(await lag_of(Settings(bus="kafka", kafka_bootstrap=bootstrap), group, topics))
    except BusError:
        return 1.0


def values_of(metrics: str) -> dict[str, float]:
    """Return the plain values of Prometheus' text format by metric name."""
    lines = (line for line in metrics.splitlines() if line and not line.startswith("#"))
    return {line.split("{")[0].split(" ")[0]: float(line.rsplit(" ", 1)[1]) for line in lines}
