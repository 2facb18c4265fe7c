"""A cooperative packs less than it promised: what is missing is sourced again at once, and only that."""

from datetime import timedelta
from typing import Any

from shared.events.procurement import DemandUnmet, OrderAmended, OrderCancelled, OrderConfirmed, OrderPlaced
from tests.api.procurement import facts
from tests.api.procurement.facts import MONDAY
from tests.api.procurement.test_compensation import LATE, PAYEE, PAYER
from tests.api.procurement.test_ordering import CLOSES, a_world, post
from tests.api.procurement.test_orders import allocated, tell
from tests.api.procurement.test_payments import balance
from tests.conftest import WorldOf
from tests.world import World, ok

THE_DAY = timedelta(days=7)
"""From the moment worlds begin to the delivery day."""


async def confirmed(world_of: WorldOf, **says: Any) -> tuple[World, OrderPlaced]:
    """Return a world of two offers in which the cheaper one's cooperative confirmed a school's 30 kg."""
    world = await a_world(world_of, **says)
    (placed,) = world.told_of(OrderPlaced)
    await tell(world, facts.accepted(placed))
    return world, placed


async def test_what_is_packed_short_goes_to_another_at_once(world_of: WorldOf) -> None:
    """The missing grams are ordered elsewhere; what was packed, promised and said stays as it is, told again or not."""
    world, first = await confirmed(world_of)
    short = facts.dispatched(first, 22_000, reason="hail")
    await tell(world, short)
    await tell(world, short, facts.dispatched(first, 1_000))
    _, second = world.told_of(OrderPlaced)
    assert (second.cooperative_id, second.lines[0].ordered_g, second.delivery_day) == ("coop-2", 8_000, MONDAY)
    # The cooperative does not have it: its offer gets nothing back that others would be sent for.
    assert await allocated(world) == {"offer-1": 30_000, "offer-2": 8_000}
    line = (await facts.lines_of(world))["cabbage"]
    assert (line["allocated_g"], line["unmet_g"], line["open_g"]) == (30_000, 0, 0)
    shown = await facts.order(world, first)
    (packed,) = shown["lines"]
    assert [packed[name] for name in ("ordered_g", "confirmed_g", "dispatched_g")] == [30_000, 30_000, 22_000]
    assert (packed["packed_short_reason"], packed["short_g"], shown["amount_fen"]) == ("hail", 0, 4_400)
    # Nobody's order is changed for it.
    assert [len(world.told_of(kind)) for kind in (OrderConfirmed, OrderAmended, OrderCancelled)] == [1, 0, 0]
    await facts.no_dead_letters(world)


async def test_an_order_of_which_nothing_was_packed_goes_to_another_whole(world_of: WorldOf) -> None:
    """Its cooperative said why: all its grams are ordered elsewhere, and nothing is owed for it."""
    world, first = await confirmed(world_of)
    await tell(world, facts.dispatched(first, 0, reason="hail"))
    _, second = world.told_of(OrderPlaced)
    assert (second.cooperative_id, second.lines[0].ordered_g) == ("coop-2", 30_000)
    shown = await facts.order(world, first)
    (packed,) = shown["lines"]
    assert (packed["dispatched_g"], packed["packed_short_reason"], shown["amount_fen"]) == (0, "hail", 0)
    await facts.no_dead_letters(world)


async def test_what_nobody_has_in_the_end_is_said_aloud(world_of: WorldOf) -> None:
    """Neither of those who packed short is asked again; the school and the reports are told what is missing."""
    world, first = await confirmed(world_of)
    await tell(world, facts.dispatched(first, 22_000))
    second = world.told_of(OrderPlaced)[1]
    await tell(world, facts.accepted(second))
    await tell(world, facts.dispatched(second, 3_000))
    assert len(world.told_of(OrderPlaced)) == 2
    assert [each.unmet_g for each in world.told_of(DemandUnmet)] == [5_000]
    line = (await facts.lines_of(world))["cabbage"]
    assert (line["allocated_g"], line["unmet_g"], line["status"]) == (25_000, 5_000, "sourced")
    assert (await facts.run(world))["unmet_g"] == 5_000
    about = {"canteen_id": "school-1", "first_day": str(MONDAY), "last_day": str(MONDAY)}
    (food,) = (await ok(await world.client("procurement").get("/needs", params=about)))["foods"]
    assert (food["quantity_g"], food["allocated_g"], food["unmet_g"]) == (30_000, 25_000, 5_000)
    week = {"county_code": facts.COUNTY, "week_start": str(MONDAY)}
    report = await ok(await world.client("procurement").get("/reports/week", params=week))
    assert (report["allocated_g"], report["unmet_g"], report["packed_short_g"]) == (25_000, 5_000, 13_000)


async def test_after_ordering_closed_shortages_are_still_mended(world_of: WorldOf) -> None:
    """A hole in the packing is a shortage and no new wish: it is sourced again until the day begins."""
    world, first = await confirmed(world_of, **CLOSES)
    world.clock.advance(LATE)
    await tell(world, facts.dispatched(first, 22_000))
    assert world.told_of(OrderPlaced)[1].lines[0].ordered_g == 8_000


async def test_on_the_day_itself_it_is_too_late_for_others(world_of: WorldOf) -> None:
    """What is missing at dawn is unmet and told: nobody packs and drives it before it is cooked."""
    world, first = await confirmed(world_of)
    world.clock.advance(THE_DAY)
    await tell(world, facts.dispatched(first, 22_000))
    assert len(world.told_of(OrderPlaced)) == 1
    assert [each.unmet_g for each in world.told_of(DemandUnmet)] == [8_000]
    assert (await facts.lines_of(world))["cabbage"]["allocated_g"] == 22_000


async def test_what_is_wanted_no_more_is_not_sourced_again(world_of: WorldOf) -> None:
    """After ordering closed less was wanted; the surplus that would have come is what is missing first."""
    world, first = await confirmed(world_of, **CLOSES)
    world.clock.advance(LATE)
    await tell(world, facts.an_amendment({("cabbage", MONDAY): 25_000}, version=2))
    assert (await facts.lines_of(world))["cabbage"]["surplus_g"] == 5_000
    await tell(world, facts.dispatched(first, 22_000))
    assert [event.lines[0].ordered_g for event in world.told_of(OrderPlaced)] == [30_000, 3_000]
    line = (await facts.lines_of(world))["cabbage"]
    assert (line["quantity_g"], line["allocated_g"], line["surplus_g"]) == (25_000, 25_000, 0)


async def test_a_dispatch_heard_before_its_answer(world_of: WorldOf) -> None:
    """What is packed says what comes; the answer that follows changes nothing."""
    world = await a_world(world_of)
    (first,) = world.told_of(OrderPlaced)
    await tell(world, facts.dispatched(first, 22_000))
    await tell(world, facts.partly(first, 25_000))
    assert [event.lines[0].ordered_g for event in world.told_of(OrderPlaced)] == [30_000, 8_000]
    assert (await facts.lines_of(world))["cabbage"]["allocated_g"] == 30_000


async def test_too_much_and_too_little_of_a_line_in_one_batch(world_of: WorldOf) -> None:
    """One order was lowered and packed in full all the same, the line's other one is short: nothing counts twice."""
    world, first = await confirmed(world_of)
    body = {"lines": [{"line_id": first.lines[0].line_id, "ordered_g": 10_000}], "reason": "half is enough"}
    await ok(await world.client("procurement").post(f"/orders/{first.order_id}/lower", json=body))
    await world.settle()
    second = world.told_of(OrderPlaced)[1]
    assert second.lines[0].ordered_g == 20_000
    await tell(world, facts.dispatched(first), facts.dispatched(second, 3_000))
    line = (await facts.lines_of(world))["cabbage"]
    # 30 kg came from the one, 3 kg from the other: that is 3 kg too much, and of what is missing nothing is wanted.
    assert (line["allocated_g"], line["surplus_g"], line["unmet_g"], line["open_g"]) == (33_000, 3_000, 0, 0)
    assert len(world.told_of(OrderPlaced)) == 2
    await facts.no_dead_letters(world)


async def test_packing_short_changes_nothing_of_what_is_owed(world_of: WorldOf) -> None:
    """What calling off late cost stands, and only what is packed can be received and paid."""
    world, first = await confirmed(world_of, **CLOSES)
    world.clock.advance(LATE)
    lines = [{"line_id": first.lines[0].line_id, "ordered_g": 20_000}]
    await ok(await post(world, f"/orders/{first.order_id}/lower", lines=lines, reason="fog", by="official", name="李"))
    await world.settle()
    owed = [await balance(world, account) for account in (PAYER, PAYEE)]
    assert owed == [-600, 600]
    packed = facts.dispatched(first, 15_000)
    receipt = facts.a_receipt(first, 15_000)
    weighed = receipt.lines[0].model_copy(update={"received_g": 15_000})
    await tell(world, facts.a_lot(poor=100_000), packed)
    await tell(world, receipt.model_copy(update={"lines": (weighed,)}))
    assert [await balance(world, account) for account in (PAYER, PAYEE)] == owed
    shown = await facts.order(world, first)
    assert (shown["status"], shown["owed_fen"], shown["lines"][0]["amount_fen"]) == ("settled", 600, 3_000)
    assert (await ok(await world.client("procurement").get("/ledger/sum")))["sum_fen"] == 0
    await facts.no_dead_letters(world)
