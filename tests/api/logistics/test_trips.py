"""Trips by REST: loaded, departed, arrived."""

import asyncio

from shared.events.logistics import ConsignmentLoaded, DeliveryArrived, DeliveryDeparted, TripPlanned
from tests.api.logistics.county import (
    a_cancellation,
    a_confirmation,
    a_dispatch,
    a_lot,
    a_planned_trip,
    open_county,
    plan,
    the_only_trip,
)
from tests.conftest import WorldOf
from tests.world import ok, refused


async def test_an_order_rides_from_the_cooperative_to_the_school(world_of: WorldOf) -> None:
    """A confirmed and packed order is planned, loaded, departs and arrives; each step is told once."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_planned_trip(world, "ord-1", "ord-2")
    detail = await ok(await client.get(f"/trips/{trip_id}"))
    stops = [(stop["kind"], stop["place_id"], stop["order_ids"]) for stop in detail["stops"]]
    assert stops == [("pickup", "coop-1", ["ord-1", "ord-2"]), ("delivery", "sch-1", ["ord-1", "ord-2"])]
    assert (detail["driver_id"], detail["load_g"]) == ("drv-1", 20_000)
    loaded = await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    assert (loaded["loaded"], loaded["left"]) == (["ord-1", "ord-2"], [])
    departed = await ok(await client.post(f"/trips/{trip_id}/depart"))
    assert departed["order_ids"] == ["ord-1", "ord-2"]
    arrived = await ok(await client.post(f"/trips/{trip_id}/arrive", json={"canteen_id": "sch-1"}))
    assert (arrived["order_ids"], arrived["completed"]) == (["ord-1", "ord-2"], True)
    await world.settle()
    told = [len(world.told_of(event)) for event in (TripPlanned, ConsignmentLoaded, DeliveryDeparted, DeliveryArrived)]
    assert told == [1, 2, 1, 1]
    assert world.told_of(TripPlanned)[0].stops[0].order_ids == ("ord-1", "ord-2")


async def test_steps_repeated_at_once_happen_once(world_of: WorldOf) -> None:
    """Loading, departing and arriving several times at the same moment happens and is told once, with one answer."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_planned_trip(world, "ord-1", "ord-2")
    for step, body in (("load", {}), ("depart", {}), ("arrive", {"canteen_id": "sch-1"})):
        answers = await asyncio.gather(*(client.post(f"/trips/{trip_id}/{step}", json=body) for _ in range(4)))
        bodies = [await ok(answer) for answer in answers]
        assert all(one == bodies[0] for one in bodies), step
    await world.settle()
    told = [len(world.told_of(event)) for event in (ConsignmentLoaded, DeliveryDeparted, DeliveryArrived)]
    assert told == [2, 1, 1]


async def test_what_is_not_packed_is_left_and_can_be_planned_again(world_of: WorldOf) -> None:
    """A trip leaves without what is not packed; another trip takes it later."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(a_confirmation("ord-1"), a_confirmation("ord-2"), a_dispatch("ord-1", {"lot-1": 10_000}))
    await world.settle()
    await plan(world)
    trip_id = await the_only_trip(world)
    loaded = await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    assert [(one["order_id"], one["rule"]) for one in loaded["left"]] == [("ord-2", "not-dispatched")]
    await ok(await client.post(f"/trips/{trip_id}/depart"))
    refused(await client.post(f"/trips/{trip_id}/load", json={}), 409, "trip-departed")
    assert (await plan(world))["consignments"] == 1
    second = (await ok(await client.get("/consignments/ord-2")))["trip_id"]
    assert second not in (None, trip_id)
    trips = [await ok(await client.get(f"/trips/{one}")) for one in (trip_id, second)]
    assert trips[1]["vehicle_id"] != trips[0]["vehicle_id"] or trips[1]["starts_at"] >= trips[0]["ends_at"]


async def test_what_is_loaded_cannot_be_cancelled(world_of: WorldOf) -> None:
    """A cancellation drops what waits and passes over what is on board."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_planned_trip(world, "ord-1", "ord-2")
    await ok(await client.post(f"/trips/{trip_id}/load", json={"order_ids": ["ord-1"]}))
    await world.publish(a_cancellation("ord-1"), a_cancellation("ord-2"))
    await world.settle()
    loaded = await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    assert (loaded["loaded"], loaded["left"][0]["rule"]) == (["ord-1"], "cancelled")
    assert (await ok(await client.get("/consignments/ord-1")))["status"] == "loaded"


async def test_steps_out_of_order_are_refused_by_name(world_of: WorldOf) -> None:
    """A trip departs loaded and arrives departed, at schools it has something for."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_planned_trip(world, "ord-1")
    arrive = f"/trips/{trip_id}/arrive"
    refused(await client.post(f"/trips/{trip_id}/depart"), 409, "nothing-loaded")
    refused(await client.post(arrive, json={"canteen_id": "sch-1"}), 409, "trip-not-departed")
    unknown = await client.post(f"/trips/{trip_id}/load", json={"order_ids": ["ord-9"]})
    assert refused(unknown, 422, "not-on-trip")["field"] == "order_ids.0"
    await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    await ok(await client.post(f"/trips/{trip_id}/depart"))
    assert (
        refused(await client.post(arrive, json={"canteen_id": "sch-2"}), 404, "unknown-stop")["field"] == "canteen_id"
    )
    for step in ("load", "depart", "arrive"):
        body = {"canteen_id": "sch-1"} if step == "arrive" else {}
        refused(await client.post(f"/trips/nothing/{step}", json=body), 404, "unknown-trip")


async def test_the_run_sheet_works_without_signal(world_of: WorldOf) -> None:
    """A run sheet names every stop with its place, school time and grams per line."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_planned_trip(world, "ord-1")
    sheet = await ok(await client.get(f"/trips/{trip_id}/run-sheet"))
    assert sheet["vehicle"]["plate"] == "虚构-veh-1"
    pickup, delivery = sheet["stops"]
    assert (pickup["name_en"], delivery["name_en"]) == ("Cooperative coop-1", "School")
    assert pickup["planned_at"].startswith("2026-11-30T05:")
    assert pickup["planned_at"].endswith("+08:00")
    assert (delivery["weight_g"], delivery["lines"][0]["food_code"]) == (10_000, "potato")
    assert delivery["lines"][0]["lots"] == [{"lot_id": "lot-1", "dispatched_g": 10_000}]
    assert {stop["town_code"] for stop in sheet["stops"]} == {"520628002"}
    page = await client.get(f"/trips/{trip_id}/run-sheet/page")
    assert page.headers["content-type"].startswith("text/html")
    assert all(text in page.text for text in ("虚构-veh-1", "Cooperative coop-1", "lot-1", "520628002"))


async def test_an_order_of_which_nothing_was_packed_rides_nowhere(world_of: WorldOf) -> None:
    """No plan takes it; told after the plan, it is left at loading with its rule, and its stop has nothing to bring."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(a_lot("lot-1"), a_confirmation("ord-1"), a_confirmation("ord-2"))
    await world.publish(a_dispatch("ord-1", {}))
    await world.settle()
    assert (await plan(world))["consignments"] == 1
    await world.publish(a_dispatch("ord-2", {}))
    await world.settle()
    trip = f"/trips/{await the_only_trip(world)}"
    loaded = await ok(await client.post(f"{trip}/load", json={}))
    assert [(one["order_id"], one["rule"]) for one in loaded["left"]] == [("ord-2", "nothing-packed")]
    refused(await client.post(f"{trip}/depart", json={}), 409, "nothing-loaded")


async def test_a_line_that_was_packed_with_nothing_is_on_no_run_sheet(world_of: WorldOf) -> None:
    """Once an order is packed its sheet tells what rides: of a line that its village could not fill nothing does."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(a_lot("lot-1"), a_confirmation("ord-1", grams=(10_000, 5_000)))
    await world.settle()
    await plan(world)
    path = f"/trips/{await the_only_trip(world)}/run-sheet"
    assert [stop["weight_g"] for stop in (await ok(await client.get(path)))["stops"]] == [15_000, 15_000]
    await world.publish(a_dispatch("ord-1", {"lot-1": 10_000}, {}))
    await world.settle()
    for stop in (await ok(await client.get(path)))["stops"]:
        assert (stop["weight_g"], [line["line_id"] for line in stop["lines"]]) == (10_000, ["ord-1-1"])
