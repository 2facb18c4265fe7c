"""A registry behind a REST API: one GET per page, with time-outs, bounds, and retries that wait longer each time.

    GET {url}?on=2026-12-01&county_code=520628&after=…
    {"counts": [{"canteen_id", "class_code", "valid_from", "pupils"}, …], "next": "…" or null}

Only GET is sent, so that asking again changes nothing. Redirects are not followed: the token goes where it
was meant to.
"""

import asyncio
import json
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import httpx

from services.nutrition.registry.port import Fetched, NullRegistry, Registry, RegistryFailed
from services.nutrition.registry.settings import RegistrySettings
from shared.fetching import FetchFailed, Patience, Sleep, fetch

MOST_BYTES = 5_000_000
MOST_ROWS = 200_000
LONGEST_WAIT_S = 10.0
_AGAIN = frozenset({429, 502, 503, 504})
_FIRST_WAIT_S = 0.25


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
        """Return a page's body; what may be mended by waiting is tried again. Raises RegistryFailed."""
        patience = Patience(
            tries=self._settings.tries,
            first_wait_s=_FIRST_WAIT_S,
            longest_wait_s=LONGEST_WAIT_S,
            most_bytes=MOST_BYTES,
            temporary=_AGAIN,
            sleep=self._sleep,
        )
        try:
            return await fetch(client, self._url, query, patience)
        except FetchFailed as failed:
            raise RegistryFailed(f"registry-{failed.reason}", f"the registry: {failed}") from None


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
