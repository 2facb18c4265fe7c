"""The fleet by REST."""

from typing import Any

import httpx

from tests.api.logistics.county import COUNTY, DAY, a_confirmation, a_vehicle, open_county, plan
from tests.conftest import WorldOf
from tests.world import ok, refused

POINT = {
    "depot_id": "dep-2",
    "county_code": COUNTY,
    "town_code": "520628003",
    "name_zh": "集货点（虚构）",
    "name_en": "Collection Point (fictional)",
    "lat": 28.12,
    "lon": 109.12,
}
MORNING_BACKWARDS = {"starts_at": "09:00", "ends_at": "06:00"}


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
    (driver,) = (await ok(await client.get("/drivers")))["items"]
    assert (driver["driver_id"], driver["depot_id"], driver["licence"]) == ("drv-1", "dep-1", None)


async def test_places_are_where_trips_stop(world_of: WorldOf) -> None:
    """Schools, cooperatives and depots of a county with their names, page by page; nonsense is no place in the list."""
    world = await world_of("logistics")
    client = await open_county(world)
    found: list[tuple[str, str]] = []
    after = None
    while after is not None or not found:
        query = {"county_code": COUNTY, "limit": "2"} | ({} if after is None else {"after": after})
        page = await ok(await client.get("/places", params=query))
        found += [(one["kind"], one["place_id"]) for one in page["items"]]
        after = page["next"]
    canteens, cooperatives = [("canteen", f"sch-{n}") for n in (1, 2)], [("cooperative", f"coop-{n}") for n in (1, 2)]
    assert found == [*canteens, *cooperatives, ("depot", "dep-1")]
    assert (await ok(await client.get("/places", params={"county_code": "529999"})))["items"] == []
    for nonsense in ("canteen", "town.1", "depot."):
        refused(await client.get("/places", params={"after": nonsense}), 422, "cursor")


async def loaded(client: httpx.AsyncClient, path: str, *rows: dict[str, Any]) -> list[tuple[str, str]]:
    """Load rows; return (field, rule) of each that was refused."""
    answer = await ok(await client.put(path, json={"rows": list(rows)}))
    return [(one["field"], one["rule"]) for one in answer["refused"]]


async def test_how_long_a_day_may_be_is_a_dated_rule(world_of: WorldOf) -> None:
    """The law's longest day holds, then what was said for the day, then what is told of the driver."""
    world = await world_of("logistics")
    client = await open_county(world)
    (default,) = (await ok(await client.get("/driving-rules")))["items"]
    assert (default["valid_from"], default["longest_minutes"], "Labour Law" in default["source"]) == (None, 660, True)
    rule = {"valid_from": str(DAY), "longest_minutes": 30, "source": "county"}
    assert await loaded(client, "/driving-rules", rule, rule | {"longest_minutes": 901}) == [
        ("longest_minutes", "less_than_equal")
    ]
    assert (await ok(await client.get("/driving-rules")))["items"][1] == rule
    await world.publish(a_confirmation("ord-1"))
    await world.settle()
    (left,) = (await plan(world))["unplanned"]
    assert (left["reason"], "a driver's day at most 30 min" in left["detail"]) == ("outside-hours", True)
    told = {"driver_id": "drv-1", "depot_id": "dep-1", "longest_minutes": 600}
    assert await loaded(client, "/drivers", told) == []
    assert (await plan(world))["consignments"] == 1


async def test_what_no_vehicle_can_be_is_named(world_of: WorldOf) -> None:
    """Room for a class it may not carry, a village nobody knows, a licence that is none: each is named."""
    world = await world_of("logistics")
    client = await open_county(world)
    vehicle = a_vehicle("veh-4", "ambient")
    bad: list[dict[str, Any]] = [
        {"chilled_g": 5_000},
        {"frozen_g": 5_000},
        {"cooperative_id": "coop-9"},
        {"licence": "D9"},
        {"fen_per_km": -1},
    ]
    assert await loaded(client, "/vehicles", *(vehicle | one for one in bad)) == [
        ("chilled_g", "room-of-another-class"),
        ("frozen_g", "room-of-another-class"),
        ("cooperative_id", "unknown-cooperative"),
        ("licence", "literal_error"),
        ("fen_per_km", "greater_than_equal"),
    ]


async def test_hours_spare_capacity_and_access_are_loaded(world_of: WorldOf) -> None:
    """Hours of a day, what a village's own vehicle offers, and how places are reached; said twice, nothing changes."""
    world = await world_of("logistics")
    client = await open_county(world)
    village = a_vehicle("veh-8", "ambient") | {"cooperative_id": "coop-1"}
    point = POINT | {"onward_from": "08:00"}
    assert await loaded(client, "/vehicles", village) == await loaded(client, "/depots", point) == []
    day = str(DAY)
    hours = {"kind": "driver", "subject_id": "drv-1", "day": day}
    assert await loaded(client, "/availability", hours, hours | {"kind": "vehicle"}, hours | MORNING_BACKWARDS) == [
        ("subject_id", "unknown-vehicle"),
        ("ends_at", "ends-before-it-starts"),
    ]
    spare = {"vehicle_id": "veh-8", "day": day, "starts_at": "06:00", "ends_at": "10:00", "capacity_g": 300_000}
    offers: list[dict[str, Any]] = [
        {"vehicle_id": "veh-1"},
        {"capacity_g": 2_000_000},
        {"temperature_class": "chilled"},
        MORNING_BACKWARDS,
    ]
    assert await loaded(client, "/spare-capacity", spare, *(spare | one for one in offers)) == [
        ("vehicle_id", "no-village-vehicle"),
        ("capacity_g", "more-than-it-carries"),
        ("temperature_class", "class-it-cannot-keep"),
        ("ends_at", "ends-before-it-starts"),
    ]
    access = {"kind": "cooperative", "place_id": "coop-1", "depot_id": "dep-2", "opens_at": "06:00"}
    ways: list[dict[str, Any]] = [
        {"place_id": "coop-9"},
        {"depot_id": "dep-1"},
        {"kind": "canteen", "place_id": "sch-1"},
        {"opens_at": "06:00+08:00"},
    ]
    assert await loaded(client, "/access", access, *(access | one for one in ways)) == [
        ("place_id", "unknown-cooperative"),
        ("depot_id", "no-collection-point"),
        ("depot_id", "schools-are-not-collected"),
        ("opens_at", "value_error"),
    ]
    again = await ok(await client.put("/access", json={"rows": [access]}))
    assert again["unchanged"] == 1
    assert len((await ok(await client.get("/availability", params={"day": day})))["items"]) == 1
    assert len((await ok(await client.get("/spare-capacity", params={"day": day})))["items"]) == 1
    (reached,) = (await ok(await client.get("/access", params={"depot_id": "dep-2"})))["items"]
    assert (reached["opens_at"], reached["road"], reached["stop_minutes"]) == ("06:00", "paved", 10)
