"""Day plans by REST: all counties of a day at once, each as its own plan; a plan asked for alone goes first."""

from datetime import timedelta
from typing import Any

import httpx

from services.logistics.plans import queries
from shared.events.procurement import OrderConfirmed
from shared.ids import new_id
from tests.api.logistics.county import COUNTY, DAY, a_confirmation, open_county
from tests.conftest import WorldOf
from tests.world import World, ok, refused

OTHER = "520629"
REQUEST = {"day": str(DAY)}


def of_other(order_id: str) -> OrderConfirmed:
    """An order of another county, which has no vehicles."""
    return a_confirmation(order_id).model_copy(update={"county_code": OTHER})


async def two_counties(world: World) -> httpx.AsyncClient:
    """A county with vehicles and one without, both with an order of the day."""
    client = await open_county(world)
    await world.publish(a_confirmation("ord-1"), of_other("ord-2"))
    await world.settle()
    return client


async def request(client: httpx.AsyncClient) -> dict[str, Any]:
    """Ask for the day's plan."""
    plan: dict[str, Any] = await ok(await client.post("/day-plans", json=REQUEST | {"seconds": 1}))
    return plan


async def test_all_counties_of_a_day_are_planned(world_of: WorldOf) -> None:
    """Each county in which something waits has a plan of its own; the day plan says what they come to."""
    world = await world_of("logistics")
    client = await two_counties(world)
    asked = await request(client)
    assert (asked["status"], asked["counties"], asked["progress_permille"]) == ("running", {"queued": 2}, 0)
    await world.settle()
    made = await ok(await client.get(f"/day-plans/{asked['day_plan_id']}"))
    assert (made["status"], made["counties"], made["progress_permille"]) == ("done", {"done": 2}, 1000)
    assert (made["trips"], made["consignments"], made["unplanned"]) == (1, 1, 1)
    assert [one["county_code"] for one in made["plans"]] == [COUNTY, OTHER]
    assert made["cost_fen"] == sum(one["cost_fen"] for one in made["plans"]) > 0
    read = await ok(await client.get(f"/trip-plans/{made['plans'][0]['plan_id']}"))
    assert (read["county_code"], read["status"]) == (COUNTY, "done")


async def test_nothing_is_planned_twice(world_of: WorldOf) -> None:
    """A county whose day is being planned is left out; where nothing is left to plan, that is said."""
    world = await world_of("logistics")
    client = await two_counties(world)
    await ok(await client.post("/trip-plans", json=REQUEST | {"county_code": COUNTY}))
    assert [one["county_code"] for one in (await request(client))["plans"]] == [OTHER]
    assert refused(await client.post("/day-plans", json=REQUEST), 409, "nothing-to-plan")["field"] == "day"
    refused(await client.post("/day-plans", json={"day": "2026-11-22"}), 422, "day-is-past")
    refused(await client.get("/day-plans/nothing"), 404, "unknown-day-plan")
    refused(await client.post("/day-plans/nothing/cancel"), 404, "unknown-day-plan")


async def test_a_cancelled_day_plan_leaves_what_is_done(world_of: WorldOf) -> None:
    """Counties that wait or run are cancelled, twice is the same as once; a day plan that has ended stands."""
    world = await world_of("logistics")
    client = await two_counties(world)
    asked = await request(client)
    for _ in range(2):
        cancelled = await ok(await client.post(f"/day-plans/{asked['day_plan_id']}/cancel"))
        assert (cancelled["status"], cancelled["counties"]) == ("cancelled", {"cancelled": 2})
    await world.settle()
    assert (await ok(await client.get("/trips", params=REQUEST)))["items"] == []
    ended = await request(client)
    await world.settle()
    refused(await client.post(f"/day-plans/{ended['day_plan_id']}/cancel"), 409, "plan-finished")


async def test_who_waits_for_one_plan_goes_first(world_of: WorldOf) -> None:
    """A plan asked for by itself is worked on before those of a day plan that were asked for earlier."""
    world = await world_of("logistics")
    client = await two_counties(world)
    await request(client)
    world.clock.advance(timedelta(seconds=1))
    alone = await ok(await client.post("/trip-plans", json=REQUEST | {"county_code": COUNTY}))
    async with world.services["logistics"].begin() as uow:
        claimed = await queries.claim(uow.session, new_id(), uow.now)
    assert claimed is not None
    assert claimed.plan_id == alone["plan_id"]
