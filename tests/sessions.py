"""Signed in at the portal without a browser: a session with a token of the test's own issuer."""

from collections.abc import AsyncGenerator

import httpx

from services.portal.sessions import usecases
from services.portal.sessions.issuer import Tokens
from shared.service import Service

_LONG_S = 3650 * 24 * 3600


class SignedIn(httpx.Auth):
    """Brings the cookie of a session, begun with the first request, and what forms of its pages bring; None: nobody."""

    def __init__(self, portal: Service, token: str | None) -> None:
        self._portal = portal
        self._token = token
        self._cookie: str | None = None

    def begin_anew(self) -> None:
        """Sign in again with the next request."""
        self._cookie = None

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Let a request be somebody's."""
        if self._token is not None:
            if self._cookie is None:
                self._cookie = await usecases.begin(self._portal, Tokens(self._token, _LONG_S))
            others = request.headers.get("Cookie")
            request.headers["Cookie"] = "; ".join(filter(None, (f"cloud={self._cookie}", others)))
            csrf = usecases.csrf_of(self._portal, usecases.id_of(self._cookie))
            request.headers.setdefault("X-CSRF-Token", csrf)
        yield request
