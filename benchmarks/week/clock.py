"""One clock for several processes: it is moved here, and a file tells the others."""

from datetime import datetime
from pathlib import Path

from shared.clock import ManualClock
from tools.told import ToldFile

VARIABLE = "WEEK_CLOCK"
"""The environment variable that names the file."""


class ToldClock:
    """A clock that shows the instant a file holds."""

    def __init__(self, path: Path) -> None:
        self._told = ToldFile(path, datetime.fromisoformat)

    def now(self) -> datetime:
        """Return the instant, UTC-aware."""
        return self._told.get()


class TellingClock(ManualClock):
    """A clock that is moved here and shows the same in every process that is told of its file."""

    def __init__(self, start: datetime, path: Path) -> None:
        super().__init__(start)
        self._told = ToldFile(path, datetime.fromisoformat)
        self._told.tell(self.now().isoformat())

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to know to be told."""
        return {VARIABLE: str(self._told.path)}

    def move_to(self, instant: datetime) -> None:
        """Move forward to `instant`, in every process."""
        super().move_to(instant)
        self._told.tell(self.now().isoformat())
