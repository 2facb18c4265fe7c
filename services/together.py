"""All services in one process: a SQLite file each, the embedded bus, one port. For a laptop, a small county, a demo."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

import httpx
from fastapi import FastAPI

from services.farmers.main import definition as farmers
from services.identity.clients.usecases import known_client
from services.identity.keys.usecases import keep
from services.identity.main import definition as identity
from services.identity.trust import trust_in
from services.logistics.main import definition as logistics
from services.nutrition.main import definition as nutrition
from services.portal.beside import client_of, join, sign_in_by
from services.portal.main import definition as portal
from services.procurement.main import definition as procurement
from shared import problems, steps
from shared.auth.signing import SYSTEM, SigningKey
from shared.clock import Clock, SystemClock
from shared.edge import Headers
from shared.messaging.bus import every_topic
from shared.messaging.embedded import EmbeddedBus
from shared.service import Definition, Service, create_app
from shared.settings import Settings
from shared.settling import settle
from shared.workers import Workers

DEFINITIONS = (nutrition, farmers, procurement, logistics)
IDENTITY = identity
"""The issuer of this process, where the settings name no other."""
PORTAL = portal
"""The pages; it hears and tells nothing, so nothing waits for it."""

LIFETIME = timedelta(minutes=10)


class AsSystem(httpx.Auth):
    """Signs in as the system by a key of this process, anew when half of a token's life is over."""

    def __init__(self, key: SigningKey, clock: Clock) -> None:
        self._key = key
        self._clock = clock
        self._token = ""
        self._until: datetime | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Let a request bring a token."""
        now = self._clock.now()
        if self._until is None or now >= self._until:
            self._token, self._until = self._key.token(SYSTEM, now, LIFETIME), now + LIFETIME / 2
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


@dataclass
class Together:
    """The services and their bus in one process, and an issuer of tokens where the settings name none.

    Enter it for tables and topics; `start` sets the services going by themselves. `greet` is called by its app when all
    have started.
    """

    settings: Settings
    clock: Clock = field(default_factory=SystemClock)
    greet: Callable[[Service], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        self.bus = EmbeddedBus(self.settings.var / "bus.sqlite")
        self.workers = Workers(self.settings.workers)
        self.key = SigningKey("urn:schooling-and-farming:process")
        self.system = AsSystem(self.key, self.clock)
        self._trusts = [self.key.trust()]
        definitions = [*DEFINITIONS, PORTAL]
        if self.settings.auth_issuer is None:
            definitions.append(IDENTITY)
            self._trusts.append(trust_in(self.settings, lambda: self.services[IDENTITY.name]))
        self.services = {d.name: self._service(d) for d in definitions}
        self._apps = {name: create_app(one, owns_lifespan=False) for name, one in self.services.items()}
        self._stack = AsyncExitStack()
        join(self.services[PORTAL.name], self._apps)

    @property
    def issuer(self) -> Service | None:
        """The issuer of this process, None where the settings name another."""
        return self.services.get(IDENTITY.name)

    def _service(self, definition: Definition) -> Service:
        return Service(definition, self.settings, self.bus, self.clock, self.workers, self._trusts)

    async def __aenter__(self) -> Self:
        await self.bus.ensure_topics(every_topic())
        for service in self.services.values():
            await steps.bring_up_to_date(service.database, service.definition.migrations)
        if self.issuer is not None:
            await keep(self.issuer)  # before anybody asks for its keys
            secret = await known_client(self.issuer, **client_of(self.settings))
            sign_in_by(self.services[PORTAL.name], self._apps[IDENTITY.name], secret)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        for service in self.services.values():
            await service.stop()
        await self.bus.close()
        self.workers.close()

    async def start(self) -> None:
        """Let relays, consumers and jobs run in the background."""
        for service in self.services.values():
            await service.start()

    async def settle(self) -> None:
        """Do all that is to be done now, of which the portal has none; only while nothing runs in the background."""
        await settle([service for service in self.services.values() if service.definition is not PORTAL])

    async def clients(self) -> dict[str, httpx.AsyncClient]:
        """Return a client of each service's REST API, in process, which may do what the system may."""
        clients = {
            name: httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app), base_url=f"http://{name}", timeout=60, auth=self.system
            )
            for name, app in self._apps.items()
        }
        for client in clients.values():
            await self._stack.enter_async_context(client)
        return clients

    def app(self) -> FastAPI:
        """Return one app with each service under its name; it enters this, starts the services, and ends them."""

        @asynccontextmanager
        async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
            async with self:
                await self.start()
                if self.greet is not None and self.issuer is not None:
                    await self.greet(self.issuer)
                yield

        whole = FastAPI(title="Schooling-and-Farming Cloud (校农云)", version="1", lifespan=lifespan)
        whole.add_middleware(Headers)
        problems.add_problem_handlers(whole)

        @whole.get("/services", tags=["overview"])
        async def overview() -> dict[str, dict[str, str]]:
            """Say where each service is and what the clock of this process shows."""
            places = {name: "/" if name == PORTAL.name else f"/{name}/docs" for name in self.services}
            return {"services": places, "clock": {"now": self.clock.now().isoformat()}}

        for name, app in self._apps.items():
            if name != PORTAL.name:
                whole.mount(f"/{name}", app)
        whole.mount("/", self._apps[PORTAL.name])  # the last: it answers for every path that is nobody's
        return whole
