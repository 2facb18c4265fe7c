"""What was packed and does not come, recalled or stranded, is sourced again at once; nobody pays for it."""

from datetime import timedelta
from typing import Any

from shared.events.logistics import ConsignmentGivenUp, RecallRaised
from shared.events.procurement import DemandUnmet, OrderAmended, OrderCancelled, OrderPlaced
from tests.api.procurement import facts
from tests.api.procurement.facts import AT, COUNTY, MONDAY
from tests.api.procurement.test_disputes import TERMS
from tests.api.procurement.test_orders import allocated, tell
from tests.api.procurement.test_packed_short import THE_DAY, confirmed
from tests.api.procurement.test_payments import balance
from tests.conftest import WorldOf
from tests.world import World, ok

ACCOUNTS = ("school/school-1/food-money", "household/poor")


def a_recall(lot_id: str = "lot-1", reason: str = "pesticide residue") -> RecallRaised:
    """Return the recall of a lot."""
    return RecallRaised(
        recall_id=f"recall-{lot_id}", lot_id=lot_id, cooperative_id="coop-1", reason=reason, raised_at=AT
    )


def given_up(order: OrderPlaced, reason: str = "the van broke down") -> ConsignmentGivenUp:
    """Return the word of logistics that nothing can bring an order."""
    return ConsignmentGivenUp(
        order_id=order.order_id,
        canteen_id=order.canteen_id,
        cooperative_id=order.cooperative_id,
        county_code=COUNTY,
        delivery_day=order.delivery_day,
        reason=reason,
        given_up_at=AT,
    )


async def lines(world: World) -> dict[str, Any]:
    """Return the demand line of the school's cabbage."""
    return (await facts.lines_of(world))["cabbage"]


async def test_a_recalled_lot_is_sourced_again_from_another(world_of: WorldOf) -> None:
    """All of the line goes to others, told again or not; the order that held it is neither changed nor called off."""
    world, first = await confirmed(world_of)
    await tell(world, facts.dispatched(first))
    await tell(world, a_recall(), a_recall(reason="told again"), a_recall("lot-of-others"))
    await tell(world, a_recall())
    _, second = world.told_of(OrderPlaced)
    assert (second.cooperative_id, second.lines[0].ordered_g) == ("coop-2", 30_000)
    assert await allocated(world) == {"offer-1": 30_000, "offer-2": 30_000}
    line = await lines(world)
    assert (line["allocated_g"], line["unmet_g"], line["open_g"]) == (30_000, 0, 0)
    shown = await facts.order(world, first)
    (lost,) = shown["lines"]
    assert (lost["lost"], lost["lost_reason"], lost["dispatched_g"]) == ("recalled", "pesticide residue", 30_000)
    assert (shown["amount_fen"], shown["owed_fen"]) == (0, 0)
    assert [len(world.told_of(kind)) for kind in (OrderAmended, OrderCancelled)] == [0, 0]
    week = {"county_code": COUNTY, "week_start": str(MONDAY)}
    report = await ok(await world.client("procurement").get("/reports/week", params=week))
    assert (report["lost_g"], report["packed_short_g"]) == (30_000, 0)
    await facts.no_dead_letters(world)


async def test_a_recall_heard_before_the_packing(world_of: WorldOf) -> None:
    """What is packed from a lot that was recalled before does not come; what is packed short is not lost twice."""
    world, first = await confirmed(world_of)
    await tell(world, a_recall())
    assert len(world.told_of(OrderPlaced)) == 1
    await tell(world, facts.dispatched(first, 22_000))
    _, second = world.told_of(OrderPlaced)
    assert second.lines[0].ordered_g == 30_000
    assert (await lines(world))["allocated_g"] == 30_000
    assert (await facts.order(world, first))["lines"][0]["lost"] == "recalled"
    await facts.no_dead_letters(world)


async def test_a_recall_takes_back_what_crossed_with_a_cancellation(world_of: WorldOf) -> None:
    """A cancelled order that was packed all the same, from a recalled lot, leaves nothing that counts as coming."""
    world, first = await confirmed(world_of)
    body = {"reason": "closed"}
    await ok(await world.client("procurement").post(f"/orders/{first.order_id}/cancel", json=body))
    await world.settle()
    await tell(world, a_recall())
    await tell(world, facts.dispatched(first))
    line = await lines(world)
    assert (line["quantity_g"], line["allocated_g"], line["surplus_g"], line["unmet_g"]) == (30_000, 30_000, 0, 0)
    assert (await facts.order(world, first))["amount_fen"] == 0
    await facts.no_dead_letters(world)


async def test_on_the_day_itself_what_is_recalled_is_missing(world_of: WorldOf) -> None:
    """Nobody packs and drives it before lunch: it is unmet and told; a recall of yesterday's food changes nothing."""
    world, first = await confirmed(world_of)
    await tell(world, facts.dispatched(first))
    world.clock.advance(THE_DAY)
    await tell(world, a_recall())
    assert len(world.told_of(OrderPlaced)) == 1
    assert [each.unmet_g for each in world.told_of(DemandUnmet)] == [30_000]


async def test_a_recall_after_the_day_changes_no_demand(world_of: WorldOf) -> None:
    """What was for a day that is over is eaten or was missing: nothing of it is looked for any more."""
    world, first = await confirmed(world_of)
    await tell(world, facts.dispatched(first))
    world.clock.advance(THE_DAY + timedelta(days=1))
    await tell(world, a_recall())
    assert world.told_of(DemandUnmet) == []
    assert (await lines(world))["allocated_g"] == 30_000


async def test_what_was_received_for_today_is_the_stores_matter(world_of: WorldOf) -> None:
    """It lies in the store or in the pot: the kitchen is told by the recall, and its next menu asks for more."""
    world, first = await confirmed(world_of)
    await tell(world, facts.a_lot(poor=100_000), facts.dispatched(first))
    world.clock.advance(THE_DAY)
    await tell(world, facts.a_receipt(first, 30_000))
    await tell(world, a_recall())
    assert (len(world.told_of(OrderPlaced)), world.told_of(DemandUnmet)) == (1, [])
    assert (await facts.order(world, first))["lines"][0]["lost"] is None


async def test_what_was_received_for_a_later_day_is_sourced_again(world_of: WorldOf) -> None:
    """It came the evening before and is recalled in the night; a receipt put right takes its money back, to the fen."""
    world, first = await confirmed(world_of)
    await tell(world, facts.a_lot(poor=100_000), facts.dispatched(first))
    await tell(world, facts.a_receipt(first, 30_000))
    await tell(world, a_recall())
    assert world.told_of(OrderPlaced)[1].lines[0].ordered_g == 30_000
    shown = await facts.order(world, first)
    assert (shown["status"], shown["lines"][0]["amount_fen"]) == ("settled", 6_000)
    assert [await balance(world, account) for account in ACCOUNTS] == [
        -6_000,
        6_000,
    ]
    await tell(world, facts.a_receipt(first, 0, version=2))
    shown = await facts.order(world, first)
    assert (shown["status"], shown["lines"][0]["amount_fen"]) == ("received", 0)
    assert (await lines(world))["allocated_g"] == 30_000
    assert [await balance(world, account) for account in ACCOUNTS] == [0, 0]
    assert (await ok(await world.client("procurement").get("/ledger/sum")))["sum_fen"] == 0
    await facts.no_dead_letters(world)


async def test_what_nobody_may_accept_is_no_dispute(world_of: WorldOf) -> None:
    """A county that disputes what is lacking does not dispute what was recalled: it is not paid, and that is that."""
    world, first = await confirmed(world_of)
    await ok(await world.client("procurement").put("/settlement-terms", json={"rows": [TERMS]}))
    await tell(world, facts.dispatched(first))
    await tell(world, a_recall())
    await tell(world, facts.a_receipt(first, 0))
    disputes = await ok(await world.client("procurement").get("/disputes"))
    assert disputes["items"] == []
    assert (await facts.order(world, first))["status"] == "received"


async def test_what_nothing_can_bring_is_sourced_again(world_of: WorldOf) -> None:
    """A vehicle is lost the evening before: what waits for it comes from others, told twice or not."""
    world, first = await confirmed(world_of)
    await tell(world, facts.dispatched(first), facts.loaded(first))
    await tell(world, given_up(first))
    await tell(world, given_up(first, "again"))
    assert [event.lines[0].ordered_g for event in world.told_of(OrderPlaced)] == [30_000, 30_000]
    (lost,) = (await facts.order(world, first))["lines"]
    assert (lost["lost"], lost["lost_reason"]) == ("undelivered", "the van broke down")
    assert (await lines(world))["allocated_g"] == 30_000


async def test_giving_up_heard_before_the_packing_waits_for_it(world_of: WorldOf) -> None:
    """Topics have no order between them: the word of logistics is parked until the packing is heard."""
    world, first = await confirmed(world_of)
    await tell(world, given_up(first))
    assert len(world.told_of(OrderPlaced)) == 1
    await tell(world, facts.dispatched(first))
    world.clock.advance(timedelta(minutes=5))
    await world.settle()
    assert len(world.told_of(OrderPlaced)) == 2
    await facts.no_dead_letters(world)


async def test_on_the_day_itself_what_is_stranded_is_missing(world_of: WorldOf) -> None:
    """The vehicle is lost on the way: the school and whoever plans its meals are told what is missing."""
    world, first = await confirmed(world_of)
    await tell(world, facts.dispatched(first))
    world.clock.advance(THE_DAY)
    await tell(world, given_up(first))
    assert [each.unmet_g for each in world.told_of(DemandUnmet)] == [30_000]
    about = {"canteen_id": "school-1", "first_day": str(MONDAY), "last_day": str(MONDAY)}
    (food,) = (await ok(await world.client("procurement").get("/needs", params=about)))["foods"]
    assert (food["allocated_g"], food["unmet_g"]) == (0, 30_000)
