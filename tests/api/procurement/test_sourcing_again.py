"""What falls short in many counties at once is sourced again by runs, one of each county's week."""

from datetime import timedelta
from typing import Any

import pytest

from services.procurement.sourcing import placing
from shared.events.farmers import OfferWithdrawn
from shared.events.procurement import DemandUnmet, OrderPlaced
from tests.api.procurement import facts
from tests.api.procurement.facts import MONDAY, TUESDAY
from tests.conftest import WorldOf
from tests.world import World, ok

COUNTIES = [f"5206{number:02}" for number in range(1, placing.COUNTIES_AT_ONCE + 2)]


async def ordered(world_of: WorldOf, counties: list[str]) -> World:
    """Return a world in which a school of each county has ordered cabbage from the cheaper of its two cooperatives."""
    world = await world_of("procurement")
    for county in counties:
        told = [
            facts.a_canteen(f"school-{county}"),
            facts.a_cooperative(f"cheap-{county}", county),
            facts.an_offer(f"cheap-{county}", f"cheap-{county}", quantity_g=20_000),
            facts.a_cooperative(f"dear-{county}", county),
            facts.an_offer(f"dear-{county}", f"dear-{county}", quantity_g=20_000, price_fen_per_kg=900),
            facts.a_menu({("cabbage", MONDAY): 20_000}, f"school-{county}", f"menu-{county}"),
        ]
        await world.publish(*(event.model_copy(update={"county_code": county}) for event in told))
    await world.settle()
    await ok(await world.client("procurement").post("/sourcing-runs/province", json={"week_start": str(MONDAY)}))
    await world.settle()
    assert len(world.told_of(OrderPlaced)) == len(counties)
    return world


async def runs_of(world: World, kind: str) -> list[dict[str, Any]]:
    """Return the runs of a kind."""
    told = await ok(await world.client("procurement").get("/sourcing-runs", params={"limit": 100}))
    return [run for run in told["items"] if run["kind"] == kind]


async def decline_all(world: World, *, jobs: bool = True) -> None:
    """Let every order that was placed be declined in one batch."""
    await world.publish(*(facts.declined(order) for order in world.told_of(OrderPlaced)))
    await world.settle(jobs=jobs)


async def test_what_falls_short_in_many_counties_is_ordered_by_a_run_of_each(world_of: WorldOf) -> None:
    """A batch of answers releases the lines and asks for runs; each orders its county's anew, once, from others."""
    world = await ordered(world_of, COUNTIES)
    await decline_all(world, jobs=False)
    assert {run["status"] for run in await runs_of(world, "again")} == {"queued"}
    assert (await facts.lines_of(world, f"school-{COUNTIES[0]}"))["cabbage"]["open_g"] == 20_000
    await world.settle()
    again = world.told_of(OrderPlaced)[len(COUNTIES) :]
    assert sorted(order.cooperative_id for order in again) == [f"dear-{county}" for county in COUNTIES]
    runs = await runs_of(world, "again")
    assert sorted(run["county_code"] for run in runs) == COUNTIES
    assert {(run["status"], run["orders"], run["demand_lines"], run["premium_permille"]) for run in runs} == {
        ("done", 1, 1, None)
    }
    await facts.no_dead_letters(world)


async def test_what_falls_short_in_few_counties_is_ordered_at_once(world_of: WorldOf) -> None:
    """The unit of work that hears of it orders it itself: nobody waits for a run."""
    world = await ordered(world_of, COUNTIES[1:])
    await decline_all(world, jobs=False)
    assert len(world.told_of(OrderPlaced)) == 2 * len(COUNTIES[1:])
    assert await runs_of(world, "again") == []


async def test_what_nobody_else_has_is_told_as_unmet_by_the_run(world_of: WorldOf) -> None:
    """Each line that a run finds nobody for is told short, and says in the run why."""
    world = await ordered(world_of, COUNTIES)
    for county in COUNTIES:
        for name in (f"cheap-{county}", f"dear-{county}"):
            await world.publish(OfferWithdrawn(offer_id=name, cooperative_id=name, version=2, withdrawn_at=facts.AT))
    await world.settle()
    await decline_all(world)
    assert [unmet.unmet_g for unmet in world.told_of(DemandUnmet)] == [20_000] * len(COUNTIES)
    (run, *_others) = await runs_of(world, "again")
    told = await ok(await world.client("procurement").get(f"/sourcing-runs/{run['run_id']}/shortfalls"))
    assert [short["unmet_g"] for short in told["items"]] == [20_000]


async def test_batches_before_a_run_begins_ask_for_one(world_of: WorldOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that waits takes what later batches leave it: a county's week has at most one waiting."""
    monkeypatch.setattr(placing, "COUNTIES_AT_ONCE", 0)
    world = await ordered(world_of, COUNTIES[:2])
    first, second = world.told_of(OrderPlaced)
    for batch in ((facts.declined(first),), (facts.declined(second), facts.declined(first))):
        await world.publish(*batch)
        await world.settle(jobs=False)
    assert len(await runs_of(world, "again")) == 2
    await world.settle()
    await decline_all(world)
    assert len(await runs_of(world, "again")) == 4


async def test_demand_nobody_has_sourced_waits_for_an_official(world_of: WorldOf) -> None:
    """A run that sources again orders what offers could not bring, not a menu that came after the county's run."""
    world = await ordered(world_of, COUNTIES)
    late = facts.a_menu({("cabbage", TUESDAY): 5_000}, "late", "late")
    school = facts.a_canteen("late")
    await world.publish(*(event.model_copy(update={"county_code": COUNTIES[0]}) for event in (school, late)))
    await decline_all(world)
    assert len(world.told_of(OrderPlaced)) == 2 * len(COUNTIES)
    assert (await facts.lines_of(world, "late"))["cabbage"]["open_g"] == 5_000


async def test_a_week_that_is_over_has_nobody_to_ask(world_of: WorldOf) -> None:
    """Answers heard after the week end what is short at once: no run can deliver it."""
    world = await ordered(world_of, COUNTIES)
    world.clock.advance(timedelta(days=21))
    await decline_all(world, jobs=False)
    assert await runs_of(world, "again") == []
    line = (await facts.lines_of(world, f"school-{COUNTIES[0]}"))["cabbage"]
    assert (line["open_g"], line["unmet_g"], line["status"]) == (0, 20_000, "sourced")
