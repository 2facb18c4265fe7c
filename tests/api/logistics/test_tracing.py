"""Traces and recalls by REST: from a meal back, from a lot forward."""

import asyncio
from datetime import timedelta

import pytest

from shared.events.farmers import LotHarvested, LotShare
from shared.events.logistics import RecallRaised
from tests.api.logistics.county import CHILLED, a_lot, a_meal, an_arrived_order, open_county
from tests.api.logistics.test_receipts import a_receipt
from tests.api.logistics.test_tracking import a_departed_trip, readings
from tests.conftest import WorldOf
from tests.world import ok, refused


async def test_a_meal_is_traced_back_to_counted_households(world_of: WorldOf) -> None:
    """A meal shows its lots, growers counted but not named, its order, trip and receipt, and the share traced."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await an_arrived_order(world, "ord-1")
    receipt = await ok(await client.post("/receipts", json=a_receipt(accepted_g=9_000)))
    at = world.clock.now().isoformat()
    points = [{"sequence": n, "at": at, "lat": 28.1, "lon": 109.1, "temperature_c": 4.0 + n} for n in range(2)]
    await ok(await client.post(f"/trips/{trip_id}/points", json={"device_id": "dev-1", "points": points}))
    await world.publish(a_meal("meal-1", ("lot-1", 6_000), (None, 2_000)))
    await world.settle()
    response = await client.get("/trace/meals/meal-1")
    trace = await ok(response)
    assert (trace["headcount"], trace["dish_codes"], trace["traced_share"]) == (300, ["M01", "V02"], 0.75)
    (lot,) = trace["foods"][0]["lots"]
    assert (lot["households"], lot["poor_households"], lot["certificate_no"]) == (3, 2, "CERT-lot-1")
    assert lot["cooperative_name_en"] == "Cooperative coop-1"
    (delivery,) = lot["deliveries"]
    assert (delivery["receipt_id"], delivery["accepted_g"]) == (receipt["receipt_id"], 9_000)
    trip = delivery["trip"]
    assert (trip["trip_id"], trip["lowest_c"], trip["highest_c"]) == (trip_id, 4.0, 5.0)
    assert "hh-" not in response.text
    refused(await client.get("/trace/meals/nothing"), 404, "unknown-meal")


async def test_a_meal_waits_for_its_lots(world_of: WorldOf) -> None:
    """A meal told before its lot is traced once the lot is there, and counted once however often it is told."""
    world = await world_of("logistics")
    client = world.client("logistics")
    await world.publish(a_meal("meal-1", ("lot-1", 6_000)))
    await world.settle()
    refused(await client.get("/trace/meals/meal-1"), 404, "unknown-meal")
    await world.publish(a_lot("lot-1"), a_lot("lot-1"), a_meal("meal-1", ("lot-1", 6_000)))
    await world.settle()
    assert (await ok(await client.get("/trace/meals/meal-1")))["quantity_g"] == 6_000


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1, 2)])
async def test_a_corrected_meal_replaces_what_was_told(
    world_of: WorldOf, order: tuple[int, ...], together: bool
) -> None:
    """The highest version of a meal counts, in trace and recall, in whichever order and batches the versions come."""
    world = await world_of("logistics")
    client = world.client("logistics")
    versions = {
        1: a_meal("meal-1", ("lot-1", 6_000), ("lot-2", 2_000)),
        2: a_meal("meal-1", ("lot-1", 9_000), headcount=450, version=2),
        3: a_meal("meal-1", ("lot-1", 1_000), ("lot-3", 500), headcount=60, version=3),
    }
    await world.publish(*(a_lot(f"lot-{number}") for number in (1, 2, 3)))
    for number in order:
        await world.publish(versions[number])
        if not together:
            await world.settle()
    await world.settle()
    trace = await ok(await client.get("/trace/meals/meal-1"))
    assert (trace["version"], trace["headcount"], trace["quantity_g"]) == (3, 60, 1_500)
    reached = [(await ok(await client.get(f"/trace/lots/lot-{number}")))["totals"] for number in (1, 2, 3)]
    assert [(one["meals"], one["headcount"], one["served_g"]) for one in reached] == [
        (1, 60, 1_000),
        (0, 0, 0),
        (1, 60, 500),
    ]


async def test_a_recall_reaches_every_school_and_meal_of_its_lot(world_of: WorldOf) -> None:
    """A recall is raised once per lot and names schools, grams, meals and headcounts its lot reached."""
    world = await world_of("logistics")
    client = await open_county(world)
    await an_arrived_order(world, "ord-1")
    await ok(await client.post("/receipts", json=a_receipt()))
    await world.publish(
        a_meal("meal-1", ("lot-1", 4_000), ("lot-1", 1_000)), a_meal("meal-2", ("lot-1", 500), headcount=20)
    )
    await world.settle()
    body = {"lot_id": "lot-1", "reason": "residue found"}
    answers = await asyncio.gather(*(client.post("/recalls", json=body) for _ in range(3)))
    raised = [await ok(answer) for answer in answers]
    assert raised[1:] == raised[:2]
    recall = await ok(await client.get(f"/recalls/{raised[0]['recall_id']}"))
    reached = {"schools": 1, "orders": 1, "meals": 2, "headcount": 320}
    grams = {"dispatched_g": 10_000, "accepted_g": 10_000, "served_g": 5_500}
    assert recall["affected"]["totals"] == reached | grams
    assert [meal["quantity_g"] for meal in recall["affected"]["meals"]] == [5_000, 500]
    assert recall["affected"]["schools"][0]["name_en"] == "School"
    assert recall["affected"]["lot"]["recalled"] is True
    assert (await ok(await client.get("/recalls")))["items"][0]["lot_id"] == "lot-1"
    await world.settle()
    assert [told.lot_id for told in world.told_of(RecallRaised)] == ["lot-1"]


async def test_a_recall_follows_lots_that_were_mixed_and_split(world_of: WorldOf) -> None:
    """What was made of a recalled lot is recalled too, whether it was made before or after; other parents are not."""
    world = await world_of("logistics")
    client = await open_county(world)

    def made(lot_id: str, *parents: str) -> LotHarvested:
        """A lot made of others."""
        shares = tuple(LotShare(lot_id=each, quantity_g=1_000) for each in parents)
        return a_lot(lot_id).model_copy(update={"parents": shares})

    await world.publish(a_lot("root"), a_lot("clean"), made("mixed", "clean", "root"), made("piece", "mixed"))
    await world.settle()
    raised = await ok(await client.post("/recalls", json={"lot_id": "root", "reason": "residue found"}))
    assert raised["affected"]["made_into"] == [{"lot_id": "mixed", "quantity_g": 1_000}]
    await world.publish(made("late", "piece"), made("later", "late"), made("fine", "clean"))
    await world.publish(a_meal("meal-1", ("later", 5), ("mixed", 6), headcount=30), a_meal("meal-2", ("fine", 7)))
    await world.settle()
    recalled = {each.lot_id: each.reason for each in world.told_of(RecallRaised)}
    assert recalled == dict.fromkeys(("root", "mixed", "piece", "late", "later"), "residue found")
    assert len(world.told_of(RecallRaised)) == len(recalled)
    mixed = await ok(await client.get("/trace/lots/mixed"))
    assert mixed["lot"]["recalled"] is True
    assert [each["lot_id"] for each in mixed["made_of"]] == ["clean", "root"]
    assert (await ok(await client.get("/trace/lots/fine")))["lot"]["recalled"] is False
    root = await ok(await client.get("/trace/lots/root"))
    reached = root["totals_with_made"]
    assert (root["totals"]["meals"], reached["meals"], reached["headcount"], reached["served_g"]) == (0, 1, 30, 11)


async def test_unknown_lots_cannot_be_traced_or_recalled(world_of: WorldOf) -> None:
    """Unknown lots and recalls are answered as not found, naming the id."""
    world = await world_of("logistics")
    client = world.client("logistics")
    refused(await client.get("/trace/lots/nothing"), 404, "unknown-lot")
    recall = await client.post("/recalls", json={"lot_id": "nothing", "reason": "residue found"})
    assert refused(recall, 404, "unknown-lot")["field"] == "lot_id"
    refused(await client.get("/recalls/nothing"), 404, "unknown-recall")


async def test_a_trace_tells_how_warm_it_was_while_the_food_was_on_board(world_of: WorldOf) -> None:
    """What a load space measured before the food was in it, or when it was at school, is nothing of the food's way."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world, temperature_class=CHILLED)
    now = world.clock.now()
    path = f"/trips/{trip_id}/points"
    await ok(await client.post(path, json=readings(now - timedelta(hours=3), 24.0)))
    await ok(await client.post(path, json=readings(now - timedelta(hours=1), 5.0, 7.0, 6.0, first=1)))
    await ok(await client.post(f"/trips/{trip_id}/arrive", json={"canteen_id": "sch-1"}))
    world.clock.advance(timedelta(hours=1))
    await ok(await client.post(path, json=readings(now, 21.0, 26.0, 26.0, 26.0, first=4)))
    await world.publish(a_meal("meal-1", ("lot-1", 5_000)))
    await world.settle()
    (food,) = (await ok(await client.get("/public-trace/meals/meal-1")))["foods"]
    (lot,) = food["lots"]
    assert (lot["lowest_c"], lot["highest_c"], lot["cold_chain_broken"]) == (5.0, 7.0, False)
    document = await ok(await client.get("/epcis/events", params={"lot_id": "lot-1"}))
    report = {"type": "Temperature", "minValue": 5.0, "maxValue": 7.0, "uom": "CEL"}
    (ride,) = (one for one in document["epcisBody"]["eventList"] if one["bizStep"] == "departing")
    assert ride["sensorElementList"][0]["sensorReport"] == [report]
