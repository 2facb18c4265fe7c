"""Small helpers around the REST clients of the demo."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Crew:
    """Who does a step's work: with one hand one thing after the other, so that a week can be repeated; `tick` follows.

    More hands take the next thing as soon as they have done one.
    """

    tick: Callable[[], None]
    hands: int = 1

    async def every(self, things: Iterable[T], do: Callable[[T], Awaitable[None]]) -> None:
        """Do something for each thing. Raises what the first that fails raises."""
        waiting = iter(things)
        if self.hands == 1:
            return await self._one_after_the_other(waiting, do)
        tasks = [asyncio.create_task(self._one_after_the_other(waiting, do)) for _ in range(self.hands)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _one_after_the_other(self, waiting: Iterable[T], do: Callable[[T], Awaitable[None]]) -> None:
        for thing in waiting:
            await do(thing)
            self.tick()
