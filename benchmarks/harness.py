"""What a benchmark is and how one is measured: one JSON object per run, whatever is measured."""

import math
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.machine import machine

_PLACES = 4
_LEAST_S, _BRIEF_BELOW = 0.1, 0.01


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked for: a seed nobody has tuned to, a size (1 = as documented), an instance from a file.

    `keep`: where what takes too long is laid down after so many `minutes`, to go on when called again.
    """

    seed: int = 1
    scale: float = 1.0
    file: Path | None = None
    keep: Path | None = None
    minutes: float = math.inf

    def scaled(self, count: int) -> int:
        """Return `count` at this scale, at least 1."""
        return max(1, round(count * self.scale))

    @property
    def brief(self) -> bool:
        """Whether all that is wanted is to see that it works: what is waited for alone may then be left out."""
        return self.scale < _BRIEF_BELOW

    def searched(self, seconds: float) -> float:
        """Return for how long to search what is searched for `seconds` at full size: a third of it at a tenth.

        A search of a small instance has found what it finds long before.
        """
        return round(max(_LEAST_S, seconds * min(1.0, 3 * self.scale)), 2)


class Unfinished(Exception):
    """A run was laid down before its end, and says how it goes on."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found: `value` in `unit`, next to what `reference` reached on the same input in the same run.

    `cpu_seconds` is given by runs that start servers, whose time is not theirs.
    """

    input: str
    value: float
    unit: str
    reference: str
    reference_value: float | None
    details: dict[str, Any] = field(default_factory=dict)
    cpu_seconds: float | None = None


Run = Callable[[Options], Outcome]
_runs: dict[str, Run] = {}


def benchmark(name: str) -> Callable[[Run], Run]:
    """Register a benchmark as `<service>.<what>`; the first line of its docstring is listed."""

    def register(run: Run) -> Run:
        if name in _runs:
            raise TypeError(f"two benchmarks are called {name}")
        _runs[name] = run
        return run

    return register


def registered() -> dict[str, Run]:
    """Return every benchmark by name."""
    return dict(sorted(_runs.items()))


def measure(name: str, options: Options) -> dict[str, Any]:
    """Run one benchmark and return what is printed of it."""
    ran_on = machine()
    started, cpu = time.perf_counter(), cpu_seconds()
    outcome = registered()[name](options)
    own = outcome.cpu_seconds if outcome.cpu_seconds is not None else cpu_seconds() - cpu
    reference = outcome.reference_value
    return {
        "name": name,
        "input": outcome.input,
        "seed": options.seed,
        "scale": options.scale,
        "value": round(outcome.value, _PLACES),
        "unit": outcome.unit,
        "reference": outcome.reference,
        "reference_value": None if reference is None else round(reference, _PLACES),
        "ratio": round(outcome.value / reference, _PLACES) if reference else None,
        "seconds": round(time.perf_counter() - started, 2),
        "cpu_seconds": round(own, 2),
        "peak_mb": round(peak_mb(), 1),
        "day": datetime.now(UTC).date().isoformat(),
        "machine": ran_on,
        "details": outcome.details,
    }


def cpu_seconds() -> float:
    """Return the CPU time of this process and the children it has waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def peak_mb() -> float:
    """Return the largest memory this process or one of its children has had, in MiB."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
