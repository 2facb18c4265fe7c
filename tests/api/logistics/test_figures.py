"""How many deliveries came in time and cold."""

from datetime import datetime, timedelta

import pytest

from tests.api.logistics.county import CHILLED, COUNTY, DAY, a_planned_trip, open_county
from tests.conftest import WorldOf
from tests.people import official
from tests.world import ok, refused

DAYS = {"from": str(DAY), "until": str(DAY)}


@pytest.mark.parametrize(("minutes", "late"), [(-30, 0), (15, 0), (16, 1)])
async def test_deliveries_are_counted_by_county(world_of: WorldOf, minutes: int, late: int) -> None:
    """What arrived on the days asked for counts; late is what came more than a quarter of an hour after its plan."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_planned_trip(world, "ord-1")
    trip = await ok(await client.get(f"/trips/{trip_id}"))
    planned = next(stop["planned_at"] for stop in trip["stops"] if stop["kind"] == "delivery")
    await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    await ok(await client.post(f"/trips/{trip_id}/depart"))
    world.clock.move_to(datetime.fromisoformat(planned) + timedelta(minutes=minutes))
    await ok(await client.post(f"/trips/{trip_id}/arrive", json={"canteen_id": "sch-1"}))
    (county,) = (await ok(await client.get("/delivery-figures", params=DAYS)))["counties"]
    assert county == {"county_code": COUNTY, "deliveries": 1, "late": late, "cooled": 0, "warm": 0}
    around = {"from": str(DAY - timedelta(days=3)), "until": str(DAY + timedelta(days=3))}
    assert (await ok(await client.get("/delivery-figures", params=around)))["counties"] == [county]
    other = {"from": str(DAY + timedelta(days=1)), "until": str(DAY + timedelta(days=1))}
    assert (await ok(await client.get("/delivery-figures", params=other)))["counties"] == []


async def test_a_warm_delivery_is_counted(world_of: WorldOf) -> None:
    """Of deliveries that need cooling those are warm whose trip was outside its limit for longer than allowed."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_planned_trip(world, "ord-1", temperature_class=CHILLED)
    await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    await ok(await client.post(f"/trips/{trip_id}/depart"))
    departed = world.clock.now()
    world.clock.move_to(departed + timedelta(minutes=40))
    warm = {"lat": 28.1, "lon": 109.1, "temperature_c": 15}
    points = [warm | {"sequence": n, "at": (departed + timedelta(minutes=n)).isoformat()} for n in range(1, 40)]
    await ok(await client.post(f"/trips/{trip_id}/points", json={"device_id": "dev-1", "points": points}))
    await ok(await client.post(f"/trips/{trip_id}/arrive", json={"canteen_id": "sch-1"}))
    await world.settle()
    of_county = world.client("logistics", as_=official(COUNTY))
    (county,) = (await ok(await of_county.get("/delivery-figures", params=DAYS | {"county_code": COUNTY})))["counties"]
    assert (county["deliveries"], county["cooled"], county["warm"]) == (1, 1, 1)


async def test_days_are_bounded(world_of: WorldOf) -> None:
    """A span that ends before it begins, or of more than 93 days, is refused; another county is nobody's business."""
    world = await world_of("logistics")
    client = world.client("logistics")
    for until in (DAY - timedelta(days=1), DAY + timedelta(days=93)):
        asked = {"from": str(DAY), "until": str(until)}
        refused(await client.get("/delivery-figures", params=asked), 422, "days")
    elsewhere = world.client("logistics", as_=official("520101"))
    refused(await elsewhere.get("/delivery-figures", params=DAYS | {"county_code": COUNTY}), 403, "other-tenant")
