"""Which days have something: whoever looks at an empty one is led to them."""

from datetime import timedelta
from typing import Any

from tests.api.logistics.county import COUNTY, DAY, a_cancellation, a_confirmation, a_planned_trip, open_county
from tests.conftest import WorldOf
from tests.people import canteen, driver, official
from tests.world import World, ok, refused

NONE = {"before": None, "after": None}


async def near(world: World, as_: Any, path: str, days: int, **of: str) -> dict[str, Any]:
    """Ask for the days near one that lies so many days after that of the trip."""
    client = world.client("logistics", as_=as_)
    told: dict[str, Any] = await ok(await client.get(path, params={"near": str(DAY + timedelta(days=days))} | of))
    return told


async def test_the_nearest_days_are_told(world_of: WorldOf) -> None:
    """The last day before and the first after one, of whoever asks; the day itself is neither."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip = await ok(await client.get(f"/trips/{await a_planned_trip(world, 'ord-1')}"))
    people = (
        (official(COUNTY), "/trip-days", {"county_code": COUNTY}),
        (driver(trip["driver_id"]), "/trip-days", {"driver_id": trip["driver_id"]}),
        (canteen("sch-1"), "/delivery-days", {"canteen_id": "sch-1"}),
        (official(COUNTY), "/delivery-days", {"county_code": COUNTY}),
    )
    for who, path, of in people:
        assert await near(world, who, path, 5, **of) == {"before": str(DAY), "after": None}
        assert await near(world, who, path, -40, **of) == {"before": None, "after": str(DAY)}
        assert await near(world, who, path, 0, **of) == NONE


async def test_what_nobody_brings_is_no_delivery(world_of: WorldOf) -> None:
    """A day whose only order was called off is as empty as one without; so is another school's."""
    world = await world_of("logistics")
    await open_county(world)
    await world.publish(a_confirmation("ord-1"))
    await world.settle()
    assert await near(world, canteen("sch-1"), "/delivery-days", 5, canteen_id="sch-1") != NONE
    assert await near(world, canteen("sch-2"), "/delivery-days", 5, canteen_id="sch-2") == NONE
    await world.publish(a_cancellation("ord-1"))
    await world.settle()
    assert await near(world, canteen("sch-1"), "/delivery-days", 5, canteen_id="sch-1") == NONE


async def test_days_are_told_to_whom_they_concern(world_of: WorldOf) -> None:
    """Another's days are refused, and so are days of everybody and a day that is none."""
    world = await world_of("logistics")
    await open_county(world)
    cook = world.client("logistics", as_=canteen("sch-1"))
    for of in ({"canteen_id": "sch-2"}, {"county_code": COUNTY}, {}):
        assert (await cook.get("/delivery-days", params={"near": str(DAY)} | of)).status_code == 403
    refused(await cook.get("/delivery-days", params={"near": "60", "canteen_id": "sch-1"}), 422, "invalid-input")
