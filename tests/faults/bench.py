"""A run: a county lives, things break, and in the end it is judged what came of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.messaging.bus import SERVICES
from tests.faults.breaking import Breaking
from tests.faults.checker import check
from tests.faults.clients import Client, Line, Pace
from tests.faults.country import Country
from tests.faults.disk import SIZE_MB
from tests.faults.evidence import Evidence, Violation
from tests.faults.figures import figures_of
from tests.faults.journal import Journal
from tests.faults.keeper import Keeper
from tests.faults.load import Load, Size
from tests.faults.registry import Registry
from tests.faults.schedule import Planned, by_hand, each_once
from tests.faults.watch import BACKLOG, Watch

ANSWER_S = 4.0
"""How long a client waits for an answer before it asks again."""
SETTLE_S = 600.0
UNDER_WAY_S = 5.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is made from: the seed says everything that is drawn.

    Without `seconds` every kind of fault comes once; with them, faults come for so long from so many `hands`. So many
    `rows_per_second` are registered beside what the small county does; `disk_mb` are the database's.
    """

    seed: int
    size: Size
    per_second: float
    seconds: float | None = None
    hands: int = 1
    brokers: int = 1
    rows_per_second: float = 0.0
    disk_mb: int = SIZE_MB

    def schedules(self) -> Sequence[Iterable[Planned]]:
        """Return what each hand breaks."""
        if self.seconds is None:
            return [each_once(self.seed)]
        return by_hand(self.seed, self.hands, cluster=self.brokers > 1)

    @property
    def backlog(self) -> int:
        """Events that may wait in a service that keeps up: a few seconds of the rows are on their way at any time."""
        return BACKLOG + round(UNDER_WAY_S * self.rows_per_second)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a run."""

    figures: dict[str, Any]
    violations: Sequence[Violation]


async def carry_out(plan: Plan, folder: Path, tell: Callable[[str], None] = print) -> Result:
    """Live, break, settle and judge. What broke is told as it happens."""
    tell(f"{plan}")
    country = Country(folder, plan.brokers, plan.disk_mb)
    async with country.open():
        began = time.monotonic()
        watch = Watch(country, plan.backlog)
        breaking = Breaking(country, watch, tell)
        keeper = Keeper(country.seats.values())
        async with _running(keeper.run()):
            with Journal(folder / "journal.jsonl") as journal:
                await _live(plan, country, breaking, journal)
            lived_s = time.monotonic() - began
            caught_up_s = await country.settle(SETTLE_S)
        await asyncio.to_thread(country.stop)
        evidence = Evidence(journal.path, country.databases, country.brokers.bootstrap)
        violations = [*breaking.violations, *await check(evidence)]
        figures: dict[str, Any] = {"seed": plan.seed, "seconds": round(lived_s), "catch_up_s": round(caught_up_s, 1)}
        figures |= await figures_of(evidence, breaking.happened, watch, violations)
        figures["started_again"] = dict(keeper.again)
    for violation in violations:
        tell(f"{violation}")
    return Result(figures, violations)


async def _live(plan: Plan, country: Country, breaking: Breaking, journal: Journal) -> None:
    async with AsyncExitStack() as stack:
        clients = {name: await stack.enter_async_context(country.client(name, ANSWER_S)) for name in SERVICES}
        line = Line(clients, journal, Pace(plan.per_second))
        load = Load(line, country.calendar, plan.seed, plan.size)
        await load.set_up()
        await stack.enter_async_context(_running(breaking.watch.run()))
        if plan.rows_per_second:
            registry = Registry(Client("registry", line, plan.seed), plan.rows_per_second)
            await stack.enter_async_context(_running(registry.work()))
        hands = [breaking.carry_out(schedule, plan.seconds) for schedule in plan.schedules()]
        async with asyncio.TaskGroup() as group:
            breakers = [group.create_task(hand) for hand in hands]
            group.create_task(load.live(lambda: all(breaker.done() for breaker in breakers)))


@asynccontextmanager
async def _running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
