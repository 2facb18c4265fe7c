"""What a stage of the week costs: items, seconds, CPU seconds of every process, events, bytes."""

import math
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.harness import cpu_seconds
from benchmarks.servers import computed_s, database_computed_s
from benchmarks.week.cloud import Cloud

PEOPLE = "people"
"""The process that asks in everybody's name; it is no part of the cloud."""


@dataclass(slots=True)
class Stage:
    """One stage, summed up over the days on which it comes; `cpu_s` by process, its asking people's apart."""

    items: int = 0
    seconds: float = 0.0
    events: int = 0
    cpu_s: dict[str, float] = field(default_factory=dict)
    database_bytes: int = 0
    kafka_bytes: int = 0

    @property
    def cloud_cpu_s(self) -> float:
        """CPU seconds of the services, PostgreSQL and Kafka."""
        return sum(spent for process, spent in self.cpu_s.items() if process != PEOPLE)

    def shown(self) -> dict[str, Any]:
        """Return it as it is printed."""
        return {
            "items": self.items,
            "seconds": round(self.seconds, 1),
            "cpu_s": round(self.cloud_cpu_s, 1),
            "cpu_s_by_process": {name: round(spent, 1) for name, spent in self.cpu_s.items()},
            "events": self.events,
            "database_mb": round(self.database_bytes / 2**20, 1),
            "kafka_mb": round(self.kafka_bytes / 2**20, 1),
        }


class Book:
    """Writes down what each stage costs: `turn` ends one and begins the next."""

    def __init__(self, cloud: Cloud, stages: Mapping[str, Stage]) -> None:
        """Begin with what stages have cost before."""
        self._cloud = cloud
        self.stages = dict(stages)
        self.items = 0
        self._stage: Stage | None = None
        self._name: str | None = None
        self._before: dict[str, Any] = {}

    def tick(self) -> None:
        """Count one thing done."""
        self.items += 1

    async def turn(self, name: str | None) -> None:
        """Write down what the present stage came to, and begin the one of a name; None ends the last."""
        now = await self._look()
        if self._stage is not None:
            self._add(self._stage, now)
            print(f"{self._name}: {now['seconds'] - self._before['seconds']:.1f} s", file=sys.stderr, flush=True)
        self._name = name
        self._stage = None if name is None else self.stages.setdefault(name, Stage())
        self._before = now

    async def _look(self) -> dict[str, Any]:
        return {
            "items": self.items,
            "seconds": time.perf_counter(),
            "events": await self._cloud.published(),
            "cpu_s": self._computed(),
        } | self._cloud.stored_bytes()

    def _computed(self) -> dict[str, float]:
        services = {name: computed_s(service.process) for name, service in self._cloud.services.items()}
        servers = {
            "postgresql": database_computed_s(self._cloud.postgres),
            "kafka": computed_s(self._cloud.kafka.process),
        }
        return services | servers | {PEOPLE: cpu_seconds()}

    def _add(self, stage: Stage, now: Mapping[str, Any]) -> None:
        for name in ("items", "seconds", "events", "database_bytes", "kafka_bytes"):
            setattr(stage, name, getattr(stage, name) + now[name] - self._before[name])
        for name, spent in now["cpu_s"].items():
            stage.cpu_s[name] = stage.cpu_s.get(name, 0.0) + spent - self._before["cpu_s"][name]

    def peak_mb(self) -> dict[str, int]:
        """Return the largest memory each service's processes have had, and Kafka's, in MiB."""
        processes = {name: service.process for name, service in self._cloud.services.items()}
        return {name: round(_peak_mb(process.processes())) for name, process in processes.items()} | {
            "kafka": round(_peak_mb(self._cloud.kafka.process.processes()))
        }


def _peak_mb(processes: Sequence[psutil.Process]) -> float:
    """Return the sum of the largest resident sizes of some processes (`VmHWM` of proc(5)), in MiB."""
    held = 0
    for process in processes:
        with suppress(OSError):
            lines = Path(f"/proc/{process.pid}/status").read_text(errors="replace").splitlines()
            held += sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return held / 1024


def exponent(small: float, large: float, times: float) -> float:
    """Return k where a cost grew from `small` to `large` as (size)^k, the size having grown `times`; 1 is linear."""
    return math.log(max(large, 1e-9) / max(small, 1e-9)) / math.log(times)
