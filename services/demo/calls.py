"""Small helpers around the REST clients of the demo."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, TypeVar

import httpx

T = TypeVar("T")


class Unexpected(Exception):
    """A service answered something the demo did not expect."""


def body_of(response: httpx.Response, *also: int) -> Any:
    """Return the JSON of an answer that succeeded (or whose status is among `also`)."""
    if response.is_success or response.status_code in also:
        return response.json()
    raise Unexpected(f"{response.request.method} {response.request.url} → {response.status_code} {response.text[:500]}")


async def items(client: httpx.AsyncClient, route: str, **query: str) -> AsyncIterator[dict[str, Any]]:
    """Yield every item of a paged list."""
    after: str | None = None
    while True:
        params = {**query, "limit": "1000"} | ({"after": after} if after else {})
        page = body_of(await client.get(route, params=params))
        for item in page["items"]:
            yield item
        after = page["next"]
        if after is None:
            return


async def every(things: Iterable[T], do: Callable[[T], Awaitable[None]], done: Callable[[], None]) -> None:
    """Do something for each thing, and say `done` after each: one after the other, so that a week can be repeated."""
    for thing in things:
        await do(thing)
        done()
