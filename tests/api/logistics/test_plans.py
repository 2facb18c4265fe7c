"""Trip plans by REST: requested, computed by a job, applied to what still holds."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.logistics.plans import planning, queries
from services.logistics.plans.domain import MAX_ATTEMPTS
from services.logistics.plans.facts import read_facts
from services.logistics.roads.estimate import estimated
from services.logistics.trips import routing
from services.logistics.trips.applying import apply_plan
from shared.events.logistics import TripPlanned
from shared.ids import new_id
from tests.api.logistics.county import (
    CHILLED,
    COUNTY,
    DAY,
    a_cancellation,
    a_confirmation,
    a_vehicle,
    open_county,
    plan,
)
from tests.conftest import WorldOf
from tests.world import World, ok, refused

REQUEST = {"county_code": COUNTY, "day": str(DAY)}


async def trips_of(world: World) -> list[dict[str, Any]]:
    """Return the trips of the county's day."""
    page = await ok(await world.client("logistics").get("/trips", params=REQUEST))
    items: list[dict[str, Any]] = page["items"]
    return items


async def a_queued_plan(world_of: WorldOf) -> tuple[World, httpx.AsyncClient, dict[str, Any]]:
    """Return a world whose county has a confirmed order, a client, and a plan that waits to be computed."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(a_confirmation("ord-1"))
    await world.settle()
    return world, client, await ok(await client.post("/trip-plans", json=REQUEST))


async def test_chilled_food_rides_in_chilled_vehicles_only(world_of: WorldOf) -> None:
    """A consignment with a chilled line is planned on a vehicle that keeps cold, ambient ones on any."""
    world = await world_of("logistics")
    await open_county(world)
    await world.publish(a_confirmation("ord-1", temperature_class=CHILLED), a_confirmation("ord-2"))
    await world.settle()
    made = await plan(world)
    assert (made["status"], made["consignments"], made["unplanned"]) == ("done", 2, [])
    chilled = [trip for trip in await trips_of(world) if trip["temperature_class"] == "chilled"]
    assert [trip["vehicle_id"] for trip in chilled] == ["veh-2"]


async def test_what_fits_in_no_vehicle_is_named(world_of: WorldOf) -> None:
    """A consignment no vehicle can take is left out with the reason, and the next plan finds it again."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(a_confirmation("ord-1", grams=(2_000_000,)), a_confirmation("ord-2"))
    await world.settle()
    made = await plan(world)
    assert [(one["order_id"], one["reason"]) for one in made["unplanned"]] == [("ord-1", "heavier-than-any-vehicle")]
    await ok(await client.put("/vehicles", json={"rows": [a_vehicle("veh-9", "ambient", capacity_g=3_000_000)]}))
    again = await plan(world)
    assert (again["consignments"], again["unplanned"]) == (1, [])


async def test_a_vehicle_reloads_when_the_day_allows(world_of: WorldOf) -> None:
    """Two loads too heavy for one trip make two trips of one vehicle, one after the other."""
    world = await world_of("logistics")
    await open_county(world)
    confirmed = [a_confirmation(f"ord-{n}", grams=(800_000,), temperature_class=CHILLED) for n in (1, 2)]
    await world.publish(*confirmed)
    await world.settle()
    assert (await plan(world))["trips"] == 2
    first, second = sorted(await trips_of(world), key=lambda trip: trip["number"])
    assert (first["vehicle_id"], second["vehicle_id"]) == ("veh-2", "veh-2")
    assert first["ends_at"] <= second["starts_at"]


async def test_plans_at_once_put_every_order_on_one_trip(world_of: WorldOf) -> None:
    """However many plans of a day run at once, an order rides on one trip and a vehicle makes one trip at a time."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(*(a_confirmation(f"ord-{n}") for n in range(6)))
    await world.settle()
    for _ in range(3):
        await ok(await client.post("/trip-plans", json=REQUEST))
    service = world.services["logistics"]
    assert sum(await asyncio.gather(*(planning.plan_trips(service) for _ in range(3)))) == 3
    await world.settle()
    planned = [order for trip in world.told_of(TripPlanned) for stop in trip.stops for order in stop.order_ids]
    assert sorted(planned) == sorted([f"ord-{n}" for n in range(6)] * 2)
    numbers = [(trip["vehicle_id"], trip["number"]) for trip in await trips_of(world)]
    assert len(set(numbers)) == len(numbers)
    plans = await ok(await client.get("/trip-plans", params={"county_code": COUNTY}))
    assert [one["status"] for one in plans["items"]] == ["done"] * 3


async def test_a_cancelled_plan_makes_no_trips(world_of: WorldOf) -> None:
    """A plan cancelled before or while it runs applies nothing; a finished one stands."""
    world, client, queued = await a_queued_plan(world_of)
    cancelled = await ok(await client.post(f"/trip-plans/{queued['plan_id']}/cancel"))
    assert cancelled["status"] == "cancelled"
    await world.settle()
    assert await trips_of(world) == []
    done = await plan(world)
    refused(await client.post(f"/trip-plans/{done['plan_id']}/cancel"), 409, "plan-finished")


async def test_a_plan_whose_process_died_is_taken_over(world_of: WorldOf) -> None:
    """A running plan without a heartbeat for a minute is taken over; the run that lost it applies nothing."""
    world, client, queued = await a_queued_plan(world_of)
    service = world.services["logistics"]
    async with service.begin() as uow:
        lost = await queries.claim(uow.session, new_id(), uow.now)
    assert lost is not None
    await world.settle()
    assert (await ok(await client.get(f"/trip-plans/{queued['plan_id']}")))["status"] == "running"
    world.clock.advance(timedelta(seconds=61))
    await world.settle()
    assert (await ok(await client.get(f"/trip-plans/{queued['plan_id']}")))["status"] == "done"
    async with service.begin() as uow:
        assert not await queries.update_claimed(uow, lost)
    assert len(await trips_of(world)) == 1


async def test_a_plan_whose_process_is_told_to_end_waits_for_another(
    world_of: WorldOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often replicas are replaced while a plan is computed, it is queued again at once, and no run has died."""
    world, client, queued = await a_queued_plan(world_of)
    service = world.services["logistics"]
    computing = asyncio.Event()

    async def endless(*_arguments: Any) -> None:
        computing.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(service.workers, "run", endless)
        for _ in range(MAX_ATTEMPTS + 1):
            computing.clear()
            planned = asyncio.create_task(planning.plan_trips(service))
            await asyncio.wait_for(computing.wait(), timeout=30)
            planned.cancel()
            with pytest.raises(asyncio.CancelledError):
                await planned
    assert (await ok(await client.get(f"/trip-plans/{queued['plan_id']}")))["status"] == "queued"
    await world.settle()
    assert (await ok(await client.get(f"/trip-plans/{queued['plan_id']}")))["status"] == "done"


async def test_impossible_plans_are_refused(world_of: WorldOf) -> None:
    """Past days, far days and unknown plans are refused by name."""
    world = await world_of("logistics")
    client = world.client("logistics")
    past = await client.post("/trip-plans", json=REQUEST | {"day": "2026-11-22"})
    assert refused(past, 422, "day-is-past")["field"] == "day"
    refused(await client.post("/trip-plans", json=REQUEST | {"day": "2027-11-22"}), 422, "day-too-far")
    refused(await client.get("/trip-plans/nothing"), 404, "unknown-trip-plan")
    refused(await client.post("/trip-plans/nothing/cancel"), 404, "unknown-trip-plan")


async def test_a_plan_whose_runs_die_is_given_up(world_of: WorldOf) -> None:
    """A plan taken over three times in vain is failed, says why, and keeps nobody busy any more."""
    world = await world_of("logistics")
    client = await open_county(world)
    queued = await ok(await client.post("/trip-plans", json=REQUEST))
    for _ in range(3):
        async with world.services["logistics"].begin() as uow:
            assert await queries.claim(uow.session, new_id(), uow.now) is not None
        world.clock.advance(timedelta(seconds=61))
    await world.settle()
    read = await ok(await client.get(f"/trip-plans/{queued['plan_id']}"))
    assert (read["status"], "died" in read["failure"]) == ("failed", True)


async def test_a_consignment_taken_meanwhile_is_left_out(world_of: WorldOf) -> None:
    """What is cancelled while the plan is computed rides nowhere; the rest of the plan stands."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(a_confirmation("ord-1"), a_confirmation("ord-2", canteen_id="sch-2"))
    await world.settle()
    await ok(await client.post("/trip-plans", json=REQUEST))
    service = world.services["logistics"]
    async with service.begin() as uow:
        claimed = await queries.claim(uow.session, new_id(), uow.now)
        assert claimed is not None
        facts = await read_facts(uow, claimed)
    problem = facts.problem(estimated(facts.positions))
    made = routing.plan(routing.Task(problem), lambda _done: None)
    await world.publish(a_cancellation("ord-1"))
    await world.settle(jobs=False)
    async with service.begin() as uow:
        applied = await apply_plan(uow, claimed, 1, problem, made, facts.drivers)
    assert (applied.trips, applied.consignments, applied.complete) == (1, 1, False)
    await world.settle()
    (trip,) = world.told_of(TripPlanned)
    assert [(stop.kind, stop.order_ids) for stop in trip.stops] == [("pickup", ("ord-2",)), ("delivery", ("ord-2",))]
