"""A household registry outside, behind a port: over HTTPS, or nobody's.

Asked `GET <url>?cursor=…`, it answers `{"items": [...], "cursor": "…", "more": true}`: what changed since the cursor,
oldest first; items are rows of `EntryRow`. The cursor is its own affair, absent at the beginning.
"""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

import httpx
from pydantic import BaseModel, Field, ValidationError

from shared.fetching import FetchFailed, Patience, Sleep, fetch
from shared.settings import Settings

TIMEOUT = httpx.Timeout(20.0, connect=5.0)


class RegistryUnavailable(Exception):
    """The registry cannot be asked now, or its answer is none; its text names no household."""


class Changes(BaseModel):
    """A page of what changed; items are looked at one by one."""

    items: list[dict[str, Any]] = Field(max_length=1000)
    cursor: Annotated[str, Field(min_length=1, max_length=500)]
    more: bool = False


class Registry(Protocol):
    """A registry outside."""

    @property
    def name(self) -> str:
        """What it is called in what is kept of it."""
        ...

    async def changes(self, cursor: str | None) -> Changes | None:
        """Return what changed since a cursor, None where there is no registry. Raises RegistryUnavailable."""
        ...


class NullRegistry:
    """The embedded default: nobody outside is asked, households come by file."""

    name = "none"

    async def changes(self, cursor: str | None) -> Changes | None:
        """Return None: there is no registry."""
        return None


@dataclass(frozen=True)
class HttpRegistry:
    """A registry over HTTP; asked again after a growing, uneven pause when it is busy or cannot be reached."""

    url: str
    token: str | None = None
    name: str = "outside"
    transport: httpx.AsyncBaseTransport | None = None
    sleep: Sleep = asyncio.sleep

    async def changes(self, cursor: str | None) -> Changes | None:
        """Return what changed since a cursor. Raises RegistryUnavailable after four attempts."""
        headers = {"accept": "application/json"} | ({"authorization": f"Bearer {self.token}"} if self.token else {})
        query = {} if cursor is None else {"cursor": cursor}
        async with httpx.AsyncClient(timeout=TIMEOUT, transport=self.transport, headers=headers) as client:
            try:
                return page_of(await fetch(client, self.url, query, Patience(sleep=self.sleep)))
            except FetchFailed as error:
                raise RegistryUnavailable(str(error)) from None


def page_of(body: bytes) -> Changes:
    """Read an answer. Raises RegistryUnavailable, which says where it is no page and shows nothing of it."""
    try:
        return Changes.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RegistryUnavailable(f"answered what is no page: {where} {first['type']}") from None


def registry_of(settings: Settings) -> Registry:
    """Return the registry the settings name."""
    if settings.registry_url is None:
        return NullRegistry()
    token = settings.registry_token
    return HttpRegistry(settings.registry_url, None if token is None else token.get_secret_value())
