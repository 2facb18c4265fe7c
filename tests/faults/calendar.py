"""The time that the services' clocks show: it goes from day to day of the school weeks, and each clock may be wrong."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as hour
from typing import Any

from tests.faults.controls import Controls, Panel

GUIZHOU = timezone(timedelta(hours=8))


class Calendar:
    """Steps the clocks of all services; `steps` are what single clocks are wrong by, in seconds."""

    def __init__(self, start: datetime, panels: Mapping[str, Panel]) -> None:
        self._panels = panels
        self._shift_s = start.timestamp() - time.monotonic()
        self._wrong_s = dict.fromkeys(panels, 0.0)
        for name, panel in panels.items():
            panel.set(Controls(self._shift_of(name)))

    def now(self) -> datetime:
        """Return the present instant, UTC-aware, as clocks that are right show it."""
        return datetime.fromtimestamp(time.monotonic() + self._shift_s, UTC)

    def move_to(self, instant: datetime) -> None:
        """Move all clocks forward to an instant; one in the past leaves them where they are."""
        self._shift_s += max(0.0, (instant - self.now()).total_seconds())
        for name in self._panels:
            self.tell(name)

    def go_to(self, day: date, at_hour: int, minute: int = 0) -> None:
        """Move all clocks forward to an hour of a day in Guizhou."""
        self.move_to(datetime.combine(day, hour(at_hour, minute), GUIZHOU).astimezone(UTC))

    def advance(self, seconds: float) -> None:
        """Move all clocks forward."""
        self.move_to(self.now() + timedelta(seconds=seconds))

    def step(self, service: str, seconds: float) -> None:
        """Let one service's clock be wrong by so much from now on."""
        self._wrong_s[service] = seconds
        self.tell(service)

    def tell(self, service: str, **changed: Any) -> None:
        """Tell a service's processes the time, and what else is to change about how they behave."""
        panel = self._panels[service]
        panel.set(replace(panel.get(), shift_s=self._shift_of(service), **changed))

    def _shift_of(self, service: str) -> float:
        return self._shift_s + self._wrong_s[service]
