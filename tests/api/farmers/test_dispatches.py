"""Dispatches: packing orders from lots."""

import asyncio
from typing import Any

from shared.events.farmers import OrderDispatched
from shared.events.procurement import OrderCancelled
from tests.api.farmers.builders import COOP, OTHER, a_county, line, lot, offer, order_of, placed, post, put
from tests.conftest import WorldOf
from tests.world import START, World, ok, refused


async def accepted(world: World, *grams: int) -> list[str]:
    """Orders of these grams of napa cabbage, accepted; returns their ids."""
    await a_county(world)
    ids = [f"order-{n}" for n in range(1, len(grams) + 1)]
    await world.publish(*(placed(each, line(ordered_g=g)) for each, g in zip(ids, grams, strict=True)))
    await world.settle()
    for each in ids:
        await post(world, f"/orders/{each}/accept")
    return ids


async def remaining(world: World, lot_id: str = "lot-1") -> int:
    """Grams of a lot that are not packed."""
    grams: int = (await ok(await world.client("farmers").get(f"/lots/{lot_id}")))["remaining_g"]
    return grams


def shares(answer: dict[str, Any]) -> dict[str, int]:
    """The lots of the first line of a dispatch."""
    return {share["lot_id"]: share["quantity_g"] for share in answer["lines"][0]["lots"]}


async def test_first_harvested_goes_first(world_of: WorldOf) -> None:
    """An order is packed from the oldest fitting lots; the event and the packing list say which."""
    world = await world_of("farmers")
    await accepted(world, 40_000)
    await post(world, "/lots", **lot("b-young", quantity_g=50_000, harvest_day="2026-11-23"))
    await post(world, "/lots", **lot("z-old", quantity_g=15_000, harvest_day="2026-11-20"))
    await post(world, "/lots", **lot("a-potato", food_code="potato"))
    await post(world, "/lots", **lot("a-foreign", OTHER))
    answer = await post(world, "/orders/order-1/dispatch")
    assert (shares(answer), answer["reason"]) == ({"z-old": 15_000, "b-young": 25_000}, None)
    assert (await remaining(world, "z-old"), await remaining(world, "b-young")) == (0, 25_000)
    await world.settle()
    (told,) = world.told_of(OrderDispatched)
    assert (told.lines[0].dispatched_g, sum(share.quantity_g for share in told.lines[0].lots)) == (40_000, 40_000)
    listed = await ok(await world.client("farmers").get("/orders/order-1/packing-list"))
    assert [each["lot_id"] for each in listed["lines"][0]["lots"]] == ["z-old", "b-young"]
    assert listed["lines"][0]["lots"][0]["certificate_no"] == "GZ-1"


async def test_an_order_is_packed_once(world_of: WorldOf) -> None:
    """Of two packers at the same moment one packs; the lots lose the grams once."""
    world = await world_of("farmers")
    await accepted(world, 40_000)
    await post(world, "/lots", **lot(quantity_g=100_000))
    client = world.client("farmers")
    answers = await asyncio.gather(*(client.post("/orders/order-1/dispatch", json={}) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    refused(await client.post("/orders/order-1/dispatch", json={}), 409, "already-dispatched")
    await world.settle()
    assert (await remaining(world), len(world.told_of(OrderDispatched))) == (60_000, 1)


async def test_what_lots_lack_is_dispatched_short(world_of: WorldOf) -> None:
    """Orders share what there is; the last is short with a reason, one with nothing at all is refused."""
    world = await world_of("farmers")
    await accepted(world, 40_000, 40_000, 10_000)
    await post(world, "/lots", **lot(quantity_g=50_000))
    client = world.client("farmers")
    answers = await asyncio.gather(*(client.post(f"/orders/order-{n}/dispatch", json={}) for n in (1, 2)))
    packed = [(answer.json()["reason"], sum(shares(answer.json()).values())) for answer in answers]
    assert sorted(packed, key=lambda each: each[1]) == [("lots-exhausted", 10_000), (None, 40_000)]
    refused(await client.post("/orders/order-3/dispatch", json={}), 409, "nothing-to-dispatch")
    assert (await order_of(world, "order-3"))["status"] == "accepted"
    assert await remaining(world) == 0


async def test_only_what_was_accepted_is_packed(world_of: WorldOf) -> None:
    """Orders that wait, were declined or called off, or are unknown, are not packed."""
    world = await world_of("farmers")
    await accepted(world, 10_000)
    await post(world, "/lots", **lot())
    await world.publish(placed("waiting", line(ordered_g=10)), placed("declined", line(ordered_g=10)))
    await world.settle()
    await post(world, "/orders/declined/decline", reason="no")
    client = world.client("farmers")
    for order_id in ("waiting", "declined"):
        refused(await client.post(f"/orders/{order_id}/dispatch", json={}), 409, "not-accepted")
    refused(await client.post("/orders/order-9/dispatch", json={}), 404, "unknown-order")
    refused(await client.get("/orders/order-9/packing-list"), 404, "unknown-order")


async def test_packers_may_say_which_lots(world_of: WorldOf) -> None:
    """An explicit packing is checked share by share and names the place that breaks a rule."""
    world = await world_of("farmers")
    await accepted(world, 40_000)
    await post(world, "/lots", **lot(quantity_g=30_000))
    await post(world, "/lots", **lot("lot-2", quantity_g=30_000))
    await post(world, "/lots", **lot("potato", food_code="potato"))
    await post(world, "/lots", **lot("foreign", OTHER))

    async def pack(*said: tuple[str, int], line_id: str = "line-1", **more: Any) -> Any:
        lots = [{"lot_id": lot_id, "quantity_g": grams} for lot_id, grams in said]
        body = {"lines": [{"line_id": line_id, "lots": lots}], **more}
        return await world.client("farmers").post("/orders/order-1/dispatch", json=body)

    first = "lines.0.lots.0"
    for said, status, rule, field in (
        ([("lot-404", 1)], 404, "unknown-lot", f"{first}.lot_id"),
        ([("foreign", 1)], 404, "unknown-lot", f"{first}.lot_id"),
        ([("potato", 1)], 422, "another-food", f"{first}.lot_id"),
        ([("lot-1", 30_001)], 409, "lot-exhausted", f"{first}.quantity_g"),
        ([("lot-1", 30_000), ("lot-2", 10_001)], 422, "more-than-confirmed", "lines.0.lots"),
        ([("lot-1", 1), ("lot-1", 1)], 422, "lot-twice", "lines.0.lots"),
        ([("lot-1", 39)], 422, "reason-required", "reason"),
    ):
        assert refused(await pack(*said), status, rule)["field"] == field
    refused(await pack(("lot-1", 1), line_id="line-9"), 404, "unknown-order-line")
    assert refused(await pack(), 422, "reason-required")["field"] == "reason"
    assert await remaining(world) == 30_000
    answer = await ok(await pack(("lot-2", 30_000), ("lot-1", 9_000), reason="one crate fell"))
    assert (answer["reason"], answer["lines"][0]["dispatched_g"]) == ("one crate fell", 39_000)
    assert (await remaining(world), await remaining(world, "lot-2")) == (21_000, 0)


async def test_that_nothing_comes_is_said_with_its_reason(world_of: WorldOf) -> None:
    """An order whose harvest failed is closed by who says so: it is told with no grams, and why; once."""
    world = await world_of("farmers")
    await accepted(world, 40_000)
    client = world.client("farmers")
    nothing = {"lines": [{"line_id": "line-1", "lots": []}], "reason": "hail took the field"}
    told = await ok(await client.post("/orders/order-1/dispatch", json=nothing))
    assert [(line["dispatched_g"], line["short_g"], line["reason"]) for line in told["lines"]] == [
        (0, 40_000, "hail took the field")
    ]
    refused(await client.post("/orders/order-1/dispatch", json=nothing), 409, "already-dispatched")
    await world.settle()
    (event,) = world.told_of(OrderDispatched)
    assert [(line.dispatched_g, line.lots, line.reason) for line in event.lines] == [(0, (), "hail took the field")]
    assert (await order_of(world, "order-1"))["status"] == "dispatched"


async def test_what_is_harvested_after_delivery_is_not_packed(world_of: WorldOf) -> None:
    """A lot harvested after the delivery day cannot have been on the vehicle."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed("order-1", delivery_day=START.date()))
    await world.settle()
    await post(world, "/orders/order-1/accept")
    world.clock.move_to(START.replace(day=25))
    await post(world, "/lots", **lot(harvest_day="2026-11-24"))
    client = world.client("farmers")
    refused(await client.post("/orders/order-1/dispatch", json={}), 409, "nothing-to-dispatch")
    said = {"lines": [{"line_id": "line-1", "lots": [{"lot_id": "lot-1", "quantity_g": 40_000}]}]}
    refused(await client.post("/orders/order-1/dispatch", json=said), 422, "harvested-after-delivery")


async def test_a_morning_is_packed_at_once(world_of: WorldOf) -> None:
    """Each order of the list is dispatched or refused by itself; the lots go to them in the order of the list."""
    world = await world_of("farmers")
    ids = await accepted(world, 30_000, 30_000, 20_000)
    await put(world, "/offers", offer("off-9", OTHER))
    await world.publish(placed("foreign", line(ordered_g=5, offer_id="off-9"), cooperative_id=OTHER))
    await world.settle()
    await post(world, "/orders/foreign/accept")
    await post(world, "/lots", **lot(quantity_g=45_000))
    wanted = [ids[2], ids[0], ids[2], "order-9", "foreign", ids[1]]
    answer = await post(world, "/dispatches", order_ids=wanted)
    packed = {one["order_id"]: (one["lines"][0]["dispatched_g"], one["reason"]) for one in answer["dispatched"]}
    assert packed == {ids[2]: (20_000, None), ids[0]: (25_000, "lots-exhausted")}
    assert [(one["order_id"], one["rule"]) for one in answer["refused"]] == [
        (ids[2], "twice-in-request"),
        ("order-9", "unknown-order"),
        ("foreign", "another-cooperative"),
        (ids[1], "nothing-to-dispatch"),
    ]
    again = await post(world, "/dispatches", order_ids=wanted[:2])
    assert [one["rule"] for one in again["refused"]] == ["already-dispatched"] * 2
    await world.settle()
    assert (await remaining(world), len(world.told_of(OrderDispatched))) == (0, 2)
    refused(await world.client("farmers").post("/dispatches", json={"order_ids": []}), 422, "invalid-input")


async def test_a_cancellation_after_the_dispatch_is_passed_over(world_of: WorldOf) -> None:
    """What is packed cannot be called off here any more; the fact is noted without harm."""
    world = await world_of("farmers")
    await accepted(world, 40_000)
    await post(world, "/lots", **lot())
    await post(world, "/orders/order-1/dispatch")
    event = OrderCancelled(
        order_id="order-1",
        version=2,
        canteen_id="canteen-1",
        cooperative_id=COOP,
        reason="too late",
        cancelled_at=START,
    )
    await world.publish(event)
    await world.settle()
    order = await order_of(world)
    assert (order["status"], order["closing_reason"]) == ("dispatched", "too late")
    assert order["lines"][0]["promised_g"] == 40_000
