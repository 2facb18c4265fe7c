"""A recall is acknowledged school by school, and closed with what became of the lot."""

from datetime import timedelta

import httpx

from shared.events.kitchen import SamplesKept, SampleTold
from shared.fields import Meal
from tests import people
from tests.api.logistics.county import (
    COUNTY,
    DAY,
    NOON,
    a_confirmation,
    a_dispatch,
    a_lot,
    a_meal,
    an_arrived_order,
    open_county,
)
from tests.api.logistics.test_receipts import a_receipt
from tests.conftest import WorldOf
from tests.world import World, ok, refused

CLOSE = {"outcome": "destroyed", "note": "burnt under supervision"}


async def a_recall(world: World) -> tuple[httpx.AsyncClient, str]:
    """Recall a lot that was delivered to one school and cooked in another; return the recall's path."""
    client = await open_county(world)
    await an_arrived_order(world, "ord-1")
    await ok(await client.post("/receipts", json=a_receipt()))
    await world.publish(a_meal("meal-1", ("lot-1", 500), canteen_id="sch-2", headcount=40))
    await world.settle()
    raised = await ok(await client.post("/recalls", json={"lot_id": "lot-1", "reason": "residue found"}))
    return client, f"/recalls/{raised['recall_id']}"


def a_word(canteen_id: str = "sch-1", put_aside_g: int = 9_000) -> dict[str, object]:
    """A school's word."""
    return {"canteen_id": canteen_id, "acknowledged_by": "cook-1", "put_aside_g": put_aside_g, "note": "locked away"}


async def test_schools_acknowledge_and_it_is_seen_who_is_waited_for(world_of: WorldOf) -> None:
    """Every school the lot reached is waited for; how long it took is shown; the first word stands."""
    world = await world_of("logistics")
    client, path = await a_recall(world)
    assert (await ok(await client.get(path)))["waiting"] == ["sch-1", "sch-2"]
    world.clock.advance(timedelta(minutes=25, seconds=30))
    told = await ok(await client.post(f"{path}/acknowledgements", json=a_word()))
    assert [(one["canteen_id"], one["put_aside_g"], one["minutes"]) for one in told["acknowledged"]] == [
        ("sch-1", 9_000, 25)
    ]
    assert told["waiting"] == ["sch-2"]
    assert await ok(await client.post(f"{path}/acknowledgements", json=a_word())) == told
    other = await client.post(f"{path}/acknowledgements", json=a_word(put_aside_g=1))
    assert refused(other, 409, "acknowledged")["field"] == "canteen_id"
    stranger = await client.post(f"{path}/acknowledgements", json=a_word("sch-9"))
    assert refused(stranger, 409, "not-reached")["field"] == "canteen_id"
    refused(await client.post("/recalls/nothing/acknowledgements", json=a_word()), 404, "unknown-recall")


async def test_what_was_given_up_reached_no_school(world_of: WorldOf) -> None:
    """A load that nothing could bring never came: its school is not waited for, and the lot reached nobody."""
    world = await world_of("logistics")
    client = await open_county(world)
    await world.publish(a_lot("lot-1"), a_confirmation("ord-1"), a_dispatch("ord-1", {"lot-1": 10_000}))
    await world.settle()
    packed = await ok(await client.get("/trace/lots/lot-1"))
    assert [school["canteen_id"] for school in packed["schools"]] == ["sch-1"]
    await ok(await client.post("/consignments/ord-1/give-up", json={"reason": "no van is left"}))
    raised = await ok(await client.post("/recalls", json={"lot_id": "lot-1", "reason": "residue found"}))
    assert (await ok(await client.get(f"/recalls/{raised['recall_id']}")))["waiting"] == []
    assert (await ok(await client.get("/trace/lots/lot-1")))["schools"] == []


async def test_a_recall_is_closed_when_all_have_acknowledged_or_it_is_said_why_not(world_of: WorldOf) -> None:
    """A recall is closed once; a school that has not acknowledged needs a reason; the lot stays blocked."""
    world = await world_of("logistics")
    client, path = await a_recall(world)
    await ok(await client.post(f"{path}/acknowledgements", json=a_word()))
    assert refused(await client.post(f"{path}/close", json=CLOSE), 409, "schools-waiting")["field"] == "without"
    closing = CLOSE | {"without": "no line to sch-2; the driver brought the word"}
    closed = await ok(await client.post(f"{path}/close", json=closing))
    assert (closed["outcome"], closed["closed_at"]) == (
        "destroyed",
        world.clock.now().isoformat().replace("+00:00", "Z"),
    )
    assert closed["affected"]["lot"]["recalled"] is True
    assert await ok(await client.post(f"{path}/close", json=closing)) == closed
    other = await client.post(f"{path}/close", json=closing | {"outcome": "returned"})
    assert refused(other, 409, "recall-closed")["field"] == "outcome"
    late = await ok(await client.post(f"{path}/acknowledgements", json=a_word("sch-2", 0)))
    assert late["waiting"] == []


async def test_a_recall_all_have_acknowledged_needs_no_excuse(world_of: WorldOf) -> None:
    """When every school has acknowledged, the recall is closed by its outcome alone."""
    world = await world_of("logistics")
    client, path = await a_recall(world)
    for canteen_id in ("sch-1", "sch-2"):
        await ok(await client.post(f"{path}/acknowledgements", json=a_word(canteen_id)))
    closed = await ok(await client.post(f"{path}/close", json=CLOSE))
    assert (closed["closing_note"], closed["waiting"]) == ("burnt under supervision", [])


async def test_a_school_is_shown_its_own_part(world_of: WorldOf) -> None:
    """A school sees what of a recall is its own; the cooperative of the lot and the county see whom it reached."""
    world = await world_of("logistics")
    await world.publish(kept("meal-1", "M01"))
    client, path = await a_recall(world)
    whole = await ok(await client.post(f"{path}/acknowledgements", json=a_word()))
    for who in (people.clerk("coop-1"), people.nutritionist(COUNTY), people.auditor()):
        assert await ok(await world.client("logistics", as_=who).get(path)) == whole
    first, second = [
        await ok(await world.client("logistics", as_=people.canteen(one)).get(path)) for one in ("sch-1", "sch-2")
    ]
    for seen, mine in ((first, "sch-1"), (second, "sch-2")):
        affected = seen["affected"]
        for part in ("schools", "orders", "meals", "samples"):
            assert affected[part] == [one for one in whole["affected"][part] if one["canteen_id"] == mine]
        assert affected["totals"] == affected["totals_with_made"]
        assert affected["totals"]["schools"] == 1
        other = "sch-2" if mine == "sch-1" else "sch-1"
        assert other not in str(seen)
    assert (len(first["acknowledged"]), first["waiting"]) == (1, [])
    assert (second["acknowledged"], second["waiting"]) == ([], ["sch-2"])
    assert (first["affected"]["totals"]["accepted_g"], first["affected"]["totals"]["served_g"]) == (10_000, 0)
    assert (second["affected"]["totals"]["accepted_g"], second["affected"]["totals"]["served_g"]) == (0, 500)


def kept(meal_id: str, *dishes: str, state: str = "kept") -> SamplesKept:
    """What a kitchen says of the samples of a meal's dishes."""
    ended_at = None if state == "kept" else NOON
    samples = tuple(
        SampleTold(
            sample_id=f"{meal_id}-{dish.lower()}",
            dish_code=dish,
            quantity_g=130,
            keep_until=NOON + timedelta(hours=48),
            state=state,
            ended_at=ended_at,
        )
        for dish in dishes
    )
    return SamplesKept(meal_id=meal_id, canteen_id="sch-2", day=DAY, meal=Meal.LUNCH, samples=samples, told_at=NOON)


async def test_a_recall_finds_the_samples_that_were_kept(world_of: WorldOf) -> None:
    """The samples of every dish of the meals cooked from a lot are found, kept ones first; gone, they stay gone."""
    world = await world_of("logistics")
    await world.publish(kept("meal-1", "M01", "V02"), kept("meal-9", "M01"))
    client, path = await a_recall(world)
    await world.publish(kept("meal-1", "M01", state="discarded"))
    await world.settle()
    late = kept("meal-1", "M01", "V02", "S03")
    await world.publish(late, late.model_copy(update={"samples": kept("meal-1", "S03", state="handed_over").samples}))
    await world.settle()
    found = (await ok(await client.get(path)))["affected"]["samples"]
    assert [(one["dish_code"], one["state"], one["ended_at"] is None) for one in found] == [
        ("V02", "kept", True),
        ("M01", "discarded", False),
        ("S03", "handed_over", False),
    ]
    assert {(one["meal_id"], one["canteen_id"], one["day"], one["meal"]) for one in found} == {
        ("meal-1", "sch-2", str(DAY), "lunch")
    }
    assert found[0]["keep_until"] == "2026-11-26T04:00:00Z"
    assert (await ok(await client.get("/trace/meals/meal-1")))["samples"] == found
