"""A province's week is shared by replicas: each county's run is carried out once, by whoever takes it first."""

import asyncio
from collections.abc import Callable
from typing import Any

from services.procurement.main import definition
from services.procurement.sourcing import queries
from services.procurement.sourcing.runs import run_waiting
from shared.events.procurement import OrderPlaced
from shared.ids import new_id
from shared.service import Service
from shared.workers import Workers
from tests.api.procurement import facts
from tests.api.procurement.facts import MONDAY
from tests.conftest import WorldOf
from tests.world import World, ok

COUNTIES = [f"5206{number:02}" for number in range(1, 7)]


class Meeting(Workers):
    """Worker processes of one of two replicas: the first thing each computes waits until the other computes, too."""

    def __init__(self, meeting: asyncio.Barrier, carry: Callable[..., Any]) -> None:
        super().__init__(0)
        self.computed = 0
        self._meeting, self._carry = meeting, carry

    async def run(self, *arguments: Any, **named: Any) -> Any:
        """Run a job when both replicas are at work."""
        self.computed += 1
        if self.computed == 1:
            await self._meeting.wait()
        return await self._carry(*arguments, **named)


def replica_of(world: World, meeting: asyncio.Barrier) -> tuple[Service, Meeting]:
    """Return another process's procurement, over the same database, that carries out one run after another."""
    service = world.services["procurement"]
    workers = Meeting(meeting, service.workers.run)
    settings = service.settings.model_copy(update={"workers": 1})
    return Service(definition, settings, world.bus, world.clock, workers), workers


async def test_replicas_share_the_counties_of_a_province(world_of: WorldOf) -> None:
    """Two replicas work at the same time, each on other counties; together they order everything once."""
    world = await world_of("procurement")
    for number, county in enumerate(COUNTIES):
        needs = {("cabbage", MONDAY): 20_000}
        told = (
            facts.a_canteen(f"school-{number}"),
            facts.a_cooperative(f"coop-{number}", county),
            facts.an_offer(f"offer-{number}", f"coop-{number}"),
            facts.a_menu(needs, f"school-{number}", f"menu-{number}"),
        )
        await world.publish(*(event.model_copy(update={"county_code": county}) for event in told))
    await world.settle()
    client = world.client("procurement")
    await ok(await client.post("/sourcing-runs/province", json={"week_start": str(MONDAY)}))
    meeting = asyncio.Barrier(2)
    (one, at_one), (other, at_other) = (replica_of(world, meeting) for _ in range(2))
    try:
        done = await asyncio.wait_for(asyncio.gather(run_waiting(one), run_waiting(other)), timeout=120)
    finally:
        await one.stop()
        await other.stop()
    assert sum(done) == len(COUNTIES)
    assert min(done) >= 1
    assert at_one.computed + at_other.computed == len(COUNTIES)
    await world.settle()
    runs = (await ok(await client.get("/sourcing-runs", params={"limit": 100})))["items"]
    assert sorted(run["county_code"] for run in runs) == COUNTIES
    assert {(run["status"], run["orders"]) for run in runs} == {("done", 1)}
    placed = world.told_of(OrderPlaced)
    assert sorted(event.county_code for event in placed) == COUNTIES
    assert {line.ordered_g for event in placed for line in event.lines} == {20_000}
    await facts.no_dead_letters(world)


async def test_a_run_that_is_asked_for_once_more_begins_after_that_unit_of_work(world_of: WorldOf) -> None:
    """A run that waits is not taken while a unit of work leaves it more; asked for beside one just taken, one more is.

    Else it would read the county's lines as they were before, and what was left to it would wait for ever.
    """
    world = await world_of("procurement")
    service = world.services["procurement"]
    week = {(COUNTIES[0], MONDAY)}

    async def taken() -> str | None:
        async with service.begin() as uow:
            run = await queries.claim(uow.session, new_id(), uow.now)
        return run.run_id if run else None

    async with service.begin() as uow:
        await queries.queue_again(uow.session, week, uow.now)
    async with service.begin() as leaving:
        await queries.queue_again(leaving.session, week, leaving.now)
        assert await taken() is None
    first = await taken()
    assert first is not None
    assert await taken() is None
    async with service.begin() as uow:
        await queries.queue_again(uow.session, week, uow.now)
    second = await taken()
    assert second is not None
    assert second != first
