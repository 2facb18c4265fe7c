"""The cold chain by REST: alarms told once, what is held, silence, acknowledgements, limits, the report."""

import asyncio
import csv
import io
from datetime import datetime, timedelta

from shared.events.logistics import ColdChainBroken, SensorSilent
from tests.api.logistics.county import CHILLED, DAY, open_county
from tests.api.logistics.test_receipts import a_receipt
from tests.api.logistics.test_tracking import a_departed_trip, readings, vehicle_of
from tests.conftest import WorldOf
from tests.world import ok, refused


async def test_a_broken_cold_chain_is_told_once_and_held(world_of: WorldOf) -> None:
    """A chilled load warm for more than 15 min is told once, however its readings come, and held for inspection."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world, temperature_class=CHILLED)
    start = world.clock.now() - timedelta(hours=2)
    path = f"/trips/{trip_id}/points"
    brief = await ok(await client.post(path, json=readings(start, 5.0, 12.0, 13.0, 5.0)))
    assert brief["alarms"] == []
    bodies = [
        readings(start, 14.0, 16.0, 15.0, first=4),
        readings(start, 11.0, first=7),
        readings(start, 14.0, first=4),
    ]
    await asyncio.gather(*(client.post(path, json=body) for body in bodies))
    known = (await ok(await client.post(path, json=readings(start, 5.0, first=8))))["alarms"]
    assert [(one["kind"], one["worst_c"], one["device_id"]) for one in known] == [("outside", 16.0, "dev-1")]
    await world.settle()
    (told,) = world.told_of(ColdChainBroken)
    assert (told.order_ids, told.temperature_class) == (("ord-1",), CHILLED)
    await ok(await client.post(f"/trips/{trip_id}/arrive", json={"canteen_id": "sch-1"}))
    assert (await ok(await client.post("/receipts", json=a_receipt(inspection="core at 6 °C, firm"))))["hold"] is True


async def test_ambient_food_has_no_cold_chain(world_of: WorldOf) -> None:
    """An ambient trip is never too warm, and its sensor may be silent."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world)
    body = readings(world.clock.now() - timedelta(hours=2), 30.0, 31.0, 32.0)
    assert (await ok(await client.post(f"/trips/{trip_id}/points", json=body)))["alarms"] == []
    await world.settle()
    assert world.told_of(SensorSilent) == []


async def test_a_silent_sensor_is_an_alarm(world_of: WorldOf) -> None:
    """A cooled trip not heard of for 15 min is told once and held; a temperature ends the silence, and holds on."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world, temperature_class=CHILLED)
    path, now = f"/trips/{trip_id}/points", world.clock.now()
    await ok(await client.post(path, json=readings(now - timedelta(minutes=10), 5.0, 5.0)))
    await world.settle()
    assert world.told_of(SensorSilent) == []
    world.clock.advance(timedelta(minutes=16))
    for _ in range(2):
        await world.settle()
    (told,) = world.told_of(SensorSilent)
    assert (told.order_ids, told.since) == (("ord-1",), now)
    world.clock.advance(timedelta(minutes=14))
    (alarm,) = (await ok(await client.post(path, json=readings(now, 5.0, first=3))))["alarms"]
    assert (alarm["kind"], alarm["lifted_at"]) == ("silence", None)
    assert datetime.fromisoformat(alarm["until"]) == world.clock.now()
    assert (await ok(await client.get("/consignments/ord-1")))["hold"] is True


async def test_late_readings_lift_a_silence(world_of: WorldOf) -> None:
    """Readings a device could not send at the time lift the alarm and what it held, if they leave no gap."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world, temperature_class=CHILLED)
    await ok(await client.put("/devices", json={"rows": [{"device_id": "dev-1"}]}))
    await world.settle()
    (told,) = world.told_of(SensorSilent)
    path = f"/trips/{trip_id}/points"
    part = readings(told.since, *[5.0] * 6)
    (alarm,) = (await ok(await client.post(path, json=part)))["alarms"]
    assert (alarm["until"], alarm["lifted_at"]) == (None, None)
    assert (await ok(await client.get("/consignments/ord-1")))["hold"] is True
    (alarm,) = (await ok(await client.post(path, json=readings(told.since, *[5.0] * 7, first=6))))["alarms"]
    assert alarm["lifted_at"] is not None
    assert (await ok(await client.get("/consignments/ord-1")))["hold"] is False
    report = await ok(await client.get(f"/trips/{trip_id}/cold-chain"))
    assert (report["unbroken"], report["held_order_ids"]) == (True, [])


async def test_an_alarm_is_acknowledged_by_a_person(world_of: WorldOf) -> None:
    """Whoever looks at an alarm leaves a note, once; what it holds stays held."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world, temperature_class=CHILLED)
    await world.settle()
    waiting = (await ok(await client.get("/cold-chain-alarms", params={"waiting": True, "trip_id": trip_id})))["items"]
    (path,) = [f"/cold-chain-alarms/{one['alarm_id']}/acknowledge" for one in waiting]
    body = {"by": "dispatcher-1", "note": "sensor unplugged, driver told"}
    first, again = [await ok(await client.post(path, json=body)) for _ in range(2)]
    assert first == again
    assert (first["acknowledged_by"], first["note"]) == (body["by"], body["note"])
    refused(await client.post(path, json=body | {"by": "dispatcher-2"}), 409, "alarm-acknowledged")
    refused(await client.post("/cold-chain-alarms/nothing/acknowledge", json=body), 404, "unknown-alarm")
    assert (await ok(await client.get("/cold-chain-alarms", params={"waiting": True})))["items"] == []
    assert (await ok(await client.get("/consignments/ord-1")))["hold"] is True


async def test_limits_are_dated_data(world_of: WorldOf) -> None:
    """A limit holds on trips from its day on; one whose bounds are crossed is named, the others are taken."""
    world = await world_of("logistics")
    client = await open_county(world)
    row = {"temperature_class": "chilled", "valid_from": str(DAY), "low_c": 2, "high_c": 4, "outside_minutes": 25}
    rows = [row | {"source": "county"}, row | {"low_c": 5, "source": "county"}]
    answer = await ok(await client.put("/temperature-limits", json={"rows": rows}))
    assert (answer["created"], [one["rule"] for one in answer["refused"]]) == (1, ["limits-crossed"])
    read = (await ok(await client.get("/temperature-limits")))["items"]
    assert [(one["temperature_class"], one["high_c"]) for one in read[1:]] == [
        ("chilled", 10.0),
        ("frozen", -18.0),
        ("chilled", 4.0),
    ]
    trip_id = await a_departed_trip(world, temperature_class=CHILLED)
    start = world.clock.now() - timedelta(hours=2)
    path = f"/trips/{trip_id}/points"
    assert (await ok(await client.post(path, json=readings(start, 3.0, 6.0, 6.0, 6.0, 3.0))))["alarms"] == []
    (alarm,) = (await ok(await client.post(path, json=readings(start, 5.0, 6.0, 6.0, 7.0, first=5))))["alarms"]
    assert alarm["worst_c"] == 7.0


async def test_the_report_of_a_trip_says_how_cold_it_was(world_of: WorldOf) -> None:
    """Extremes, means, minutes outside, gaps, alarms and what is held stand in the report, and in the CSV file."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world, temperature_class=CHILLED)
    start = world.clock.now() - timedelta(hours=2)
    path = f"/trips/{trip_id}/points"
    body = readings(start, 5.0, 5.0, 12.0, 13.0, 12.0, 5.0, 5.0, None, None, 5.0, 5.0, 5.0, 5.0)
    await ok(await client.post(path, json=body))
    report = await ok(await client.get(f"/trips/{trip_id}/cold-chain"))
    (device,) = report["devices"]
    assert (device["readings"], device["lowest_c"], device["highest_c"]) == (11, 5.0, 13.0)
    assert (device["outside_minutes"], device["longest_outside_minutes"]) == (30, 30)
    assert [gap["minutes"] for gap in device["gaps"]] == [30]
    assert device["mean_c"] < device["mean_kinetic_c"] < 13
    assert (report["high_c"], report["unbroken"], report["held_order_ids"]) == (10.0, False, ["ord-1"])
    answer = await client.get(f"/trips/{trip_id}/cold-chain.csv")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["device_id"], row["lowest_c"], row["gap_minutes"], row["alarms"]) == ("dev-1", "5.0", "30", "1")
    refused(await client.get("/trips/nothing/cold-chain"), 404, "unknown-trip")
    assert await vehicle_of(world, trip_id) == "box-2"


async def test_a_trip_without_readings_says_so(world_of: WorldOf) -> None:
    """A report without a device is a row without one, not a cold trip."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world, temperature_class=CHILLED)
    assert (await ok(await client.get(f"/trips/{trip_id}/cold-chain")))["devices"] == []
    answer = await client.get(f"/trips/{trip_id}/cold-chain.csv")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["trip_id"], row["device_id"], row["lowest_c"]) == (trip_id, "", "")
