"""What the bench tells a service's process while it runs: what time it is, how its bus misbehaves, where it dies."""

import json
import os
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tools.told import ToldFile

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
        self._told = ToldFile(path, lambda text: Controls(**json.loads(text)))

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to know to find its controls."""
        return {VARIABLE: str(self._told.path)}

    def set(self, controls: Controls) -> None:
        """Let the process behave so."""
        self._told.tell(json.dumps(asdict(controls)))

    def get(self) -> Controls:
        """Return how to behave, as of now."""
        return self._told.get()


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
