"""A registry behind a REST API: one GET per page, with time-outs, bounds, and retries that wait longer each time.

    GET {url}?on=2026-12-01&county_code=520628&after=…
    {"counts": [{"canteen_id", "class_code", "valid_from", "pupils"}, …], "next": "…" or null}

Only GET is sent, so that asking again changes nothing. Redirects are not followed: the token goes where it
was meant to.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import httpx

from services.nutrition.registry.port import Fetched, NullRegistry, Registry, RegistryFailed
from services.nutrition.registry.settings import RegistrySettings

MOST_BYTES = 5_000_000
MOST_ROWS = 200_000
LONGEST_WAIT_S = 10.0
_AGAIN = {429, 502, 503, 504}
_FIRST_WAIT_S = 0.25

Sleep = Callable[[float], Awaitable[None]]


class HttpRegistry:
    """A registry at a URL."""

    def __init__(
        self,
        settings: RegistrySettings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        if settings.url is None:
            raise ValueError("a registry has a URL")
        self._settings = settings
        self._url = settings.url
        self._transport = transport
        self._sleep = sleep

    async def counts(self, on: date, county_code: str | None) -> Fetched:
        """Return the counts that hold on a day, page by page. Raises RegistryFailed."""
        query = {"on": on.isoformat()} | ({} if county_code is None else {"county_code": county_code})
        rows: list[dict[str, Any]] = []
        seen: set[str] = set()
        async with self._client() as client:
            for _ in range(self._settings.pages):
                counts, after = _page(await self._get(client, query))
                rows += counts
                if after is None:
                    return Fetched(f"registry at {urlsplit(self._url).hostname}", rows)
                if after in seen or len(rows) > MOST_ROWS:
                    break
                seen.add(after)
                query["after"] = after
        raise RegistryFailed("registry-endless", "the registry's list does not end")

    def _client(self) -> httpx.AsyncClient:
        token = self._settings.token
        headers = {"Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token.get_secret_value()}"
        return httpx.AsyncClient(
            headers=headers, timeout=self._settings.timeout_s, transport=self._transport, trust_env=False
        )

    async def _get(self, client: httpx.AsyncClient, query: dict[str, str]) -> bytes:
        """Return a page's body; what may be mended by waiting is tried again."""
        why = RegistryFailed("registry-unreachable", "the registry does not answer")
        for attempt in range(self._settings.tries):
            wait_s = min(_FIRST_WAIT_S * 2**attempt * (1 + random.random()), LONGEST_WAIT_S)  # noqa: S311
            try:
                async with client.stream("GET", self._url, params=query) as response:
                    if response.status_code == httpx.codes.OK:
                        return await _body(response)
                    why = RegistryFailed("registry-refused", f"the registry answered {response.status_code}")
                    if response.status_code not in _AGAIN:
                        raise why
                    wait_s = max(wait_s, _asked_to_wait_s(response))
            except httpx.TransportError as error:
                detail = f"the registry does not answer: {type(error).__name__}"
                why = RegistryFailed("registry-unreachable", detail)
            if attempt + 1 < self._settings.tries:
                await self._sleep(wait_s)
        raise why


def _asked_to_wait_s(response: httpx.Response) -> float:
    asked = response.headers.get("retry-after", "")
    return min(float(asked), LONGEST_WAIT_S) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0.0


async def _body(response: httpx.Response) -> bytes:
    body = b""
    async for part in response.aiter_bytes():
        body += part
        if len(body) > MOST_BYTES:
            raise RegistryFailed("registry-too-much", f"a page of the registry has more than {MOST_BYTES} bytes")
    return body


def _page(body: bytes) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page's rows and where the next begins."""
    try:
        page = json.loads(body)
    except (ValueError, RecursionError):
        raise RegistryFailed("registry-garbage", "the registry's answer is no JSON") from None
    counts = page.get("counts") if isinstance(page, dict) else None
    if not isinstance(counts, list) or not all(isinstance(row, dict) for row in counts):
        raise RegistryFailed("registry-garbage", "the registry's answer has no list of counts")
    after = page.get("next")
    if after is not None and not (isinstance(after, str) and 0 < len(after) <= 500):
        raise RegistryFailed("registry-garbage", "the registry's answer names no next page")
    return counts, after


def open_registry() -> Registry:
    """Return the registry the settings name, or none."""
    settings = RegistrySettings()
    return NullRegistry() if settings.url is None else HttpRegistry(settings)
