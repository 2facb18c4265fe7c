"""A school week of the province, whole system: every service a process of its own, on PostgreSQL and Kafka.

The week is the demo's (`services.demo.week`), of as many counties as the size asks for, lived by many hands at once
over REST; a clock that all processes are told moves on when a step is over. It is lived twice, in two sizes: how cost
grows between them is what says whether a province can be reached.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from benchmarks.harness import Options, Outcome, benchmark
from benchmarks.week.cloud import Cloud, cloud
from benchmarks.week.conserved import conserved
from benchmarks.week.stages import Book, Stage, exponent
from services.demo.calls import Crew, body_of, items
from services.demo.play import schools_of
from services.demo.week import Week
from services.generator import Manifest, generate, read_manifest
from services.loading import Loaded, load

SCHOOLS, COOPERATIVES = 17_890, 5_000
LEAST_SCHOOLS = 8
SMALLER = 4
"""The size beside it is so many times smaller."""
HANDS = 16
NOT_LIVED = frozenset({"plans and templates are compared", "what is still wanted is told"})
"""Steps of the demo that are no part of a week's work."""


@dataclass(frozen=True, slots=True)
class Lived:
    """What a week of so many schools came to."""

    schools: int
    cooperatives: int
    counties: int
    stages: dict[str, Stage]
    peak_mb: dict[str, int]
    conserved: dict[str, Any]

    @property
    def cpu_s_a_school(self) -> float:
        """CPU seconds of the whole cloud for a school's week, without the loading of what stays."""
        return sum(stage.cloud_cpu_s for name, stage in self.stages.items() if name != "loading") / self.schools

    @property
    def seconds(self) -> float:
        """Seconds from the first row to the last statement."""
        return sum(stage.seconds for stage in self.stages.values())


@benchmark("cloud.province_week")
def province_week(options: Options) -> Outcome:
    """CPU seconds a school's week costs the whole cloud, by stages, and how that grows from a quarter of the size."""
    small = uvloop.run(_lived(max(LEAST_SCHOOLS, options.scaled(SCHOOLS) // SMALLER), options.seed))
    large = uvloop.run(_lived(max(LEAST_SCHOOLS * SMALLER, options.scaled(SCHOOLS)), options.seed))
    times = large.schools / small.schools
    return Outcome(
        input=f"{large.schools} schools, {large.cooperatives} cooperatives, {large.counties} counties, one school week",
        value=large.cpu_s_a_school,
        unit="CPU s a school's week",
        reference=f"the same of {small.schools} schools: 1 where cost grows with size alone",
        reference_value=small.cpu_s_a_school,
        details={
            "seconds": round(large.seconds),
            "stages": {name: stage.shown() for name, stage in large.stages.items()},
            "growth": {
                name: round(exponent(small.stages[name].cloud_cpu_s, stage.cloud_cpu_s, times), 2)
                for name, stage in large.stages.items()
            },
            "n_log_n": round(1 + math.log(math.log(large.schools) / math.log(small.schools)) / math.log(times), 2),
            "peak_mb": large.peak_mb,
            "conserved": large.conserved,
        },
        cpu_seconds=sum(sum(stage.cpu_s.values()) for week in (small, large) for stage in week.stages.values()),
    )


async def _lived(schools: int, seed: int) -> Lived:
    """Live a week of so many schools through, and measure its stages."""
    cooperatives = max(8, round(schools * COOPERATIVES / SCHOOLS))
    with TemporaryDirectory() as folder:
        directory = Path(folder)
        generate(schools, cooperatives, seed, directory)
        manifest = read_manifest(directory)
        before = datetime.combine(manifest.week_start - timedelta(days=7), datetime.min.time(), UTC)
        async with cloud(before) as running:
            book = Book(running)
            await book.turn("loading")
            await _load(running, directory, book)
            await _live(running, manifest, directory, book)
            await book.turn("statements")
            await _state(running, manifest, book)
            await book.turn(None)
            found = await conserved(running, manifest.week_start)
            return Lived(schools, cooperatives, len(manifest.counties), book.stages, book.peak_mb(), found)


async def _load(running: Cloud, directory: Path, book: Book) -> None:
    loaded = Loaded()
    async for _ in load(directory, running.clients, loaded):
        pass
    if loaded.bad:
        raise ValueError(f"made rows are refused: {loaded.bad[:3]}")
    book.items += loaded.created
    await running.settle()


async def _live(running: Cloud, manifest: Manifest, directory: Path, book: Book) -> None:
    week = Week(
        manifest.counties,
        manifest.week_start,
        schools_of(directory),
        running.clients,
        running.clock,
        running.settle,
        Crew(book.tick, HANDS),
        directory / "comparison.json",
    )
    async for step in week.steps(NOT_LIVED):
        await book.turn(step.split(": ")[-1])


async def _state(running: Cloud, manifest: Manifest, book: Book) -> None:
    """Show every cooperative and every school its month, and the county offices theirs."""
    procurement, month = running.clients["procurement"], f"{manifest.week_start:%Y-%m}"
    cooperatives = items(running.clients["farmers"], "/cooperatives")
    canteens = items(running.clients["nutrition"], "/canteens")
    paths = [f"/statements/cooperatives/{one['cooperative_id']}" async for one in cooperatives]
    paths += [f"/statements/schools/{one['canteen_id']}" async for one in canteens]

    async def show(path: str) -> None:
        body_of(await procurement.get(path, params={"month": month}))

    await Crew(book.tick, HANDS).every(paths, show)
