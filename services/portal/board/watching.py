"""Who watches a board: what waits to be sent to a page, never more than it can use."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from services.portal.board.views import Run
from services.portal.formats import machine_time

MOST_WAITING = 200
"""Rows that wait for one page at most."""

_PING = b": ping\n\n"


class Written(Protocol):
    """Writes a row in a language."""

    def __call__(self, run: Run, language: str) -> str:
        """Return the row's HTML."""
        ...


@dataclass(slots=True)
class Update:
    """A row that has changed, numbered as time goes on; `run` is None where the trip is there no more.

    It is written once per language, however many watch.
    """

    number: int
    trip_id: str
    day: str
    run: Run | None
    _written: dict[str, bytes] = field(default_factory=dict)

    def event(self, language: str, write: Written) -> bytes:
        """Return it as a server-sent event."""
        if language not in self._written:
            if self.run is None:
                name, data = "gone", self.trip_id
            else:
                name, data = "run", " ".join(write(self.run, language).split("\n"))
            self._written[language] = event_of(name, data, self.number)
        return self._written[language]


def event_of(name: str, data: str, number: int | None = None) -> bytes:
    """Return a server-sent event."""
    lines = [f"event: {name}", *(f"data: {line}" for line in data.splitlines())]
    if number is not None:
        lines.insert(0, f"id: {number}")
    return ("\n".join(lines) + "\n\n").encode()


class Watcher:
    """A page that watches a day of a county. `until_s`: until when its token holds, in seconds after 1970."""

    def __init__(self, day: str, language: str, token: str, until_s: float, write: Written) -> None:
        self.day = day
        self.token = token
        self.until_s = until_s
        self._language = language
        self._write = write
        self._rows: dict[str, Update] = {}
        self._state: bytes | None = None
        self._missed = self._closed = self._pings = False
        self._wake = asyncio.Event()

    def offer(self, update: Update) -> None:
        """Let a row wait to be sent: instead of an older one of its trip, and of the oldest where too many wait."""
        if update.day != self.day:
            return
        self._rows.pop(update.trip_id, None)
        self._rows[update.trip_id] = update
        if len(self._rows) > MOST_WAITING:
            del self._rows[next(iter(self._rows))]
            self._missed = True
        self._wake.set()

    def tell_state(self, state: str, since: datetime) -> None:
        """Say how the board is followed: `live`, `polling`, `away`."""
        self._state = event_of("state", f"{state} {machine_time(since)}")
        self._wake.set()

    def ping(self) -> None:
        """Say that the connection is alive."""
        self._pings = True
        self._wake.set()

    def close(self) -> None:
        """Let it end: its token holds no more."""
        self._closed = True
        self._wake.set()

    async def next(self) -> bytes | None:
        """Wait for news and return them as server-sent events, None at the end.

        An event `missed` says that rows were dropped: the page loads the list again.
        """
        await self._wake.wait()
        self._wake.clear()
        if self._closed:
            return None
        rows, self._rows = self._rows, {}
        parts = [_PING] if self._pings else []
        parts += [] if self._state is None else [self._state]
        self._state, self._pings = None, False
        if self._missed:
            self._missed = False
            parts.append(event_of("missed", "-"))
        return b"".join(parts + [update.event(self._language, self._write) for update in rows.values()])
