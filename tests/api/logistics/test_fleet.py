"""The fleet by REST."""

from tests.api.logistics.county import a_vehicle, open_county
from tests.conftest import WorldOf
from tests.world import ok, refused


async def test_good_rows_are_taken_and_bad_ones_named(world_of: WorldOf) -> None:
    """Of the rows loaded the good ones are taken, each bad one is named with its field; twice changes nothing."""
    world = await world_of("logistics")
    client = await open_county(world)
    good = a_vehicle("veh-3", "frozen")
    bad = [
        a_vehicle("veh-4", "lukewarm"),
        a_vehicle("veh-5", "ambient", capacity_g=-1),
        a_vehicle("veh-6", "ambient") | {"depot_id": "dep-9"},
        a_vehicle("veh-7", "ambient") | {"frozen_boxes": True},
    ]
    answer = await ok(await client.put("/vehicles", json={"rows": [*bad, good]}))
    assert (answer["created"], answer["changed"]) == (1, 0)
    refusals = [(one["index"], one["field"]) for one in answer["refused"]]
    assert refusals == [(0, "temperature_class"), (1, "capacity_g"), (2, "depot_id"), (3, "frozen_boxes")]
    again = await ok(await client.put("/vehicles", json={"rows": [good]}))
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 1)
    changed = await ok(await client.put("/vehicles", json={"rows": [good | {"capacity_g": 2_000_000}]}))
    assert changed["changed"] == 1
    page = await ok(await client.get("/vehicles", params={"depot_id": "dep-1", "limit": 2}))
    assert ([row["vehicle_id"] for row in page["items"]], page["next"]) == (["veh-1", "veh-2"], "veh-2")


async def test_lists_of_the_fleet_are_bounded(world_of: WorldOf) -> None:
    """A page has a limit; depots and drivers are listed by id."""
    world = await world_of("logistics")
    client = await open_county(world)
    refused(await client.get("/depots", params={"limit": 1_001}), 422, "invalid-input")
    assert (await ok(await client.get("/depots", params={"county_code": "999999"})))["items"] == []
    assert (await ok(await client.get("/drivers")))["items"] == [{"driver_id": "drv-1", "depot_id": "dep-1"}]
