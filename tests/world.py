"""The world in one process: services, a bus and a clock that stands still, behind httpx clients.

Nothing runs in the background. `await world.settle()` moves every event to where it belongs, without sleeping.
"""

import atexit
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx
from fastapi import FastAPI

from services.portal.beside import join
from services.portal.upstream import clients_of
from shared.auth.principal import Principal
from shared.auth.signing import SYSTEM, SigningKey
from shared.clock import ManualClock
from shared.events import Event
from shared.messaging.bus import Bus, Subscription, every_topic
from shared.messaging.envelope import Record, decode, encode
from shared.service import Definition, Service, create_app
from shared.settings import Settings
from shared.settling import settle
from shared.tracing import UNTRACED, Tracing
from shared.workers import Workers
from tests.holding import HoldingBus
from tests.sessions import SignedIn
from tests.templates import bring_up_to_date

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Monday 09:00 in Guizhou, a week before the sample week."""

E = TypeVar("E", bound=Event)


_processes = Workers(1)
_spare_apps: dict[str, list[tuple[Definition, FastAPI]]] = {}
"""Apps nobody uses now, by service: FastAPI makes an app's routes anew at their first request."""
KEY = SigningKey("https://issuer.test")
"""What signs the tokens of all worlds of a run."""
atexit.register(_processes.close)


@cache
def token_of(principal: Principal | None) -> str | None:
    """Return a token that says who asks, for ten years; None for nobody."""
    return None if principal is None else KEY.token(principal, START, timedelta(days=3650))


def headers_of(principal: Principal | None) -> dict[str, str]:
    """Return the headers that say who asks; None: nobody."""
    return {} if principal is None else {"Authorization": f"Bearer {token_of(principal)}"}


class _KeptWorkers(Workers):
    """The same worker process for every world of a run: to start one and import the planner takes seconds."""

    def __init__(self) -> None:
        super().__init__(0)
        self._all = _processes._all
        for worker in self._all:
            self._free.put_nowait(worker)

    def close(self) -> None:
        """Leave the process to the next world."""


async def _nothing() -> None:
    return None


def _app_of(service: Service) -> FastAPI:
    """Return an app of a service, one that was used before where there is one."""
    spare = _spare_apps.get(service.name, [])
    of_definition = [entry for entry in spare if entry[0] is service.definition]
    if not of_definition:
        return create_app(service, owns_lifespan=False)
    spare.remove(of_definition[0])
    app = of_definition[0][1]
    app.state.service = service
    return app


class World:
    """Some services in one process. The test moves `clock`; `told` is every event published, `records` their bytes."""

    def __init__(
        self,
        definitions: Iterable[Definition],
        bus: Bus,
        settings: dict[str, Settings],
        tracing: Callable[[str], Tracing] = lambda _: UNTRACED,
    ) -> None:
        self.clock = ManualClock(START)
        self.bus = HoldingBus(bus)
        self.workers: Workers = _KeptWorkers()
        self.told: list[Event] = []
        self.records: list[Record] = []
        self.services = {
            d.name: Service(
                d, settings[d.name], self.bus, self.clock, self.workers, [KEY.trust()], tracing=tracing(d.name)
            )
            for d in definitions
        }
        self._probe: Subscription | None = None
        self._stack = AsyncExitStack()
        self._apps: dict[str, FastAPI] = {}
        self._clients: dict[tuple[str, Principal | None], httpx.AsyncClient] = {}

    async def __aenter__(self) -> Self:
        """Create topics, migrate databases, make apps."""
        await self.bus.ensure_topics(every_topic())
        topics = [topic for topic in every_topic() if ".dlt." not in topic]
        self._probe = await self.bus.subscribe("probe", topics, _nothing)
        for name, service in self.services.items():
            await bring_up_to_date(service)
            app = _app_of(service)
            self._stack.callback(_spare_apps.setdefault(name, []).append, (service.definition, app))
            self._apps[name] = app
        if "portal" in self.services:
            join(self.services["portal"], self._apps)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close everything."""
        await self._stack.aclose()
        if self._probe is not None:
            await self._probe.close()
        for service in self.services.values():
            await service.stop()
        await self.bus.close()

    def client(self, service: str, as_: Principal | None = SYSTEM) -> httpx.AsyncClient:
        """Return a client of one service's REST API, signed in as somebody (tests/people.py); None: as nobody."""
        if (service, as_) not in self._clients:
            transport = httpx.ASGITransport(app=self._apps[service], raise_app_exceptions=False)
            # The portal takes no token but behind the cookie of a session.
            by_session = SignedIn(self.services[service], token_of(as_)) if service == "portal" else None
            headers = headers_of(as_) if by_session is None else {}
            client = httpx.AsyncClient(
                transport=transport, base_url=f"http://{service}", headers=headers, auth=by_session
            )
            self._stack.push_async_callback(client.aclose)
            self._clients[service, as_] = client
        return self._clients[service, as_]

    def away(self, service: str) -> None:
        """Let a service not answer the portal any more, as if it were down."""

        def down(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("it is down", request=request)

        clients = clients_of(self.services["portal"])
        clients[service] = httpx.AsyncClient(transport=httpx.MockTransport(down), base_url=f"http://{service}")

    def app(self, service: str) -> FastAPI:
        """Return the app of a service, to be served."""
        return self._apps[service]

    async def publish(self, *events: Event) -> None:
        """Publish events as if the service that owns them had; `settle` delivers them."""
        await self.bus.publish([encode(event, self.clock.now()) for event in events])

    async def settle(self, *, jobs: bool = True) -> None:
        """Publish and handle until nothing is left to do (jobs included, parked events tried again)."""
        await settle(self.services.values(), jobs=jobs)
        await self._listen()

    async def _listen(self) -> None:
        assert self._probe is not None
        while True:
            records = await self._probe.poll(500, 0.0)
            if not records:
                if not await self._probe.lag():
                    return
                records = await self._probe.poll(500, 0.2)
            self.told += [decode(record).event for record in records]
            self.records += [Record(r.topic, r.key, r.value, r.headers) for r in records]
            await self._probe.commit({(r.topic, r.partition): r.offset + 1 for r in records})

    def told_of(self, event_type: type[E]) -> list[E]:
        """Return the events of one type published so far, in order per key."""
        return [event for event in self.told if isinstance(event, event_type)]


async def ok(response: httpx.Response) -> Any:
    """Return the JSON of a response that must have succeeded."""
    assert response.is_success, f"{response.request.method} {response.request.url}: {response.text}"
    return response.json()


def refused(response: httpx.Response, status: int, rule: str) -> dict[str, Any]:
    """Assert that a response is a problem+json refusal by `rule`, and return it."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["rule"]) == (status, rule), body
    return body


def settings_of(services: Sequence[str], folder: Path) -> dict[str, Settings]:
    """Return settings with a SQLite file per service under `folder`."""
    return {service: Settings(var=folder, database_url=None) for service in services}
