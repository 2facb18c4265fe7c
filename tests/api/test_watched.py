"""What somebody is to be woken by is counted on a timer and shown among the metrics."""

import math

from prometheus_client.parser import text_string_to_metric_families

from shared.service import watch
from tests.api.farmers.builders import a_county, put
from tests.api.farmers.test_certificates import REPORT, certificate
from tests.api.logistics.county import CHILLED, open_county
from tests.api.logistics.test_tracking import a_departed_trip, readings
from tests.api.procurement import facts
from tests.conftest import WorldOf
from tests.world import World, ok


async def shown(world: World, service: str) -> dict[str, float]:
    """Return what a service's metrics say of what is watched."""
    names = world.services[service].definition.watched.names
    text = (await world.client(service).get("/metrics")).text
    families = text_string_to_metric_families(text)
    return {each.name: each.value for family in families for each in family.samples if each.name in names}


async def test_trips_and_alarms_are_counted(world_of: WorldOf) -> None:
    """A warm trip of which nothing is heard any more, and its alarm; before the first count nothing is claimed."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world, temperature_class=CHILLED)
    assert all(math.isnan(value) for value in (await shown(world, "logistics")).values())
    start = world.clock.now().replace(minute=0)
    await ok(await client.post(f"/trips/{trip_id}/points", json=readings(start, 12.0)))
    await watch(world.services["logistics"])
    counted = await shown(world, "logistics")
    assert {name: counted[name] for name in ("trips_under_way", "warm_trips", "late_trips")} == {
        "trips_under_way": 1,
        "warm_trips": 1,
        "late_trips": 0,
    }


async def test_certificates_that_end_soon_are_counted(world_of: WorldOf) -> None:
    """Within thirty days, and not those that hold longer or are over."""
    world = await world_of("farmers")
    await a_county(world)
    for key, day in (("a", "2026-12-24"), ("b", "2026-12-23"), ("c", "2026-11-22")):
        row = certificate(key, kind=REPORT, number=key, food_codes=[f"food-{key}"], expires_on=day)
        assert (await put(world, "/certificates", row))["created"] == 1
    await watch(world.services["farmers"])
    assert await shown(world, "farmers") == {"certificates_expiring": 1}


async def test_unmet_demand_is_counted(world_of: WorldOf) -> None:
    """What a run found nobody for counts from a week before its day until the day is over."""
    world = await world_of("procurement")
    await world.publish(facts.a_canteen(), facts.a_menu({("cabbage", facts.MONDAY): 30_000}))
    await world.settle()
    await facts.run(world)
    await watch(world.services["procurement"])
    assert await shown(world, "procurement") == {"unmet_demand_lines": 1, "unmet_demand_grams": 30_000}
