"""A school week of the province, whole system: every service a process of its own, on PostgreSQL and Kafka.

The week is the demo's (`services.demo.week`), of as many counties as the size asks for, lived by many hands at once
over REST; a clock that all processes are told moves on when a step is over. It is lived twice, in two sizes: how cost
grows between them is what says whether a province can be reached.
"""

import asyncio
import math
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import uvloop

from benchmarks.harness import Options, Outcome, Unfinished, benchmark
from benchmarks.week.conserved import conserved
from benchmarks.week.kept import Kept
from benchmarks.week.lived import HANDS, SCHOOLS, Living, living
from benchmarks.week.stages import Book, Stage, exponent
from services.demo.calls import Crew, body_of, items

LEAST_SCHOOLS = 2
SMALLER = 4
"""The size beside it is so many times smaller."""
MOST_BESIDE = 450
"""Schools beside a week that takes hours: two counties, which take minutes."""
LOADING, STATEMENTS = "loading", "statements"


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
        return sum(stage.cloud_cpu_s for name, stage in self.stages.items() if name != LOADING) / self.schools

    @property
    def seconds(self) -> float:
        """Seconds from the first row to the last statement."""
        return sum(stage.seconds for stage in self.stages.values())


@benchmark("cloud.province_week")
def province_week(options: Options) -> Outcome:
    """CPU seconds a school's week costs the whole cloud, by stages, and how that grows from a quarter of the size.

    A week that takes hours is kept in a folder, laid down after some minutes, and gone on with when called again.
    """
    if options.keep is not None:
        kept = Kept.open(options.keep, options.minutes)
        large = uvloop.run(_lived(options.scaled(SCHOOLS), options.seed, kept))
        return _told(uvloop.run(_lived(min(MOST_BESIDE, large.schools // SMALLER), options.seed)), large)
    small = uvloop.run(_lived(max(LEAST_SCHOOLS, options.scaled(SCHOOLS) // SMALLER), options.seed))
    if options.brief and options.scaled(SCHOOLS) < LEAST_SCHOOLS:
        return _told(small, small)
    return _told(small, uvloop.run(_lived(max(LEAST_SCHOOLS * SMALLER, options.scaled(SCHOOLS)), options.seed)))


def _told(small: Lived, large: Lived) -> Outcome:
    """Return what a week came to beside a smaller one; beside itself it says nothing of growth."""
    alone = large is small
    return Outcome(
        input=f"{large.schools} schools, {large.cooperatives} cooperatives, {large.counties} counties, one school week",
        value=large.cpu_s_a_school,
        unit="CPU s a school's week",
        reference=f"the same of {small.schools} schools: 1 where cost grows with size alone",
        reference_value=None if alone else small.cpu_s_a_school,
        details={
            "seconds": round(large.seconds),
            "stages": {name: stage.shown() for name, stage in large.stages.items()},
            **({} if alone else grown(small, large)),
            "peak_mb": large.peak_mb,
            "conserved": large.conserved,
        },
        cpu_seconds=sum(
            sum(stage.cpu_s.values())
            for week in {id(of): of for of in (small, large)}.values()
            for stage in week.stages.values()
        ),
    )


def grown(small: Lived, large: Lived) -> dict[str, Any]:
    """Return by stage k where cost grew as (schools)^k, and what k would be for n log n."""
    times = large.schools / small.schools
    return {
        "growth": {
            name: round(exponent(small.stages[name].cloud_cpu_s, stage.cloud_cpu_s, times), 2)
            for name, stage in large.stages.items()
        },
        "n_log_n": round(1 + math.log(math.log(large.schools) / math.log(small.schools)) / math.log(times), 2),
    }


async def _lived(schools: int, seed: int, kept: Kept | None = None) -> Lived:
    """Live a week of so many schools through, or what is left of one that was begun, and measure its stages.

    A week that is kept is laid down where it is when the process is told to end. Raises Unfinished then.
    """
    if kept and (task := asyncio.current_task()):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with living(schools, seed, kept) as life:
        book = Book(life.cloud, kept.stages if kept else {})
        life.tick = book.tick
        try:
            async for step in _steps(life, book, kept):
                await book.turn(step.split(": ")[-1])
        except asyncio.CancelledError:
            if kept is None:
                raise
            await book.turn(None)
            kept.lay_down(book.stages, book.peak_mb(), life.cloud.clock.now())
        except Exception as failed:
            if kept is not None and not isinstance(failed, Unfinished):
                await book.turn(None)
                kept.write(book.stages, book.peak_mb(), life.cloud.clock.now())
            raise
        found = await conserved(life.cloud, life.manifest.week_start)
        cooperatives, counties = life.manifest.cooperatives, len(life.manifest.counties)
        return Lived(schools, cooperatives, counties, book.stages, kept.peak_mb if kept else book.peak_mb(), found)


async def _steps(life: Living, book: Book, kept: Kept | None) -> AsyncIterator[str]:
    """Do what is not done yet, from the first row to the last statement; yields each step before it is done."""
    finished = kept.finished if kept else []

    async def over(step: str) -> None:
        await book.turn(None)
        if kept:
            kept.over(step, book.stages, book.peak_mb(), life.cloud.clock.now())

    if LOADING not in finished:
        yield LOADING
        book.items += await life.load()
        await over(LOADING)
    before: str | None = None
    async for step in life.steps(list(finished)):
        if before is not None:
            await over(before)
        yield step
        before = step
    if before is not None:
        await over(before)
    yield STATEMENTS
    await _state(life, book)
    await over(STATEMENTS)


async def _state(life: Living, book: Book) -> None:
    """Show every cooperative and every school its month."""
    clients, month = life.cloud.clients, f"{life.manifest.week_start:%Y-%m}"
    cooperatives, canteens = items(clients["farmers"], "/cooperatives"), items(clients["nutrition"], "/canteens")
    paths = [f"/statements/cooperatives/{one['cooperative_id']}" async for one in cooperatives]
    paths += [f"/statements/schools/{one['canteen_id']}" async for one in canteens]

    async def show(path: str) -> None:
        body_of(await clients["procurement"].get(path, params={"month": month}))

    await Crew(book.tick, HANDS).every(paths, show)
