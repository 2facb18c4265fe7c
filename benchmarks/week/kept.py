"""A week that takes longer than anybody can wait: laid down after a step, or when told to end, it goes on later.

The folder holds what the servers store, what was made, the clock, and what every stage has cost so far. It goes on only
in the working copy that began it, whose keys its private data is sealed with.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from benchmarks.harness import Unfinished
from benchmarks.week.stages import Stage


@dataclass(slots=True)
class Kept:
    """How far a week is; `until` is when it is to be laid down, by the monotonic clock in seconds."""

    directory: Path
    until: float
    finished: list[str] = field(default_factory=list)
    stages: dict[str, Stage] = field(default_factory=dict)
    peak_mb: dict[str, int] = field(default_factory=dict)
    clock: datetime | None = None

    @classmethod
    def open(cls, directory: Path, minutes: float) -> "Kept":
        """Open the folder of a week, begun or not, to live in it for some minutes."""
        # Servers read it from folders of their own.
        kept = cls(directory.resolve(), time.monotonic() + 60 * minutes)
        kept.directory.mkdir(parents=True, exist_ok=True)
        if kept._file.exists():
            said: Mapping[str, Any] = json.loads(kept._file.read_text())
            kept.finished, kept.peak_mb = said["finished"], said["peak_mb"]
            kept.stages = {name: Stage(**stage) for name, stage in said["stages"].items()}
            kept.clock = datetime.fromisoformat(said["clock"])
        return kept

    def over(self, step: str, stages: Mapping[str, Stage], peak_mb: Mapping[str, int], clock: datetime) -> None:
        """Write down that a step is over. Raises Unfinished when it is time to lay the week down."""
        self.finished.append(step)
        self.write(stages, peak_mb, clock)
        if time.monotonic() > self.until:
            raise Unfinished(f"{step} is over; {self._goes_on}")

    def lay_down(self, stages: Mapping[str, Stage], peak_mb: Mapping[str, int], clock: datetime) -> NoReturn:
        """Write down what a step has cost that is not over: it goes on with what it finds undone. Raises Unfinished."""
        self.write(stages, peak_mb, clock)
        raise Unfinished(f"laid down in the middle of a step; {self._goes_on}")

    def write(self, stages: Mapping[str, Stage], peak_mb: Mapping[str, int], clock: datetime) -> None:
        """Write down what everything has cost so far."""
        self.peak_mb = {name: max(held, self.peak_mb.get(name, 0)) for name, held in peak_mb.items()}
        said = {
            "finished": self.finished,
            "stages": {name: asdict(stage) for name, stage in stages.items()},
            "peak_mb": self.peak_mb,
            "clock": clock.isoformat(),
        }
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(said))
        fresh.replace(self._file)

    @property
    def _goes_on(self) -> str:
        return f"what there is lies in {self.directory}, and goes on when called again"

    @property
    def _file(self) -> Path:
        return self.directory / "week.json"
