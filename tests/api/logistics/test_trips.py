"""Trips by REST: planned, loaded, departed, arrived."""

from shared.events.logistics import ConsignmentLoaded, DeliveryArrived, DeliveryDeparted, TripPlanned
from tests.api.logistics.county import (
    a_planned_trip,
    open_county,
)
from tests.conftest import WorldOf
from tests.world import ok


async def test_an_order_rides_from_the_cooperative_to_the_school(world_of: WorldOf) -> None:
    """A confirmed and packed order is planned, loaded, departs and arrives; each step is told once."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_planned_trip(world, "ord-1", "ord-2")
    detail = await ok(await client.get(f"/trips/{trip_id}"))
    assert [(stop["kind"], stop["place_id"]) for stop in detail["stops"]] == [
        ("pickup", "coop-1"),
        ("delivery", "sch-1"),
    ]
    assert detail["driver_id"] == "drv-1"
    loaded = await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    assert (loaded["loaded"], loaded["left"]) == (["ord-1", "ord-2"], [])
    departed = await ok(await client.post(f"/trips/{trip_id}/depart"))
    assert departed["order_ids"] == ["ord-1", "ord-2"]
    arrived = await ok(await client.post(f"/trips/{trip_id}/arrive", json={"canteen_id": "sch-1"}))
    assert (arrived["order_ids"], arrived["completed"]) == (["ord-1", "ord-2"], True)
    await world.settle()
    told = [len(world.told_of(event)) for event in (TripPlanned, ConsignmentLoaded, DeliveryDeparted, DeliveryArrived)]
    assert told == [1, 2, 1, 1]
