"""A service: its definition, its running parts (database, relay, consumer, jobs) and the FastAPI app around them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import APIRouter, FastAPI
from sqlalchemy import MetaData
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from shared import health, idempotency, problems
from shared.audit.recording import Audited
from shared.auth.access import Access
from shared.auth.guard import Guard
from shared.auth.scope import Scope
from shared.auth.trusting import guard_of, parameters_of
from shared.bounded import Bounded
from shared.clock import Clock, SystemClock
from shared.crowd import Crowd
from shared.database import database_of
from shared.edge import Edge
from shared.ending import ended
from shared.messaging import inbox
from shared.messaging.bus import Bus
from shared.messaging.consumer import Consumer
from shared.messaging.handlers import Handlers
from shared.messaging.relay import Relay
from shared.rates import Rates
from shared.settings import Settings
from shared.streaming import Streams
from shared.telemetry import Metrics, Observed
from shared.tracing import Tracing, tracing_of
from shared.unit_of_work import Transactions, UnitOfWork
from shared.watched import EVERY_S, Watched
from shared.workers import Workers

if TYPE_CHECKING:
    from shared.auth.tokens import Trust
    from shared.resealing import Sealed
    from shared.sealing import Sealer

log = structlog.get_logger()

TASKS_S = 3.0
CLOSING_S = 4.0
BUS_S = 2.0
"""How long the parts of a service, its connections, and its bus may take to end, when it is asked to: the requests
have seven seconds before them (`shared.standalone`), and twenty are promised."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something a service does by itself: `run(service)` every `every_s` seconds; returns how much it did.

    Jobs are safe to run at any moment, twice, and on several replicas at once.
    """

    name: str
    run: Callable[["Service"], Awaitable[int]]
    every_s: float


@dataclass(frozen=True, slots=True)
class Definition:
    """What makes a service: its name, its routes, what it reacts to, its tables and its jobs.

    `access`: who may call what. `sealed`: the columns that hold people's data, sealed at rest; without a key to them it
    does not start. `streamed`: paths whose bodies are read as they come, and may be long. `audited`: what its requests
    change, where they are recorded (`shared.audit.service`). `watched`: figures of its field that somebody is to be
    woken by. `embedded`: it runs beside the others in one process, and refuses settings of any other set-up.
    `middleware`: ASGI middleware of its own, around the routes and what every service has around them.
    """

    name: str
    title: str
    routers: Sequence[APIRouter]
    handlers: Handlers
    metadata: MetaData
    access: Access
    jobs: Sequence[Job] = field(default_factory=tuple)
    sealed: "Sequence[Sealed]" = field(default_factory=tuple)
    streamed: frozenset[str] = frozenset()
    audited: Audited | None = None
    watched: Watched = field(default_factory=Watched)
    embedded: bool = False
    middleware: Sequence[Callable[[ASGIApp], ASGIApp]] = field(default_factory=tuple)

    @property
    def migrations(self) -> str:
        """The package holding the service's migrations."""
        return f"services.{self.name}.migrations"


class Service:
    """One running service. `begin()` opens a unit of work; `settings`, `clock` and `workers` are there for jobs.

    `trusts`: issuers of this process, beside the one that the settings name. `tracing`: what makes its spans, if not
    what the settings name.
    """

    def __init__(
        self,
        definition: Definition,
        settings: Settings,
        bus: Bus,
        clock: Clock | None = None,
        workers: Workers | None = None,
        trusts: "Sequence[Trust]" = (),
        tracing: Tracing | None = None,
    ) -> None:
        if definition.embedded and not settings.embedded:
            raise ValueError(f"{definition.name} is for one process on SQLite; with PostgreSQL or Kafka take another")
        self.definition = definition
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.workers = workers or Workers(settings.workers)
        self.bus = bus
        self._trusts = trusts
        self.metrics = Metrics(definition.name, definition.watched.names)
        self.rates = Rates(settings)
        self.database = database_of(settings, definition.name)
        self.tracing = tracing or tracing_of(settings, definition.name)
        self.relay = Relay(self.database, bus, self.metrics, self.tracing)
        self._transactions = Transactions(self.database, self.clock, self.relay.wake, self.tracing)
        self.consumer = Consumer(
            definition.name,
            definition.handlers,
            bus,
            # Without spans: a batch is part of many traces, and each of its events has a span of its own.
            Transactions(self.database, self.clock, self.relay.wake),
            self.metrics,
            tracing=self.tracing,
        )
        self._jobs = [*definition.jobs, Job("forget", _forget, 3600.0)]
        if definition.watched.count is not None:
            self._jobs.append(Job("watch", watch, EVERY_S))
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def name(self) -> str:
        """The service's name."""
        return self.definition.name

    @cached_property
    def sealer(self) -> "Sealer":
        """What seals and opens private data. Raises ValueError without a key."""
        # Here, because only a service that holds private data has the library in its image.
        from shared.sealing import open_sealer

        return open_sealer(self.settings)

    @cached_property
    def guard(self) -> Guard:
        """What keeps the service's table of rules. Raises ValueError without an issuer."""
        return guard_of(self.definition.access, self.settings, self._trusts, self.clock)

    def begin(self, *, read_only: bool = False, scope: Scope | None = None) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a unit of work, of a request with its `scope`; without one it is the system's."""
        return self._transactions.begin(read_only=read_only, scope=scope)

    async def start(self) -> None:
        """Start relay, consumer and jobs; they wait by themselves for a database or broker that is down.

        Raises ValueError where private data has no key, and where nobody is named whose tokens are taken.
        """
        if self.definition.sealed:
            _ = self.sealer
        self.guard.begin()
        parts = [self.relay.run(), *(self._repeat(job) for job in self._jobs)]
        if self.definition.handlers.types():
            parts.append(self.consumer.run())
        self._tasks = [asyncio.create_task(part) for part in parts]

    async def stop(self) -> None:
        """Stop everything and close the database; what was begun is finished or undone.

        It takes nine seconds at most: what cannot be closed by then is left to the end of the process.
        """
        await ended(self._tasks, TASKS_S)
        self._tasks = []
        await ended([asyncio.create_task(self._close())], CLOSING_S, at_once=False)

    async def _close(self) -> None:
        if (guard := vars(self).get("guard")) is not None:
            await guard.close()
        await self.consumer.close()
        await self.database.close()
        if self.tracing.telling:
            await asyncio.to_thread(self.tracing.flush)

    async def run_jobs(self) -> int:
        """Run every job of the service once, now; returns how much they did. For tests and the demo."""
        return sum([await job.run(self) for job in self.definition.jobs])

    async def _repeat(self, job: Job) -> None:
        while True:
            try:
                await job.run(self)
            except Exception:
                log.exception("job-failed", service=self.name, job=job.name)
            await asyncio.sleep(job.every_s)


async def watch(service: Service) -> int:
    """Count what is watched of a service's field; returns how many figures."""
    watched = service.definition.watched
    if watched.count is None:
        return 0
    async with service.begin(read_only=True) as uow:
        counted = await watched.count(uow)
    for name, value in counted.items():
        service.metrics.watched[name].set(value)
    return len(counted)


async def _forget(service: Service) -> int:
    """Forget inbox ids and idempotency keys that can no longer matter."""
    settings = service.settings
    async with service.begin() as uow:
        forgotten = await inbox.forget_before(uow.session, uow.now - timedelta(days=settings.inbox_days))
        await idempotency.forget_before(uow.session, uow.now - timedelta(days=settings.topic_days))
    return forgotten


def create_app(service: Service, *, owns_lifespan: bool = True) -> FastAPI:
    """Return the FastAPI app of a service.

    With `owns_lifespan` the app starts and stops the service (and its bus); a process that holds several services does
    that itself. Raises ValueError where a route has no rule, or a rule no route.
    """
    access = service.definition.access
    access.check(parameters_of(service.definition.routers), service.name)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await service.start()
        try:
            yield
        finally:
            await service.stop()
            service.workers.close()
            await ended([asyncio.create_task(_closed(service.bus))], BUS_S, at_once=False)

    app = FastAPI(
        title=service.definition.title,
        version="1",
        lifespan=lifespan if owns_lifespan else None,
        separate_input_output_schemas=False,
        # Spans are ours (shared/tracing.py): those of the framework tell addresses, queries and what was sent.
        telemetry={"auto_configure": False, "tracing": False, "metrics": False, "logs": False},
    )
    app.state.service = service
    _tell_access(app, access)
    _add_middleware(app, service)
    problems.add_problem_handlers(app)
    for router in (health.router, *service.definition.routers):
        # Not `include_router`: each request would ask every router before its own, and each of them all of its routes.
        app.router.routes.extend(router.routes)
    return app


async def _closed(bus: Bus) -> None:
    with suppress(Exception):
        await bus.close()


def _add_middleware(app: FastAPI, service: Service) -> None:
    """Put around the routes what every service has around them; what is added last is asked first."""
    app.add_middleware(problems.Unavailable)
    app.add_middleware(Bounded)
    app.add_middleware(Crowd)
    if service.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=service.settings.cors_origins, allow_methods=["*"], allow_headers=["*"]
        )
    app.add_middleware(Edge)
    for own in service.definition.middleware:
        app.add_middleware(own)
    app.add_middleware(Observed)
    app.add_middleware(Streams)


def _tell_access(app: FastAPI, access: Access) -> None:
    """Let the app's document tell its table; it is made when it is first asked for."""
    made = app.openapi

    def told() -> dict[str, Any]:
        if app.openapi_schema is None:
            from shared.auth.document import add_security

            add_security(made(), access)
        return app.openapi_schema or {}

    app.openapi = told  # type: ignore[method-assign]
