"""Plays the demo: loads the county, lives through the week with a progress bar, reports, and serves what came of it."""

import json
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from services.demo import comparison, numbers, report, users
from services.demo.calls import Crew
from services.demo.menus import School
from services.demo.week import Week
from services.generator import BadRow, Manifest, read, read_manifest
from services.generator.reference import DATA
from services.loading import Loaded, load, total_rows
from services.together import Together
from shared.clock import ManualClock, RunningClock
from shared.ids import RepeatableIds, ids_from
from shared.settings import Settings
from shared.standalone import listen

COUNTY = DATA / "county"
STEPS = 30


def state_of(settings: Settings) -> Path:
    """Return the file that remembers how far the week has come."""
    return settings.var / "demo.json"


async def play(settings: Settings, console: Console, directory: Path = COUNTY) -> dict[str, Any]:
    """Live through the county's week (or the rest of it) and return its figures."""
    manifest = read_manifest(directory)
    journal = _Journal.of(settings, manifest)
    clock = ManualClock(journal.now)
    ids = RepeatableIds(clock, f"{manifest.counties[0]} {manifest.week_start}")
    columns = (TextColumn("{task.description:<34}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    async with Together(settings, clock) as together:
        if not journal.over:
            with Progress(*columns, console=console) as bar, ids_from(ids):
                if "load" not in journal.finished:
                    ids.scene(journal.begin("load", clock.now()))
                    await _load(together, directory, bar)
                await _live(together, clock, manifest, directory, bar, journal, ids)
        figures = await report.gather(together, manifest.counties[0], manifest.week_start)
        figures |= comparison.read(journal.path.with_name("demo-comparison.json"))
    return figures | {"seconds": round(journal.seconds, 1)}


@dataclass
class _Journal:
    """How far the week has come, kept in a file: where the clock stands, the seconds it took, whether it is over.

    `begun` counts how often each step was begun, first to last: one that was interrupted is begun again, those before
    it are finished.
    """

    path: Path
    now: datetime
    seconds: float
    over: bool
    started: float
    begun: dict[str, int]

    @classmethod
    def of(cls, settings: Settings, manifest: Manifest) -> Self:
        path = state_of(settings)
        noted = json.loads(path.read_text()) if path.exists() else {}
        now = datetime.fromisoformat(noted["now"]) if noted else _before(manifest)
        seconds, over = noted.get("seconds", 0.0), noted.get("over", False)
        return cls(path, now, seconds, over, time.perf_counter(), noted.get("begun", {}))

    @property
    def finished(self) -> frozenset[str]:
        return frozenset(list(self.begun)[:-1])

    def begin(self, step: str, now: datetime) -> str:
        """Note that a step begins, and return a name that no step had before."""
        self.begun[step] = self.begun.get(step, 0) + 1
        self.note(now)
        return f"{step} {self.begun[step]}"

    def note(self, now: datetime, *, over: bool = False) -> None:
        lap = time.perf_counter()
        self.seconds += lap - self.started
        self.started, self.now, self.over = lap, now, over
        noted = json.dumps({"now": now.isoformat(), "seconds": self.seconds, "over": over, "begun": self.begun})
        # Written aside and renamed: whatever kills us, the file is whole.
        fresh = self.path.with_suffix(".new")
        fresh.write_text(noted)
        fresh.replace(self.path)


def serve(settings: Settings, console: Console, directory: Path = COUNTY) -> None:
    """Serve all services on one port until Ctrl-C, with sample users; the clock goes on from where the week ended."""
    now = datetime.fromisoformat(json.loads(state_of(settings).read_text())["now"])
    wanted = users.samples(directory, read_manifest(directory).counties[0])
    together = Together(settings, RunningClock(now), partial(users.let_in, wanted=wanted, console=console))
    listen(together.app(), settings)


def _before(manifest: Manifest) -> datetime:
    monday = datetime.combine(manifest.week_start, datetime.min.time(), UTC)
    return monday - timedelta(days=7)


async def _load(together: Together, directory: Path, bar: Progress) -> None:
    task = bar.add_task("the county is loaded", total=total_rows(directory))
    loaded = Loaded()
    before: dict[str, int] = defaultdict(int)
    async for file, done in load(directory, await together.clients(), loaded):
        bar.update(task, advance=done - before[file], description=f"loading {file}")
        before[file] = done
    for row in loaded.bad[:20]:
        bar.console.print(f"[yellow]not loaded:[/] {row}")
    bar.update(task, completed=total_rows(directory), description="the county is loaded")
    await together.settle()
    await numbers.say((await together.clients())["logistics"])


async def _live(
    together: Together,
    clock: ManualClock,
    manifest: Manifest,
    directory: Path,
    bar: Progress,
    journal: _Journal,
    ids: RepeatableIds,
) -> None:
    task = bar.add_task("the week", total=STEPS)
    detail = bar.add_task("", total=None, visible=True)
    week = Week(
        manifest.counties,
        manifest.week_start,
        schools_of(directory),
        await together.clients(),
        clock,
        together.settle,
        Crew(lambda: bar.advance(detail)),
        journal.path.with_name("demo-comparison.json"),
    )
    async for step in week.steps(journal.finished):
        ids.scene(journal.begin(step, clock.now()))
        bar.update(task, description=step)
        bar.advance(task)
        bar.reset(detail, total=None, description="")
    journal.note(clock.now(), over=True)
    bar.update(task, completed=STEPS, description="the week is over")
    bar.remove_task(detail)


def schools_of(directory: Path) -> list[School]:
    """Return the canteens of a generated directory with the templates their staff fall back on."""
    templates: dict[str, dict[int, dict[str, list[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for item in read(directory, "menu_templates.csv"):
        if not isinstance(item, BadRow):
            row: dict[str, Any] = dict(item[1])
            templates[row["template_id"]][row["weekday"]][row["meal"]].append(row["dish_code"])
    schools = []
    for item in read(directory, "canteens.csv"):
        if not isinstance(item, BadRow):
            row = dict(item[1])
            schools.append(
                School(row["canteen_id"], row["county_code"], tuple(row["meals"]), templates[row["template_id"]])
            )
    return schools
