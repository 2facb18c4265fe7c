"""The portal and our own issuer in one process, as `python -m services` has them, and browsers that sign in there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from services.identity.accounts import queries as accounts
from services.identity.accounts.usecases import add
from services.identity.clients.usecases import known_client
from services.identity.main import definition as identity
from services.identity.passwords.hashing import hasher_of
from services.identity.rights import Rights
from services.identity.trust import trust_in
from services.portal.beside import client_of, sign_in_by
from services.portal.main import definition as portal
from services.portal.sessions import usecases
from shared.auth.principal import Role
from shared.messaging.embedded import EmbeddedBus
from shared.settings import Settings
from tests.api.identity.issuer import fields_in
from tests.api.portal.browser import HTML
from tests.world import World

ADDRESS = "http://127.0.0.1:8000"
LOGIN, PASSWORD = "clerk.xiangsui", "a sentence that is easily remembered"
COOKIE = "cloud"


class County:
    """The portal, the issuer, their clock, and a clerk who has a password."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = world.clock
        self.portal, self.issuer = world.services["portal"], world.services["identity"]
        apps = {name: world.client(name)._transport.app for name in ("identity", "portal")}  # type: ignore[attr-defined]
        self.app = Starlette(routes=[Mount("/identity", apps["identity"]), Mount("/", apps["portal"])])
        self._issuing = apps["identity"]
        self._browsers: list[httpx.AsyncClient] = []

    async def settle_in(self) -> None:
        """Give the issuer a key, the portal as a client, and a user."""
        for service in (self.portal, self.issuer):
            service._trusts = [*service._trusts, trust_in(service.settings, lambda: self.issuer)]
        await self.world.settle()
        sign_in_by(self.portal, self._issuing, await known_client(self.issuer, **client_of(self.portal.settings)))
        kept = await hasher_of(self.issuer.settings).hash(PASSWORD)
        async with self.issuer.begin() as uow:
            user = await add(uow, LOGIN, Rights((Role.CLERK,), cooperatives=("coop-1",)))
            await accounts.set_password(uow.session, user.user_id, kept, uow.now)

    def browser(self) -> httpx.AsyncClient:
        """Return a browser with cookies of its own."""
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        opened = httpx.AsyncClient(transport=transport, base_url=ADDRESS, headers={**HTML, "Accept-Language": "en"})
        self._browsers.append(opened)
        return opened

    async def signed_in(self, back: str = "/") -> httpx.AsyncClient:
        """Return a browser whose person has signed in with a password, and was sent on to `back`."""
        browser = self.browser()
        arrived = await self.sign_in(browser, back)
        assert arrived.headers["location"] == back
        return browser

    async def sign_in(self, browser: httpx.AsyncClient, back: str = "/") -> httpx.Response:
        """Sign in with a password; returns the portal's answer to the code."""
        left = await browser.get("/sign-in", params={"back": back})
        assert left.status_code == 303, left.text
        return await browser.get(await self.code_for(browser, left.headers["location"]))

    async def code_for(self, browser: httpx.AsyncClient, authorize: str) -> str:
        """Fill in the issuer's page; returns where the browser is sent with its code."""
        page = await browser.get(authorize)
        said = fields_in(page.text) | {"login": LOGIN, "password": PASSWORD}
        sent = await browser.post(f"{ADDRESS}/identity/sign-in", data=said)
        assert sent.status_code == 303, sent.text
        return str(sent.headers["location"])

    async def person(self, browser: httpx.AsyncClient) -> usecases.Person | None:
        """Return who the portal takes a browser's cookie for."""
        return await usecases.find(self.portal, browser.cookies.get(COOKIE))

    async def close(self) -> None:
        """Close all browsers."""
        for browser in self._browsers:
            await browser.aclose()


def settings_in(folder: Path) -> Settings:
    """Return settings whose password hashing is as weak as can be: it is not what these tests are about."""
    return Settings(var=folder, password_passes=1, password_memory_kib=64, password_lanes=1)


@asynccontextmanager
async def county(folder: Path) -> AsyncIterator[County]:
    """Open the portal and its issuer."""
    settings = dict.fromkeys(("portal", "identity"), settings_in(folder))
    async with World([portal, identity], EmbeddedBus(folder / "bus.sqlite"), settings) as world:
        opened = County(world)
        await opened.settle_in()
        yield opened
        await opened.close()
