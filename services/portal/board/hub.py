"""A county's board in this process: asked of logistics once, told to every page that watches.

A hub lives while somebody watches. It listens to the stream of logistics with the token of a watcher, each of whom
logistics has let in to this county, and looks at the whole board now and then: some things change with time alone. Is
the stream lost it looks more often, until the stream is back. What it tells is a trip's whole row, so that a page that
is slow or was away gets the newest of each trip and misses nothing.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from services.portal.board.frames import frames
from services.portal.board.views import Known, known_of, run_of
from services.portal.board.watching import Update, Watcher
from services.portal.upstream import Away, Refused, Upstream
from shared.clock import Clock
from shared.errors import Unauthorized

LOOK_S = 20.0
"""How often the whole board is looked at while the stream tells what changes."""
POLL_S = 4.0
"""How often while it does not."""
AGAIN_S = 2.0
"""How long after the stream was lost it is asked for again."""
PING_S = 15.0
"""How often pages hear that they are still heard: one timer for all, not one for each."""
NAMES_EVERY = 30
"""Every so many looks names of places and vehicles are asked for, too."""
OVERLAP = timedelta(seconds=10)
"""Hubs of several processes number by their clocks: so far back whoever comes from another is told again."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LOST = (Away, Refused, Unauthorized)
_MOST_TRIPS = 5_000


@dataclass
class Pace:
    """How often a hub looks and asks again, in seconds."""

    look_s: float = LOOK_S
    poll_s: float = POLL_S
    again_s: float = AGAIN_S
    ping_s: float = PING_S


class Hub:
    """A county's board, and who watches it. `state`: `live`, `polling` (looked at often) or `away` (not heard)."""

    def __init__(
        self, county_code: str, clients: Callable[[], Mapping[str, httpx.AsyncClient]], clock: Clock, pace: Pace
    ) -> None:
        self._county_code = county_code
        self._clients = clients
        self._clock = clock
        self._pace = pace
        self._watchers: set[Watcher] = set()
        self._trips: dict[str, dict[str, Any]] = {}
        self._told: dict[str, dict[str, Any]] = {}
        self._shown: dict[str, Update] = {}
        self._known = known_of([], [])
        self._number = 0
        self._last: str | None = None
        self._streaming = False
        self._wanted = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.state = "polling"
        self.state_at = clock.now()

    @property
    def is_watched(self) -> bool:
        """Whether anybody watches."""
        return bool(self._watchers)

    def join(self, watcher: Watcher, last: str | None = None) -> None:
        """Let somebody watch: they are told what has changed since the `last` that came, of all if nothing did."""
        self._watchers.add(watcher)
        watcher.tell_state(self.state, self.state_at)
        since = int(last) - OVERLAP // _MICROSECOND if last is not None and _is_number(last) else 0
        for update in sorted(self._shown.values(), key=lambda each: each.number):
            if update.number > since:
                watcher.offer(update)
        if not self._tasks:
            self._tasks = [asyncio.create_task(each) for each in (self._listen(), self._look(), self._ping())]
        self._wanted.set()

    async def leave(self, watcher: Watcher) -> None:
        """Let somebody watch no more; with the last one the hub is over."""
        self._watchers.discard(watcher)
        if not self._watchers:
            await self.close()

    async def close(self) -> None:
        """End what runs."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _asking(self) -> Upstream:
        """Return the services as asked by the watcher whose token holds longest. Raises Unauthorized."""
        now = self._clock.now().timestamp()
        for watcher in [each for each in self._watchers if each.until_s <= now]:
            watcher.close()
            self._watchers.discard(watcher)
        if not self._watchers:
            raise Unauthorized("nobody-watches", "no watcher's token holds any more")
        return Upstream(self._clients(), max(self._watchers, key=lambda each: each.until_s).token)

    async def _listen(self) -> None:
        """Take in what the stream tells, and hold it open."""
        query = {"county_code": self._county_code}
        while True:
            try:
                async with self._asking().stream("logistics", "/board/stream", query, last=self._last) as answer:
                    self._streaming = True
                    self._say("live")
                    async with aclosing(frames(answer.aiter_lines())) as told:
                        async for frame in told:
                            self._last = frame.id or self._last
                            if frame.event == "trip":
                                self._hear(json.loads("\n".join(frame.data)))
            except _LOST:
                self._streaming = False
                self._say("polling" if self.state == "live" else self.state)
                self._wanted.set()
            # It also ends when a token does: another's may hold longer.
            await asyncio.sleep(self._pace.again_s)

    async def _look(self) -> None:
        """Look at the whole board now and then."""
        looks = 0
        while True:
            self._wanted.clear()
            try:
                asking = self._asking()
                if looks % NAMES_EVERY == 0:
                    self._known = await self._names(asking)
                for day in sorted({each.day for each in self._watchers}):
                    await self._look_at(asking, day)
                looks += 1
            except _LOST:
                self._say(self.state if self._streaming else "away")
            else:
                self._say("live" if self._streaming else "polling")
            try:
                async with asyncio.timeout(self._pace.look_s if self._streaming else self._pace.poll_s):
                    await self._wanted.wait()
                # Many come at once after a failure: one look is for all of them.
                await asyncio.sleep(min(1.0, self._pace.poll_s))
            except TimeoutError:
                pass

    async def _ping(self) -> None:
        """Let pages, and proxies on the way, know that the connection is alive."""
        while True:
            await asyncio.sleep(self._pace.ping_s)
            for watcher in self._watchers:
                watcher.ping()

    async def _names(self, asking: Upstream) -> Known:
        query = {"county_code": self._county_code}
        told = await asking.parts(
            places=asking.items("logistics", "/places", query), vehicles=asking.items("logistics", "/vehicles", query)
        )
        return known_of(told["places"], told["vehicles"])

    async def _look_at(self, asking: Upstream, day: str) -> None:
        query = {"county_code": self._county_code, "day": day}
        trips = await asking.items("logistics", "/trips", query, _MOST_TRIPS)
        board = (await asking.get("logistics", "/board", query))["items"]
        of_day = {one["trip_id"]: one for one in trips}
        for trip_id in [key for key, one in self._trips.items() if one["day"] == day and key not in of_day]:
            self._forget(trip_id, day)
        self._trips |= of_day
        for one in board:
            before = self._told.get(one["trip_id"])
            # The stream may have told something newer while this was on its way.
            if before is None or _changed_at(before) <= _changed_at(one):
                self._told[one["trip_id"]] = one
        for trip_id in of_day:
            self._show(trip_id)

    def _hear(self, told: dict[str, Any]) -> None:
        if told["day"] not in {each.day for each in self._watchers}:
            return
        before = self._told.get(told["trip_id"])
        if before is not None and _changed_at(before) > _changed_at(told):
            return
        self._told[told["trip_id"]] = told
        if told["trip_id"] in self._trips:
            self._show(told["trip_id"])
        else:
            self._wanted.set()

    def _show(self, trip_id: str) -> None:
        run = run_of(self._trips[trip_id], self._told.get(trip_id), self._known, self._clock.now())
        before = self._shown.get(trip_id)
        if before is None or before.run != run:
            self._tell(Update(self._next_number(), trip_id, run.day, run))

    def _forget(self, trip_id: str, day: str) -> None:
        del self._trips[trip_id]
        self._told.pop(trip_id, None)
        self._tell(Update(self._next_number(), trip_id, day, None))

    def _tell(self, update: Update) -> None:
        self._shown[update.trip_id] = update
        for watcher in self._watchers:
            watcher.offer(update)

    def _next_number(self) -> int:
        self._number = max(self._number + 1, (self._clock.now() - _EPOCH) // _MICROSECOND)
        return self._number

    def _say(self, state: str) -> None:
        if state != self.state:
            self.state, self.state_at = state, self._clock.now()
            for watcher in self._watchers:
                watcher.tell_state(state, self.state_at)


def _changed_at(told: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(told["changed_at"])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
