"""The issuer as its client sees it: addresses by discovery, codes and refresh tokens exchanged for tokens.

Any OpenID Connect issuer: ours beside us in one process, or Keycloak. Claims of an id token are checked; its signature
is not, since it comes from the issuer itself by a connection of ours (OpenID Connect Core §3.1.3.7, 6).
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit
from weakref import WeakKeyDictionary

import httpx

from services.portal.address import CLIENT, issuer_of
from services.portal.upstream import CONNECT_S, READ_S, Away
from shared.errors import DomainError
from shared.service import Service
from shared.tracing import carried

SCOPE = "openid profile"
_LONGEST_ANSWER = 100_000


class NotGiven(DomainError):
    """The issuer gives no tokens for this: a code or refresh token that is over, used before, or not ours."""

    status = 401
    title = "Not signed in"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the issuer gives. `lasts_s` is how long the access token holds."""

    access: str = field(repr=False)
    lasts_s: int
    refresh: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in, between leaving for the issuer and coming back (RFC 7636 §4.1)."""

    state: str
    verifier: str
    nonce: str
    back: str

    @classmethod
    def new(cls, back: str) -> "Attempt":
        """Return a new one that ends at a path of ours."""
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(32), back)

    @property
    def challenge(self) -> str:
        """The S256 challenge of the verifier."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Issuer:
    """An issuer, known by its name; `inside`: where it is reached from here, if elsewhere."""

    def __init__(self, name: str, secret: str, client: httpx.AsyncClient, inside: str | None = None) -> None:
        self.name = name
        self._secret = secret
        self._client = client
        self._inside = inside or name
        self._document: dict[str, Any] | None = None

    async def leave_for(self, attempt: Attempt, redirect_uri: str, language: str) -> str:
        """Return where a browser is sent to sign in. Raises Away."""
        asked = {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
            "ui_locales": "zh-CN" if language == "zh" else language,
        }
        return f"{await self._endpoint('authorization_endpoint')}?{urlencode(asked)}"

    async def leave_by(self, id_token: str | None, back: str) -> str | None:
        """Return where a browser is sent to sign out at the issuer, too; None where the issuer has no such place."""
        if "end_session_endpoint" not in await self._told():
            return None
        asked = {"client_id": CLIENT, "post_logout_redirect_uri": back}
        asked |= {} if id_token is None else {"id_token_hint": id_token}
        return f"{await self._endpoint('end_session_endpoint')}?{urlencode(asked)}"

    async def exchange(self, code: str, attempt: Attempt, redirect_uri: str) -> Tokens:
        """Return the tokens of a code. Raises NotGiven, Away."""
        tokens = await self._token(
            grant_type="authorization_code", code=code, redirect_uri=redirect_uri, code_verifier=attempt.verifier
        )
        claims = claims_of(tokens.id_token or "")
        if (claims.get("iss"), claims.get("nonce")) != (self.name, attempt.nonce) or CLIENT not in _all(claims["aud"]):
            raise NotGiven("foreign-id-token", "the id token is not the one that was asked for")
        return tokens

    async def refresh(self, refresh_token: str) -> Tokens:
        """Return new tokens for a refresh token, which is good for one time. Raises NotGiven, Away."""
        return await self._token(grant_type="refresh_token", refresh_token=refresh_token)

    async def _token(self, **fields: str) -> Tokens:
        where = await self._endpoint("token_endpoint")
        try:
            answer = await self._client.post(where, data=fields, auth=(CLIENT, self._secret), headers=carried())
            told = answer.json() if len(answer.content) <= _LONGEST_ANSWER else {}
        except (httpx.HTTPError, ValueError) as error:
            raise Away("identity") from error
        if answer.status_code >= 500:
            raise Away("identity")
        if not answer.is_success or not isinstance(told.get("access_token"), str):
            raise NotGiven("no-tokens", f"the issuer answers {answer.status_code} {told.get('error', '')}")
        lasts = told.get("expires_in")
        return Tokens(
            told["access_token"],
            lasts if isinstance(lasts, int) and not isinstance(lasts, bool) else 60,
            told.get("refresh_token"),
            told.get("id_token"),
        )

    async def _endpoint(self, name: str) -> str:
        found = (await self._told()).get(name)
        if not isinstance(found, str) or urlsplit(found).scheme not in ("http", "https"):
            raise Away("identity")
        return found

    async def _told(self) -> dict[str, Any]:
        """Return the issuer's document (OpenID Connect Discovery 1.0), asked for once. Raises Away."""
        if self._document is None:
            try:
                answer = await self._client.get(f"{self._inside.rstrip('/')}/.well-known/openid-configuration")
                told = answer.raise_for_status().json()
            except (httpx.HTTPError, ValueError) as error:
                raise Away("identity") from error
            if not isinstance(told, dict) or told.get("issuer") != self.name:
                raise Away("identity")
            self._document = told
        return self._document


def claims_of(token: str) -> Mapping[str, Any]:
    """Return what a token says, unverified; nothing where it is none."""
    try:
        part = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, IndexError):
        return {"aud": ""}
    return {"aud": "", **found} if isinstance(found, dict) else {"aud": ""}


def _all(audience: Any) -> list[Any]:
    return audience if isinstance(audience, list) else [audience]


_issuers: WeakKeyDictionary[Service, Issuer] = WeakKeyDictionary()


def know_issuer(portal: Service, secret: str, transport: httpx.AsyncBaseTransport) -> None:
    """Let a portal sign people in by the issuer of its own process."""
    client = httpx.AsyncClient(transport=transport, timeout=_patience())
    _issuers[portal] = Issuer(issuer_of(portal.settings), secret, client)


def issuer_for(portal: Service) -> Issuer:
    """Return a portal's issuer: that of its process, else the one that the settings name."""
    if portal not in _issuers:
        settings = portal.settings
        secret = "" if settings.portal_secret is None else settings.portal_secret.get_secret_value()
        client = httpx.AsyncClient(timeout=_patience())
        _issuers[portal] = Issuer(issuer_of(settings), secret, client, settings.auth_issuer_inside)
    return _issuers[portal]


def _patience() -> httpx.Timeout:
    return httpx.Timeout(READ_S, connect=CONNECT_S)
