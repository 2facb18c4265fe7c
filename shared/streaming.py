"""Answers that go on for hours, held by thousands of pages at once: a stream of events costs little while it waits.

A `Stream` begins as every answer does, through the guard and all that is around a route. Then these return and what
they hold of the request is given back: `Streams`, which is around them all, tells the rest over the bare connection.

    async def stream(request: Request) -> Response:
        return Stream(events(hub, watcher), watcher.close)

A stream ends when its events do. They are asked to end (`stop`) when whoever listens has gone, and when the server is
told to end (`end_streams`), which waits for its connections.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_KEY = "shared.streaming"
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
Stop = Callable[[], None]


@dataclass(slots=True)
class _Handed:
    """What goes on when a request's layers have returned."""

    events: AsyncGenerator[bytes, None] | None = None
    stop: Stop = lambda: None


class Stream(Response):
    """An answer of server-sent events. `stop` lets them end soon; it may be called more than once."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes, None], stop: Stop) -> None:
        self._events = events
        self._stop = stop
        self.status_code = 200
        self.background = None
        self.init_headers(_HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Begin, and hand on what follows the first part: so much do layers wait for that may change an answer."""
        handed: _Handed = scope[_KEY]
        handed.events, handed.stop = self._events, self._stop
        first = await anext(self._events, b"")
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": first, "more_body": True})


class Streams:
    """ASGI middleware, around all other: goes on with streams when what is around their route has returned."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a stream that it began is told to its end."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        scope[_KEY] = handed = _Handed()
        known = set(scope)
        try:
            await self._app(scope, receive, send)
            if handed.events is not None:
                _forget(scope, known)
                await _tell(handed.events, handed.stop, receive, send)
        finally:
            if handed.events is not None:
                await handed.events.aclose()
        return None


def end_streams() -> None:
    """Let every stream of this event loop end soon."""
    for stop in list(_open_ones()):
        stop()


_stops: "WeakKeyDictionary[asyncio.AbstractEventLoop, set[Stop]]" = WeakKeyDictionary()


def _open_ones() -> set[Stop]:
    return _stops.setdefault(asyncio.get_running_loop(), set())


def _forget(scope: Scope, known: set[str]) -> None:
    """Let go of what layers have noted of a request: who asks, their token, what was parsed and opened for it."""
    for name in [each for each in scope if each not in known]:
        del scope[name]
    scope["headers"] = []
    scope.get("state", {}).clear()


async def _tell(events: AsyncGenerator[bytes, None], stop: Stop, receive: Receive, send: Send) -> None:
    """Tell events until there are no more; ends them when nobody listens any longer."""
    listening = asyncio.create_task(_until_gone(receive, stop))
    open_ones = _open_ones()
    open_ones.add(stop)
    try:
        async for part in events:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        open_ones.discard(stop)
        listening.cancel()


async def _until_gone(receive: Receive, stop: Stop) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stop()
