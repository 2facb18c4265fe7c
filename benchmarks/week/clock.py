"""One clock for several processes: it is moved here, and a file tells the others."""

from datetime import datetime
from pathlib import Path

from shared.clock import ManualClock

VARIABLE = "WEEK_CLOCK"
"""The environment variable that names the file."""


class ToldClock:
    """A clock that shows the instant a file holds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, int], datetime] | None = None

    def now(self) -> datetime:
        """Return the instant, UTC-aware."""
        state = self._path.stat()
        version = (state.st_ino, state.st_mtime_ns)
        if self._read is None or self._read[0] != version:
            self._read = version, datetime.fromisoformat(self._path.read_text())
        return self._read[1]


class TellingClock(ManualClock):
    """A clock that is moved here and shows the same in every process that is told of its file."""

    def __init__(self, start: datetime, path: Path) -> None:
        super().__init__(start)
        self._path = path
        self._tell()

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to know to be told."""
        return {VARIABLE: str(self._path)}

    def move_to(self, instant: datetime) -> None:
        """Move forward to `instant`, in every process."""
        super().move_to(instant)
        self._tell()

    def _tell(self) -> None:
        fresh = self._path.with_suffix(".fresh")
        fresh.write_text(self.now().isoformat())
        fresh.replace(self._path)
