"""Sending one message over HTTP: to the address that was checked, once, with nothing unbounded.

A name is resolved here, every address it has is looked at, and the connection goes to one of those; asked again, the
name may say otherwise. TLS still proves the name. No proxy, no redirect, no cookie; of an answer the beginning is read.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache

import httpx

from services.farmers.webhooks.addresses import reachable
from services.farmers.webhooks.domain import Outcome
from shared.settings import Settings

ANSWER_BYTES = 2_000
ANSWER_CHARACTERS = 500
ANSWER_S = 1.0
LONGEST_RETRY_AFTER_S = 86_400
_HEADERS = {
    "content-type": "application/json",
    "user-agent": "schooling-and-farming-cloud",
    "accept-encoding": "identity",
}

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Returns the addresses of a host, the preferred one first. Raises OSError."""


class AddressRefused(Exception):
    """A name has an address that nothing is sent to."""


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses a host's name has. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@cache
def _public_authorities() -> ssl.SSLContext:
    # Reading the certificates takes longer than a message; they are the same for all.
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True)
class Sender:
    """What sends messages; `tls` None trusts the public authorities."""

    timeout_s: float
    loopback: bool = False
    resolve: Resolve = resolve
    tls: ssl.SSLContext | None = None

    async def send(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        """Post a message and say how it went; nothing is raised, and no error tells where it went."""
        tls = await asyncio.to_thread(_public_authorities) if self.tls is None else self.tls
        begun = time.perf_counter()
        status, answer, retry_after_s, error = None, "", None, None
        try:
            async with asyncio.timeout(self.timeout_s):
                status, retry_after_s, answer = await self._post(httpx.URL(url), headers, body, tls)
        except AddressRefused:
            error = "address-refused"
        except (TimeoutError, httpx.TimeoutException):
            error = "timeout"
        except httpx.ConnectError as failed:
            error = "not-trusted" if isinstance(_root(failed), ssl.SSLError) else "cannot-connect"
        except httpx.HTTPError:
            error = "broken-answer"
        except (OSError, UnicodeError):
            error = "unknown-host"
        took_ms = round((time.perf_counter() - begun) * 1000)
        return Outcome(status, error, took_ms, answer, retry_after_s)

    async def _post(
        self, url: httpx.URL, headers: dict[str, str], body: bytes, tls: ssl.SSLContext
    ) -> tuple[int, int | None, str]:
        address = await self._checked(url)
        # A client of its own: a pooled connection proved another name, maybe.
        client = httpx.AsyncClient(verify=tls, trust_env=False, timeout=self.timeout_s, follow_redirects=False)
        async with client:
            request = client.build_request(
                "POST",
                url.copy_with(host=address),
                content=body,
                headers=_HEADERS | headers | {"host": url.netloc.decode("ascii")},
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            )
            answered = await client.send(request, stream=True)
            try:
                begins = await _beginning(answered)
            finally:
                await answered.aclose()
            return answered.status_code, _retry_after_s(answered.headers.get("retry-after")), begins

    async def _checked(self, url: httpx.URL) -> str:
        """Return the address to connect to. Raises AddressRefused unless every address of the name may be sent to."""
        addresses = await self.resolve(url.host, url.port or (443 if url.scheme == "https" else 80))
        if not addresses or not all(reachable(each, loopback=self.loopback) for each in addresses):
            raise AddressRefused
        return addresses[0]


async def _beginning(answered: httpx.Response) -> str:
    """Return the beginning of an answer as text without control characters."""
    read = b""
    # It was answered; what else it says, and how slowly, matters less.
    with suppress(httpx.TransportError, TimeoutError):
        async with asyncio.timeout(ANSWER_S):
            async for part in answered.aiter_raw():
                read += part
                if len(read) >= ANSWER_BYTES:
                    break
    text = read[:ANSWER_BYTES].decode("utf-8", "replace")
    return "".join(each if each.isprintable() else " " for each in text)[:ANSWER_CHARACTERS]


def _retry_after_s(said: str | None) -> int | None:
    """Return the seconds of a Retry-After header (RFC 9110 §10.2.3: a number, or a date), a day at most."""
    if said is None:
        return None
    if said.isascii() and said.isdigit():
        seconds = int(said[:9])
    else:
        try:
            seconds = round((parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
        except (TypeError, ValueError, OverflowError):
            return None
    return min(max(seconds, 0), LONGEST_RETRY_AFTER_S)


def _root(error: BaseException) -> BaseException:
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error


def sender_of(settings: Settings) -> Sender:
    """Return the sender of the settings."""
    return Sender(settings.webhook_timeout_s, settings.webhook_loopback)
