"""Tracking by REST: readings in any order, verdicts on bad ones, arrivals, delays."""

from datetime import datetime, timedelta
from typing import Any

from shared.events.logistics import DeliveryArrived, DeliveryDelayed
from tests.api.logistics.county import (
    COOPERATIVES,
    COUNTY,
    DAY,
    SCHOOLS,
    a_confirmation,
    a_dispatch,
    a_lot,
    a_planned_trip,
    open_county,
    plan,
)
from tests.conftest import WorldOf
from tests.world import World, ok, refused


async def a_departed_trip(world: World, **confirmed: Any) -> str:
    """Send a trip with one order off; the clock then stands two hours later."""
    trip_id = await a_planned_trip(world, "ord-1", **confirmed)
    client = world.client("logistics")
    await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    await ok(await client.post(f"/trips/{trip_id}/depart"))
    world.clock.advance(timedelta(hours=2))
    return trip_id


def readings(start: datetime, *temperatures: float | None, first: int = 0) -> dict[str, Any]:
    """A body of POST /trips/…/points: a reading every ten minutes from `start` on."""
    points = [
        {"sequence": n, "at": (start + timedelta(minutes=10 * n)).isoformat(), "lat": 28.1, "lon": 109.1}
        | ({} if temperature_c is None else {"temperature_c": temperature_c})
        for n, temperature_c in enumerate(temperatures, start=first)
    ]
    return {"device_id": "dev-1", "points": points}


def point(device_id: str, sequence: int, at: datetime, where: tuple[float, float], **more: Any) -> dict[str, Any]:
    """A reading of POST /points."""
    seen = {"device_id": device_id, "sequence": sequence, "at": at.isoformat(), "lat": where[0], "lon": where[1]}
    return seen | more


async def vehicle_of(world: World, trip_id: str) -> str:
    """Return the device that is mounted in a trip's vehicle."""
    trip = await ok(await world.client("logistics").get(f"/trips/{trip_id}"))
    return str(trip["vehicle_id"]).replace("veh", "box")


async def test_readings_are_kept_once_in_any_order(world_of: WorldOf) -> None:
    """Readings sent late, twice or backwards are kept once each, and listed by device and sequence."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world)
    start = world.clock.now() - timedelta(hours=2)
    body = readings(start, 5.0, None, 6.0)
    late, early = body | {"points": body["points"][:0:-1]}, body | {"points": body["points"][:2]}
    first = await ok(await client.post(f"/trips/{trip_id}/points", json=late))
    second = await ok(await client.post(f"/trips/{trip_id}/points", json=early))
    assert [(one["stored"], one["known"]) for one in (first, second)] == [(2, 0), (1, 1)]
    twice = body | {"points": [body["points"][0] | {"sequence": 7}] * 2}
    assert (await ok(await client.post(f"/trips/{trip_id}/points", json=twice)))["stored"] == 1
    page = await ok(await client.get(f"/trips/{trip_id}/points", params={"limit": 2}))
    rest = await ok(await client.get(f"/trips/{trip_id}/points", params={"limit": 2, "after": page["next"]}))
    assert [one["sequence"] for one in page["items"] + rest["items"]] == [0, 1, 2, 7]
    assert rest["next"] is None
    refused(await client.get(f"/trips/{trip_id}/points", params={"after": "nonsense"}), 422, "cursor")


async def test_each_reading_has_its_own_verdict(world_of: WorldOf) -> None:
    """Readings at sea, abroad, of 1970, backwards or no numbers are named by index; the good ones beside them kept."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world)
    good = readings(world.clock.now(), 5.0)["points"][0]
    bad: list[tuple[dict[str, Any], str, str]] = [
        ({"lat": 60.0}, "outside-china", "lat"),
        ({"lon": 2.0}, "outside-china", "lon"),
        ({"lat": 20.0, "lon": 110.0}, "outside-guizhou", "lat"),
        ({"at": "1970-01-01T00:00:00Z"}, "clock-behind", "at"),
        ({"at": "2027-11-23T00:00:00Z"}, "clock-ahead", "at"),
        ({"speed_kmh": -1.0}, "speed", "speed_kmh"),
        ({"temperature_c": "warm"}, "float_type", "temperature_c"),
        ({"sequence": -1}, "greater_than_equal", "sequence"),
        ({"sea_level": 1}, "extra_forbidden", "sea_level"),
    ]
    points = [good, *(good | {"sequence": n} | change for n, (change, _, _) in enumerate(bad, start=1))]
    answer = await ok(await client.post(f"/trips/{trip_id}/points", json={"device_id": "dev-1", "points": points}))
    assert (answer["stored"], answer["known"]) == (1, 0)
    told = [(one["index"], one["rule"], one["field"]) for one in answer["refused"]]
    assert told == [(n, rule, field) for n, (_, rule, field) in enumerate(bad, start=1)]
    text = f'{{"device_id": "dev-1", "points": [{{"sequence": 9, "at": "{good["at"]}", "lat": NaN, "lon": 109.1}}]}}'
    headers = {"content-type": "application/json"}
    nan = await ok(await client.post(f"/trips/{trip_id}/points", content=text, headers=headers))
    assert [(one["index"], one["field"]) for one in nan["refused"]] == [(0, "lat")]
    assert len((await ok(await client.get(f"/trips/{trip_id}/points")))["items"]) == 1


async def test_readings_of_nothing_are_refused(world_of: WorldOf) -> None:
    """A trip that stands, a trip or device nobody knows, a device of another vehicle: nothing is kept."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_planned_trip(world, "ord-1")
    path, body = f"/trips/{trip_id}/points", readings(world.clock.now(), 5.0)
    refused(await client.post(path, json=body), 409, "trip-not-departed")
    await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    await ok(await client.post(f"/trips/{trip_id}/depart"))
    other = {"box-1": "box-2", "box-2": "box-1"}[await vehicle_of(world, trip_id)]
    refused(await client.post("/trips/nothing/points", json=body), 404, "unknown-trip")
    refused(await client.post(path, json=body | {"device_id": "nobody"}), 404, "unknown-device")
    refused(await client.post(path, json=body | {"device_id": other}), 409, "device-elsewhere")
    assert (await ok(await client.get(path)))["items"] == []


async def test_a_device_finds_its_trip(world_of: WorldOf) -> None:
    """Readings of many devices go to the trips their vehicles were on then; the others are refused by themselves."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world)
    box, now = await vehicle_of(world, trip_id), world.clock.now()
    away = now - timedelta(hours=3)
    other = {"box-1": "box-2", "box-2": "box-1"}[box]
    points = [
        point(box, 1, now, (28.1, 109.1)),
        point(box, 2, away, (28.1, 109.1)),
        point("nobody", 1, now, (28.1, 109.1)),
        point("dev-1", 1, now, (28.1, 109.1)),
        point(other, 1, now, (28.1, 109.1)),
        point(box, 3, now, (28.1, 109.1), speed_kmh=30.0),
    ]
    answer = await ok(await client.post("/points", json={"points": points}))
    assert (answer["stored"], answer["known"]) == (2, 0)
    rules = [(1, "not-on-a-trip"), (2, "unknown-device"), (3, "device-not-mounted"), (4, "not-on-a-trip")]
    assert [(one["index"], one["rule"]) for one in answer["refused"]] == rules
    again = await ok(await client.post("/points", json={"points": points}))
    assert (again["stored"], again["known"]) == (0, 2)
    kept = (await ok(await client.get(f"/trips/{trip_id}/points")))["items"]
    assert [(one["device_id"], one["sequence"], one["speed_kmh"]) for one in kept] == [(box, 1, None), (box, 3, 30.0)]


async def test_standing_at_a_stop_is_an_arrival(world_of: WorldOf) -> None:
    """A vehicle two minutes within 150 m of a school has arrived there, once, whatever came late."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world)
    start = world.clock.now() - timedelta(minutes=10)
    lat, lon = SCHOOLS["sch-1"]
    near = [(lat + 0.001 * (n in (0, 4)) * 3, lon) for n in range(5)]
    points = readings(start, *[None] * 5)["points"]
    track = [
        one | {"lat": where[0], "lon": where[1], "at": (start + timedelta(minutes=n)).isoformat()}
        for n, (one, where) in enumerate(zip(points, near, strict=True))
    ]
    for part in ([track[4], track[0], track[1]], [track[3]], [track[2], track[3]]):
        await ok(await client.post(f"/trips/{trip_id}/points", json={"device_id": "dev-1", "points": part}))
    await world.settle()
    (told,) = world.told_of(DeliveryArrived)
    assert (told.canteen_id, told.order_ids) == ("sch-1", ("ord-1",))
    assert (await ok(await client.get(f"/trips/{trip_id}")))["status"] == "completed"


async def on_board(world: World) -> dict[str, Any]:
    """Return the one trip on the board, its stops ahead and those it was at as (kind, place)."""
    (shown,) = (await ok(await world.client("logistics").get("/board", params={"day": str(DAY)})))["items"]
    ways = {name: [(one["kind"], one["place_id"]) for one in shown[name]] for name in ("stops", "reached")}
    found: dict[str, Any] = shown | ways
    return found


async def test_a_trip_is_followed_to_every_place(world_of: WorldOf) -> None:
    """Where it picks up, sets down, and its depot: each is expected while it is ahead, reached once it was there."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world)
    path, coop, school, depot = f"/trips/{trip_id}/points", COOPERATIVES["coop-1"], SCHOOLS["sch-1"], (28.15, 109.15)
    way = [("pickup", "coop-1"), ("delivery", "sch-1"), ("return", "dep-1")]
    # It leaves its depot, picks up, sets down, and goes home.
    for sequence, (reached, where) in enumerate([(0, depot), (1, coop), (2, school), (3, depot)]):
        world.clock.advance(timedelta(minutes=30))
        at = [world.clock.now() - timedelta(minutes=2 - 2 * n) for n in range(2)]
        here = {"lat": where[0], "lon": where[1]}
        points = [here | {"sequence": 2 * sequence + n, "at": at[n].isoformat()} for n in range(2)]
        await ok(await client.post(path, json={"device_id": "dev-1", "points": points}))
        shown = await on_board(world)
        assert (shown["reached"], shown["stops"]) == (way[:reached], way[reached:])
    assert shown["status"] == "completed"


async def a_trip_to_a_point(world: World) -> str:
    """Open the county, gather coop-1's loads at a point, depart with one for it; return the trip."""
    client = await open_county(world)
    place = {"county_code": COUNTY, "town_code": "520628003", "name_zh": "点", "name_en": "Point"}
    depot = place | {"depot_id": "dep-2", "lat": 28.14, "lon": 109.14, "onward_from": "08:00"}
    await ok(await client.put("/depots", json={"rows": [depot]}))
    through = {"kind": "cooperative", "place_id": "coop-1", "depot_id": "dep-2"}
    await ok(await client.put("/access", json={"rows": [through]}))
    await world.publish(a_lot("lot-1"), a_confirmation("ord-1"), a_dispatch("ord-1", {"lot-1": 10_000}))
    await world.settle()
    await plan(world)
    trips = (await ok(await client.get("/trips", params={"day": str(DAY)})))["items"]
    trip_id = str(min(trips, key=lambda trip: str(trip["starts_at"]))["trip_id"])
    await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    await ok(await client.post(f"/trips/{trip_id}/depart"))
    world.clock.advance(timedelta(minutes=30))
    return trip_id


async def stand(world: World, trip_id: str, lat: float, lon: float, first: int) -> None:
    """Tell that a trip's vehicle has stood somewhere for two minutes."""
    now = world.clock.now()
    points = [{"sequence": first + n, "at": (now - timedelta(minutes=n)).isoformat()} for n in (0, 2)]
    body = {"device_id": "dev-1", "points": [one | {"lat": lat, "lon": lon} for one in points]}
    await ok(await world.client("logistics").post(f"/trips/{trip_id}/points", json=body))


async def test_where_villages_loads_are_gathered_is_an_arrival(world_of: WorldOf) -> None:
    """Standing at a collection point sets down what is gathered there, as if the driver had said so."""
    world = await world_of("logistics")
    trip_id = await a_trip_to_a_point(world)
    await stand(world, trip_id, 28.14, 109.14, 0)
    assert (await ok(await world.client("logistics").get(f"/trips/{trip_id}")))["status"] == "completed"
    assert (await on_board(world))["reached"] == [("delivery", "dep-2")]
    await world.settle()
    (told,) = world.told_of(DeliveryArrived)
    assert (told.trip_id, told.order_ids) == (trip_id, ())


async def test_the_board_takes_in_what_drivers_say(world_of: WorldOf) -> None:
    """Set down by hand is set down: the point and what was still to be fetched are ahead no more."""
    world = await world_of("logistics")
    trip_id = await a_trip_to_a_point(world)
    client = world.client("logistics")
    await stand(world, trip_id, 28.15, 109.15, 0)
    assert (await on_board(world))["stops"][:2] == [("pickup", "coop-1"), ("delivery", "dep-2")]
    before = (await ok(await client.get("/board", params={"day": str(DAY)})))["items"][0]["changed_at"]
    world.clock.advance(timedelta(minutes=1))
    await ok(await client.post(f"/trips/{trip_id}/arrive", json={"depot_id": "dep-2"}))
    shown = await on_board(world)
    assert {kind for kind, _ in shown["stops"]} <= {"return"}
    assert shown["changed_at"] > before


async def test_a_delay_that_matters_is_told(world_of: WorldOf) -> None:
    """A school hears of a delay of 15 minutes, not of every minute after it, and of what is made good."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world)
    stops = (await ok(await client.get(f"/trips/{trip_id}")))["stops"]
    planned = datetime.fromisoformat(stops[-1]["planned_at"])
    far = (28.17, 109.10)
    world.clock.advance(planned - world.clock.now() + timedelta(minutes=1))
    for sequence, (minutes, where) in enumerate([(0, far), (1, far), (2, (28.17, 109.19))]):
        world.clock.advance(timedelta(minutes=1))
        at = world.clock.now()
        here = {"sequence": sequence, "at": at.isoformat(), "lat": where[0], "lon": where[1]}
        body = {"device_id": "dev-1", "points": [here]}
        assert (await ok(await client.post(f"/trips/{trip_id}/points", json=body)))["stored"] == 1, minutes
    await world.settle()
    coming = await ok(await client.get("/consignments/ord-1"))
    first, second = world.told_of(DeliveryDelayed)
    told = [datetime.fromisoformat(coming[name]) for name in ("planned_at", "expected_at")]
    assert told == [planned, second.expected_at]
    assert (first.canteen_id, first.order_ids, first.planned_at) == ("sch-1", ("ord-1",), planned)
    assert first.expected_at - planned > timedelta(minutes=15) > second.expected_at - planned


async def test_rules_of_following_are_dated_data(world_of: WorldOf) -> None:
    """What was said for a day holds from then on; nonsense is named; said twice, nothing changes."""
    world = await world_of("logistics")
    client = await open_county(world)
    row = {"valid_from": str(DAY), "geofence_m": 5_000, "geofence_s": 0, "source": "county"}
    bad = row | {"keep_days": 30, "thin_after_days": 60}
    answer = await ok(await client.put("/tracking-rules", json={"rows": [row, bad, {"geofence_m": 1}]}))
    assert (answer["created"], answer["refused"][0]["rule"]) == (1, "forgotten-before-thinned")
    assert (await ok(await client.put("/tracking-rules", json={"rows": [row]})))["unchanged"] == 1
    read = (await ok(await client.get("/tracking-rules")))["items"]
    assert [(one["valid_from"], one["geofence_m"]) for one in read] == [(None, 150), (str(DAY), 5_000)]
    trip_id = await a_departed_trip(world)
    body = readings(world.clock.now(), None)
    body["points"][0] |= {"lat": SCHOOLS["sch-1"][0] + 0.04, "lon": SCHOOLS["sch-1"][1]}
    await ok(await client.post(f"/trips/{trip_id}/points", json=body))
    assert (await ok(await client.get(f"/trips/{trip_id}")))["status"] == "completed"
