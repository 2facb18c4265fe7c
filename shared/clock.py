"""Time as a port: instants are UTC-aware; the demo and the tests move a clock of their own."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant."""

    def now(self) -> datetime:
        """Return the present instant, UTC-aware."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, UTC-aware."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is told to move; it never goes backwards."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the instant it was last moved to."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Move forward to `instant`; an instant in the past leaves the clock where it is."""
        self._now = max(self._now, instant)

    def advance(self, step: timedelta) -> None:
        """Move forward by `step`."""
        self.move_to(self._now + step)


class RunningClock:
    """A clock that runs on from any instant at the machine's pace: the demo's week goes on after it was played."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._started = time.monotonic()

    def now(self) -> datetime:
        """Return the start plus what has passed since."""
        return self._start + timedelta(seconds=time.monotonic() - self._started)
