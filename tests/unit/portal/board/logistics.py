"""Logistics as a hub sees it: trips, a board, and a stream that a test feeds, cuts off and lets fail."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from services.portal.board.hub import Hub, Pace
from services.portal.board.watching import Watcher
from services.portal.inprocess import InProcess
from shared.clock import ManualClock
from tests.unit.portal.board.test_views import NOW, a_trip, told

DAY = "2026-11-30"
QUICK = Pace(look_s=30.0, poll_s=0.02, again_s=0.01)


class Logistics:
    """What logistics answers; `asked` counts the streams by the last id they went on after, and by whose token."""

    def __init__(self, trips: int = 1) -> None:
        self.trips = [a_trip(f"t{n}") for n in range(trips)]
        self.board = [told(f"t{n}") for n in range(trips)]
        self.asked: list[tuple[str | None, str | None]] = []
        self.is_down = False
        self.has_stream = True
        self._streams: set[asyncio.Queue[bytes | None]] = set()
        self.app = Starlette(routes=[Route("/{path:path}", self._answer)])
        self._listened = asyncio.Event()
        self.clock = ManualClock(NOW)

    def hub(self, pace: Pace = QUICK) -> Hub:
        """Return a hub that asks this."""
        client = httpx.AsyncClient(transport=InProcess(self.app), base_url="http://logistics")
        return Hub("520628", lambda: {"logistics": client}, self.clock, pace)

    def tell(self, number: int, **news: Any) -> None:
        """Tell those who listen of a trip."""
        state = told(**news, changed_at=(NOW + timedelta(microseconds=number)).isoformat())
        self.board = [state if one["trip_id"] == state["trip_id"] else one for one in self.board]
        for each in self._streams:
            each.put_nowait(f"id: {number}\nevent: trip\ndata: {json.dumps(state)}\n\n".encode())

    def cut(self) -> None:
        """End all streams."""
        for each in self._streams:
            each.put_nowait(None)

    @property
    def listeners(self) -> int:
        """How many streams are open."""
        return len(self._streams)

    async def listened(self) -> None:
        """Wait until somebody listens."""
        async with asyncio.timeout(20):
            await self._listened.wait()

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        if self.is_down or (path == "/board/stream" and not self.has_stream):
            return JSONResponse({}, 503)
        if path == "/board/stream":
            self.asked.append((request.headers.get("last-event-id"), request.headers.get("authorization")))
            return StreamingResponse(self._stream(), media_type="text/event-stream")
        items = {"/trips": self.trips, "/board": self.board}.get(path, [])
        return JSONResponse({"items": items, "next": None})

    async def _stream(self) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._streams.add(queue)
        self._listened.set()
        try:
            yield b"retry: 3000\n\n"
            while (part := await queue.get()) is not None:
                yield part
        finally:
            self._streams.discard(queue)
            self._listened.clear()


def a_watcher(whose: str = "somebody", until_s: float = float("inf"), day: str = DAY) -> Watcher:
    """Somebody who watches; rows are written as trip and temperature."""
    return Watcher(day, "zh", whose, until_s, lambda run, _: f"{run.trip_id} {run.temperature_c}")


async def heard(watcher: Watcher, text: str, longest_s: float = 20.0) -> str:
    """Return what a watcher was told until a text came."""
    found = ""
    async with asyncio.timeout(longest_s):
        while text not in found:
            news = await watcher.next()
            assert news is not None, "it has ended"
            found += news.decode()
    return found
