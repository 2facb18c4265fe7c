"""Asking other systems over HTTP: one GET, bounded, asked again after a growing, uneven pause while waiting may help.

Only GET is sent, so that asking again changes nothing. Redirects are not followed: a token goes where it was meant to.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import httpx

Sleep = Callable[[float], Awaitable[None]]
TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that may be another one later."""


class FetchFailed(Exception):
    """Nothing came that can be used: `unreachable`, `refused` or `too-much`; its text shows nothing of the answer."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True)
class Patience:
    """How often is asked, how long is waited between (also where the other side asks for it), how much is read."""

    tries: int = 4
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0
    most_bytes: int = 5_000_000
    temporary: frozenset[int] = TEMPORARY
    sleep: Sleep = asyncio.sleep


async def fetch(client: httpx.AsyncClient, url: str, query: Mapping[str, str], patience: Patience) -> bytes:
    """Return the body of the answer to a GET. Raises FetchFailed."""
    failed = FetchFailed("unreachable", "was not asked")
    for attempt in range(patience.tries):
        wait_s = patience.first_wait_s * 2**attempt * random.uniform(1.0, 1.5)  # noqa: S311 (no secret)
        try:
            async with client.stream("GET", url, params=query) as answer:
                if answer.status_code == httpx.codes.OK:
                    return await _body(answer, patience.most_bytes)
                failed = FetchFailed("refused", f"answered {answer.status_code}")
                if answer.status_code not in patience.temporary:
                    raise failed
                wait_s = max(wait_s, _asked_to_wait_s(answer))
        except httpx.TransportError as error:
            failed = FetchFailed("unreachable", type(error).__name__)
        if attempt + 1 < patience.tries:
            await patience.sleep(min(wait_s, patience.longest_wait_s))
    raise failed


def _asked_to_wait_s(answer: httpx.Response) -> float:
    asked = answer.headers.get("retry-after", "")
    return float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0.0


async def _body(answer: httpx.Response, most_bytes: int) -> bytes:
    """Return a body; one without end is not read to it."""
    body = b""
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > most_bytes:
            raise FetchFailed("too-much", f"answered more than {most_bytes} bytes")
    return body
