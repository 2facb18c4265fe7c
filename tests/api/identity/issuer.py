"""An issuer in one process, a browser and a portal that signs people in. Users and addresses are fictional."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt

from shared.settings import Settings
from tests.world import World, ok

ADDRESS = "http://identity"
PORTAL = "https://portal.example"
BACK = f"{PORTAL}/signed-in"
PASSWORD = "山里的孩子要吃好"  # 8 characters are too few, so tests add some
CLERK, ADMINISTRATOR = "clerk.xiangsui", "head"


def password_of(login: str) -> str:
    """Return the password a user of these tests has set."""
    return f"{PASSWORD}·{login[::-1]}·2026"


def settings_for(folder: Path) -> Settings:
    """Return settings of an issuer whose hashing is as weak as can be: it is not what these tests are about."""
    return Settings(
        var=folder, identity_url=ADDRESS, password_passes=1, password_memory_kib=64, password_lanes=1, port=0
    )


def fields_in(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's first form."""
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)}


def told(answer: httpx.Response) -> dict[str, str]:
    """Return what a redirect tells its client."""
    assert answer.status_code == 303, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


@dataclass
class Attempt:
    """One authorization request of the portal."""

    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    more: dict[str, str] = field(default_factory=dict)

    def query(self) -> dict[str, str]:
        """Return its parameters; an empty one is left out."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": "portal",
            "redirect_uri": BACK,
            "scope": "openid profile",
            "state": "s-1",
            "nonce": "n-1",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (query | self.more).items() if value}


class Issuer:
    """The issuer, its administration, and a browser with cookies of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.service = world.services["identity"]
        self.admin = world.client("identity")
        self.browser = self.new_browser()
        self.secret = ""

    def new_browser(self, address: str = "192.0.2.7") -> httpx.AsyncClient:
        """Return a browser that has no cookies yet."""
        app = self.world.client("identity")._transport.app  # type: ignore[attr-defined]
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1234))
        return httpx.AsyncClient(transport=transport, base_url=ADDRESS)

    async def settle_in(self) -> None:
        """Register the portal, and two users who set their passwords."""
        client = {"confidential": True, "redirect_uris": [BACK], "sign_out_uris": [f"{PORTAL}/bye"]}
        await ok(await self.admin.put("/clients/portal", json=client))
        self.secret = (await ok(await self.admin.post("/clients/portal/secret")))["client_secret"]
        await self.add_user(ADMINISTRATOR, roles=["administrator"], counties=["*"])
        await self.add_user(CLERK, roles=["clerk"], cooperatives=["coop-1", "coop-2"])

    async def add_user(self, login: str, **rights: list[str]) -> str:
        """Make a user who sets a password; returns the id."""
        user = await ok(await self.admin.post("/users", json={"login": login, **rights}))
        link = (await ok(await self.admin.post(f"/users/{user['user_id']}/links")))["link"]
        assert (await self.set_password(link, password_of(login))).status_code == 200
        return str(user["user_id"])

    async def user(self, login: str) -> dict[str, Any]:
        """Return a user as administrators see it."""
        users = (await ok(await self.admin.get("/users")))["items"]
        (found,) = [user for user in users if user["login"] == login]
        return dict(found)

    async def set_password(self, link: str, password: str, again: str | None = None) -> httpx.Response:
        """Set a password through a one-time link."""
        browser = self.new_browser()
        page = await browser.get(link)
        said = {"password": password, "again": password if again is None else again}
        return await browser.post("/password", data=fields_in(page.text) | said)

    async def ask(self, attempt: Attempt, browser: httpx.AsyncClient | None = None) -> httpx.Response:
        """Send an authorization request."""
        return await (browser or self.browser).get("/authorize", params=attempt.query())

    async def sign_in(
        self,
        attempt: Attempt | None = None,
        login: str = CLERK,
        password: str | None = None,
        browser: httpx.AsyncClient | None = None,
    ) -> httpx.Response:
        """Sign in on the page; a browser that is signed in is sent on at once."""
        page = await self.ask(attempt or Attempt(), browser)
        if page.status_code != 200:
            return page
        said = {"login": login, "password": password_of(login) if password is None else password}
        return await (browser or self.browser).post("/sign-in", data=fields_in(page.text) | said)

    async def token(self, **fields: str) -> httpx.Response:
        """Ask for tokens as the portal."""
        return await self.browser.post("/token", data=fields, auth=("portal", self.secret))

    async def exchange(self, code: str, verifier: str, **more: str) -> httpx.Response:
        """Exchange a code."""
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": verifier}
        return await self.token(**asked | more)

    async def refresh(self, token: str) -> httpx.Response:
        """Refresh."""
        return await self.token(grant_type="refresh_token", refresh_token=token)

    async def tokens(self, login: str = CLERK, **more: str) -> dict[str, Any]:
        """Sign in and return the tokens."""
        attempt = Attempt(more=more)
        code = told(await self.sign_in(attempt, login))["code"]
        return dict(await ok(await self.exchange(code, attempt.verifier)))

    async def verified(self, token: str, audience: str = "cloud") -> dict[str, Any]:
        """Return the claims of a token, verified by the published keys at the time of the world."""
        keys = {key["kid"]: key for key in (await ok(await self.browser.get("/jwks")))["keys"]}
        key = jwt.PyJWK(keys[jwt.get_unverified_header(token)["kid"]])
        claims = jwt.decode(
            token, key, ["RS256"], audience=audience, issuer=ADDRESS, options={"verify_exp": False, "verify_iat": False}
        )
        assert claims["iat"] <= self.world.clock.now().timestamp() < claims["exp"], "it is over"
        return dict(claims)


def oauth_refused(answer: httpx.Response, code: str, status: int = 400) -> None:
    """Assert that an OAuth endpoint refuses as RFC 6749 §5.2 says."""
    assert (answer.status_code, answer.json().get("error")) == (status, code), answer.text
    assert answer.headers["cache-control"] == "no-store"
