"""The cloud of a benchmark: services as processes of their own on PostgreSQL and Kafka, on one clock that is moved."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from benchmarks.week.clock import TellingClock
from services.demo.calls import body_of, items
from shared.events import PARTITIONS
from shared.messaging.bus import SERVICES, every_topic
from tools.servers.kafka import Kafka, kafka_server
from tools.servers.postgres import Postgres, fetch_value, postgres_server
from tools.servers.service import ServiceProcess, make_topics
from tools.servers.system import ServerError
from tools.servers.tokens import bearer

QUIET_LOOKS = 2
LOOK_S, LONGEST_LOOK_S = 0.25, 2.0
LOOKS_OF_A_WAIT = 20
"""Who has waited long looks less often, about so many times in all: a look costs the services as a user does."""
ANSWER_S = 600.0
PARKED_FOR = timedelta(seconds=301)
"""What is parked is tried again after five minutes."""
COMPUTED = (("procurement", "/sourcing-runs"), ("logistics", "/trip-plans"))
"""What is computed in the background, besides menus: by whom, and where it is listed."""
_FIRST_WAITING = {"status": "waiting", "limit": "1"}
_LIMITS = httpx.Limits(keepalive_expiry=1.0)
"""A service hangs up on who asked nothing for five seconds: a connection must not be taken again at that moment."""
OVERDUE = "SELECT count(*) FROM purchase_order WHERE status = 'to_answer' AND answer_by < $1"
"""Orders whose cooperative's silence is an answer by now, which farmers' job has not given yet: it looks every 30 s."""
SETTINGS = {
    "log_level": "WARNING",
    # Everybody asks in one name from one address.
    "subject_per_minute": "100000000",
    "address_per_minute": "100000000",
    # As many counties are computed at once as there are cores.
    "workers": str(min(64, os.cpu_count() or 1)),
    "topic_days": "400",
    "inbox_days": "500",
}


@dataclass(slots=True)
class Cloud:
    """What runs, and how to reach it."""

    postgres: Postgres
    kafka: Kafka
    services: Mapping[str, ServiceProcess]
    clients: Mapping[str, httpx.AsyncClient]
    clock: TellingClock
    _admin: AIOKafkaAdminClient
    _reader: AIOKafkaConsumer

    async def settle(self) -> None:
        """Wait until nothing is on its way: outboxes empty, every event handled, nothing parked or being computed."""
        quiet, began = 0, time.monotonic()
        while quiet < QUIET_LOOKS:
            quiet = 0 if await self._restless() else quiet + 1
            often_s = min(LONGEST_LOOK_S, (time.monotonic() - began) / LOOKS_OF_A_WAIT)
            await asyncio.sleep(LOOK_S if quiet else max(LOOK_S, often_s))

    async def _restless(self) -> bool:
        for service in self.services.values():
            service.process.ensure_running()
        shown = {name: await self.metrics(name) for name in SERVICES}
        if any(figures["parked_events"] for figures in shown.values()):
            self.clock.advance(PARKED_FOR)
        if await fetch_value(self.postgres.admin.set(database="farmers"), OVERDUE, self.clock.now()):
            return True
        if any(figures["outbox_waiting"] or figures["parked_events"] for figures in shown.values()):
            return True
        # Asked last: it takes more of the brokers than the rest does of the services.
        return await self._computing() or bool(sum([await self._lag(name) for name in SERVICES]))

    async def _computing(self) -> bool:
        if any(body_of(await self.clients["nutrition"].get("/menu-plans", params=_FIRST_WAITING))["items"]):
            return True
        for name, path in COMPUTED:
            async for one in items(self.clients[name], path):
                if one["status"] in ("queued", "running"):
                    return True
        return False

    async def _lag(self, name: str) -> int:
        topics = import_module(f"services.{name}.main").definition.handlers.topics()
        ends = await self._ends(topics)
        committed = await self._admin.list_consumer_group_offsets(name)
        return sum(end - max(0, committed[at].offset if at in committed else 0) for at, end in ends.items())

    async def published(self) -> int:
        """Return how many events lie in the topics."""
        return sum((await self._ends(every_topic())).values())

    async def _ends(self, topics: Any) -> dict[TopicPartition, int]:
        places = [TopicPartition(topic, partition) for topic in topics for partition in range(PARTITIONS)]
        found: dict[TopicPartition, int] = await self._reader.end_offsets(places)
        return found

    async def metrics(self, name: str) -> dict[str, float]:
        """Return a service's metrics without labels but its name."""
        lines = (await self.clients[name].get("/metrics")).raise_for_status().text.splitlines()
        plain = [line for line in lines if line.endswith(tuple("0123456789")) and line.count('"') == 2]
        return {line.split("{")[0]: float(line.rsplit(" ", 1)[1]) for line in plain}

    def stored_bytes(self) -> dict[str, int]:
        """Return how large the databases and Kafka's log are."""
        databases = [self.postgres.execute(f"SELECT pg_database_size('{name}')") for name in SERVICES]
        log = sum(file.stat().st_size for file in self.kafka.directory.rglob("*.log"))
        return {"database_bytes": sum(int(str(size)) for size in databases), "kafka_bytes": log}


@asynccontextmanager
async def cloud(start: datetime, directory: Path | None = None) -> AsyncIterator[Cloud]:
    """Run the services, with empty databases or with those kept in a directory; their clock shows `start` (UTC)."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        kafka = stack.enter_context(kafka_server(directory and directory / "kafka"))
        postgres = stack.enter_context(postgres_server(directory and directory / "postgres"))
        if not isinstance(kafka, Kafka) or not isinstance(postgres, Postgres):
            raise ServerError("what a server of others uses cannot be measured: start without one")
        clock = TellingClock(start, folder / "clock")
        services = await asyncio.to_thread(_started, stack, postgres, kafka, clock)
        async with _clients(services) as clients, _reading(kafka.bootstrap) as (admin, reader):
            yield Cloud(postgres, kafka, services, clients, clock, admin, reader)


def _started(stack: ExitStack, postgres: Postgres, kafka: Kafka, clock: TellingClock) -> dict[str, ServiceProcess]:
    make_topics(kafka.bootstrap)
    services = {
        name: ServiceProcess(name, _database(postgres, name), kafka.bootstrap, None, **SETTINGS) for name in SERVICES
    }
    for name, service in services.items():
        service.migrate()
        service.process.command[1:] = ["-m", "benchmarks.week.process", name]
        service.process.env = service.environment | clock.environment
        service.start()
        stack.callback(service.stop)
    for service in services.values():
        service.wait_until_ready()
    return services


def _database(postgres: Postgres, name: str) -> str:
    return postgres.dsn_of(name) if postgres.has_database(name) else postgres.create_database(name)


@asynccontextmanager
async def _clients(services: Mapping[str, ServiceProcess]) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with AsyncExitStack() as stack:
        clients = {
            name: httpx.AsyncClient(base_url=service.url, timeout=ANSWER_S, headers=bearer(), limits=_LIMITS)
            for name, service in services.items()
        }
        for client in clients.values():
            await stack.enter_async_context(client)
        yield clients


@asynccontextmanager
async def _reading(bootstrap: str) -> AsyncIterator[tuple[AIOKafkaAdminClient, AIOKafkaConsumer]]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    reader = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await admin.start()
    await reader.start()
    try:
        yield admin, reader
    finally:
        await reader.stop()
        await admin.close()
