"""A small county whose portal is served, for windows of people who are signed in."""

import asyncio
import importlib
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from services.portal.sessions.issuer import Tokens
from services.portal.sessions.usecases import begin
from services.portal.upstream import clients_of
from shared.auth.principal import Principal
from shared.messaging.embedded import EmbeddedBus
from tests.conftest import SERVICES
from tests.journeys.county import County
from tests.portal.browser import Watched
from tests.portal.served import Loop, serving
from tests.world import World, settings_of, token_of

T = TypeVar("T")
_LONG_S = 3650 * 24 * 3600


@dataclass
class ServedCounty:
    """A county in a world of its own; `do` runs what County offers: `served.do(served.county.publish())`."""

    loop: Loop
    world: World
    county: County[World]
    address: str

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine returns in the world's loop."""
        return self.loop.run(work)

    def settle(self) -> None:
        """Let everything that follows have followed."""
        self.do(self.world.settle())

    def sign_in(self, window: Watched, who: Principal) -> None:
        """Let a window be somebody's."""
        token = token_of(who)
        assert token is not None
        cookie = self.do(begin(self.world.services["portal"], Tokens(token, _LONG_S)))
        window.context.add_cookies([{"name": "cloud", "value": cookie, "url": self.address}])

    @contextmanager
    def slow(self, service: str, seconds: float) -> Iterator[None]:
        """Let a service take its time to hear each of the portal's questions, for the length of a block."""
        clients = clients_of(self.world.services["portal"])
        quick = clients[service]
        clients[service] = httpx.AsyncClient(transport=_Slow(quick, seconds), base_url=quick.base_url)
        try:
            yield
        finally:
            clients[service] = quick


class _Slow(httpx.AsyncBaseTransport):
    """Passes requests on after a while."""

    def __init__(self, quick: httpx.AsyncClient, seconds: float) -> None:
        self._transport = quick._transport
        self._seconds = seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(self._seconds)
        return await self._transport.handle_async_request(request)


@contextmanager
def served_county(loop: Loop, folder: Path) -> Iterator[ServedCounty]:
    """Serve the portal of a county that has a school, two cooperatives and a depot, and has planned nothing yet."""
    names = [*SERVICES, "portal"]
    definitions = [importlib.import_module(f"services.{name}.main").definition for name in names]
    world = World(definitions, EmbeddedBus(folder / "bus.sqlite"), settings_of(names, folder))
    loop.run(world.__aenter__())
    try:
        county = County(world)
        loop.run(county.set_up())
        with serving(loop, world.app("portal")) as address:
            yield ServedCounty(loop, world, county, address)
    finally:
        loop.run(world.__aexit__())
