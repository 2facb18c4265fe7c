"""What the bench tells a service's process while it runs: what time it is, how its bus misbehaves, where it dies."""

import json
import os
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

VARIABLE = "FAULTS_CONTROLS"
"""The environment variable that names the file."""
POINTS = ("before-publish", "after-publish", "before-offsets")
"""Where a process can be made to die: committed and not published; published and still in the outbox; handled and
committed, offsets not."""


@dataclass(frozen=True, slots=True)
class Controls:
    """How a process is to behave from now on.

    Its clock shows the machine's monotonic seconds plus `shift_s`, as seconds since 1970. Of its publications the share
    `twice` goes out twice, and the part for each topic is held back for up to `delay_s`. At `dies_at` it kills itself.
    """

    shift_s: float
    twice: float = 0.0
    delay_s: float = 0.0
    dies_at: str = ""


class Panel:
    """The file with the controls of a process; written by the bench, read by the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, int], Controls] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to know to find its controls."""
        return {VARIABLE: str(self._path)}

    def set(self, controls: Controls) -> None:
        """Let the process behave so."""
        fresh = self._path.with_suffix(".fresh")
        fresh.write_text(json.dumps(asdict(controls)))
        fresh.replace(self._path)

    def get(self) -> Controls:
        """Return how to behave, as of now."""
        state = self._path.stat()
        version = (state.st_ino, state.st_mtime_ns)
        if self._read is None or self._read[0] != version:
            self._read = version, Controls(**json.loads(self._path.read_text()))
        return self._read[1]


class SteppedClock:
    """A process's clock: it runs at the machine's pace and goes to wherever the bench steps it, back as well."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel

    def now(self) -> datetime:
        """Return the present instant, UTC-aware."""
        return datetime.fromtimestamp(time.monotonic() + self._panel.get().shift_s, UTC)


def own_panel() -> Panel:
    """Return this process's controls."""
    return Panel(Path(os.environ[VARIABLE]))
