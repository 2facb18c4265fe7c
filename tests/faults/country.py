"""Four real service processes on a real PostgreSQL and a real Kafka, any of which may be killed at any moment."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared import migrate
from shared.clock import ManualClock
from shared.database import open_database
from shared.events import PARTITIONS
from shared.messaging.bus import every_topic
from shared.messaging.kafka import KafkaBus
from tests.world import START
from tools.servers.kafka import Kafka
from tools.servers.postgres import Postgres
from tools.servers.service import ServiceProcess
from tools.servers.tokens import bearer

SERVICES = ("nutrition", "farmers", "procurement", "logistics")
PATIENCE_S = 240.0
_AGAIN = (500, 502, 503)


class Persistent(httpx.AsyncBaseTransport):
    """Sends a request until it is answered: the same Idempotency-Key makes it count once."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, and send again while the service is away."""
        if request.method != "GET":
            request.headers.setdefault("Idempotency-Key", uuid4().hex)
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                response = await self._inner.handle_async_request(request)
                if response.status_code not in _AGAIN or time.monotonic() > until:
                    return response
                await response.aclose()
            except httpx.TransportError:
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(0.2)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class Country:
    """The processes; killed services are started again. It stands in for the world of the journeys."""

    def __init__(self, postgres: Postgres, kafka: Kafka) -> None:
        self.postgres = postgres
        self.kafka = kafka
        # The processes' own clocks run; this one only tells the journeys when they began.
        self.clock = ManualClock(START)
        self.urls = {name: postgres.create_database(name) for name in SERVICES}
        self.services = {name: self._process(name) for name in SERVICES}
        self._clients: dict[str, httpx.AsyncClient] = {}
        self.deaths = 0

    def _process(self, name: str) -> ServiceProcess:
        # A named member gets its partitions back at once; a nameless one's wait ten seconds for the dead to be missed.
        service = ServiceProcess(name, self.urls[name], self.kafka.bootstrap, log_level="WARNING", kafka_instance="1")
        service.process.command = [sys.executable, "-m", "tests.faults.process", name]
        return service

    def plant(self, name: str, point: str, nth: int) -> None:
        """Let a service die at a point the next time it is started."""
        self.services[name].process.command += [point, str(nth)]

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Country"]:
        """Start everything; killed services are started again, without their bombs."""
        await self._prepare()
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(self._stop)
            await asyncio.to_thread(self._start)
            for name, service in self.services.items():
                client = httpx.AsyncClient(
                    transport=Persistent(), base_url=service.url, timeout=PATIENCE_S, headers=bearer()
                )
                self._clients[name] = await stack.enter_async_context(client)
            revive = asyncio.create_task(self._revive())
            stack.callback(revive.cancel)
            yield self

    async def _prepare(self) -> None:
        bus = KafkaBus(self.kafka.bootstrap, "topics", keep=timedelta(days=1))
        await bus.ensure_topics(every_topic())
        await bus.close()
        for name, url in self.urls.items():
            database = open_database(url)
            await migrate.upgrade(database, f"services.{name}.migrations")
            await database.close()

    def _start(self) -> None:
        for service in self.services.values():
            service.start()
        for service in self.services.values():
            service.wait_until_ready()

    def _stop(self) -> None:
        for service in self.services.values():
            service.kill()

    async def _revive(self) -> None:
        while True:
            for name, service in self.services.items():
                if not service.process.running:
                    self.deaths += 1
                    service.process.command = [sys.executable, "-m", "tests.faults.process", name]
                    await asyncio.to_thread(service.start)
            await asyncio.sleep(0.2)

    def client(self, service: str) -> httpx.AsyncClient:
        """Return a client that does not give up."""
        return self._clients[service]

    async def settle(self) -> None:
        """Wait until nothing is on its way: outboxes empty, every event read, nothing parked, no run queued."""
        until = time.monotonic() + PATIENCE_S
        quiet = 0
        while quiet < 2:
            state = await self._restless()
            quiet = 0 if state else quiet + 1
            if time.monotonic() > until:
                raise TimeoutError(f"does not settle: {state}")
            await asyncio.sleep(0.25)

    async def _restless(self) -> dict[str, float]:
        """Return what still moves."""
        state = {}
        for name in SERVICES:
            shown = _values((await self._clients[name].get("/metrics")).text)
            for gauge in ("outbox_waiting", "parked_events"):
                state[f"{name} {gauge}"] = shown[gauge]
        runs = (await self._clients["procurement"].get("/sourcing-runs", params={"county_code": "520628"})).json()
        state["runs"] = sum(run["status"] in ("queued", "running") for run in runs["items"])
        if not any(state.values()):
            # Asked last: it takes a client of the broker for each service, and more of the machine than they do.
            state = {f"{name} lag": await self._lag(name) for name in SERVICES}
        return {what: count for what, count in state.items() if count}

    async def _lag(self, group: str) -> float:
        """Return how many records of the topics it listens to a group has not committed."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka.bootstrap)
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka.bootstrap)
        try:
            await admin.start()
            await consumer.start()
            committed = await admin.list_consumer_group_offsets(group)
            topics = import_module(f"services.{group}.main").definition.handlers.topics()
            places = [TopicPartition(topic, partition) for topic in topics for partition in range(PARTITIONS)]
            ends: Mapping[TopicPartition, int] = await consumer.end_offsets(places)
            return float(sum(end - max(0, committed[p].offset if p in committed else 0) for p, end in ends.items()))
        except (OSError, TimeoutError, RuntimeError):
            return 1.0
        except Exception as error:
            if type(error).__module__.startswith("aiokafka"):
                return 1.0
            raise
        finally:
            with contextlib.suppress(Exception):
                await consumer.stop()
            with contextlib.suppress(Exception):
                await admin.close()


def _values(metrics: str) -> dict[str, float]:
    """Return the plain values of Prometheus' text format by metric name."""
    lines = (line for line in metrics.splitlines() if line and not line.startswith("#"))
    return {line.split("{")[0].split(" ")[0]: float(line.rsplit(" ", 1)[1]) for line in lines}
