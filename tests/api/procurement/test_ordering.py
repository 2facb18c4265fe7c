"""Officials approve, ordering closes, orders are changed by hand, and every version stays readable."""

import csv
from datetime import timedelta
from typing import Any

from services.procurement.orders.approvals import refuse_overdue
from shared.events.nutrition import FoodRegistered
from shared.events.procurement import OrderAmended, OrderCancelled, OrderConfirmed, OrderPlaced
from tests.api.procurement import facts
from tests.api.procurement.facts import MONDAY, TUESDAY
from tests.api.procurement.test_sourcing_rules import RULES
from tests.conftest import WorldOf
from tests.world import World, ok, refused

NEEDS = {("cabbage", MONDAY): 30_000}
OFFICIAL = {"official": "李主任（虚构）", "reason": "within the term's budget"}
CLOSES: dict[str, Any] = {"cut_off_days": 2, "cut_off_at": "16:00", "late_owed_permille": 300}


async def rule(world: World, **says: Any) -> dict[str, Any]:
    """Put a rule of the county."""
    row = {"region_code": "520628", "valid_from": "2026-09-01", "source": "fictional"} | says
    done: dict[str, Any] = await ok(await world.client("procurement").put("/ordering-rules", json={"rows": [row]}))
    return done


async def a_world(world_of: WorldOf, needs: facts.Needs = NEEDS, **says: Any) -> World:
    """Return a world of two offers, the second one dear, where a run was carried out under a county's rule."""
    world = await world_of("procurement")
    dear = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=900)
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer(), dear, facts.a_menu(needs))
    await world.settle()
    if says:
        await rule(world, **says)
    await facts.run(world)
    return world


async def drafts(world: World) -> list[dict[str, Any]]:
    """Return the orders that wait for an official."""
    params = {"status": "draft", "county_code": facts.COUNTY}
    items: list[dict[str, Any]] = (await ok(await world.client("procurement").get("/orders", params=params)))["items"]
    return items


async def post(world: World, path: str, **body: Any) -> Any:
    """Post to procurement."""
    return await world.client("procurement").post(path, json=body)


async def test_rules_are_data(world_of: WorldOf) -> None:
    """A rule is put, put again without a change, and shown; half a cut-off is refused by name."""
    world = await world_of("procurement")
    assert (await rule(world, **CLOSES))["created"] == 1
    assert (await rule(world, **CLOSES))["unchanged"] == 1
    assert (await rule(world, approval_limit_fen=1))["changed"] == 1
    assert (await rule(world, cut_off_days=1))["refused"][0]["rule"] == "half-a-cut-off"
    shown = (await ok(await world.client("procurement").get("/ordering-rules")))["items"]
    assert [(each["approval_limit_fen"], each["cut_off_at"]) for each in shown] == [(1, None)]


async def test_an_order_above_the_limit_waits_for_an_official(world_of: WorldOf) -> None:
    """Its supplier hears nothing, its grams are kept for it; approved, it is placed in its second version."""
    world = await a_world(world_of, approval_limit_fen=5_999)
    (draft,) = await drafts(world)
    assert (draft["amount_fen"], draft["supplier"]) == (6_000, "cooperative")
    assert world.told_of(OrderPlaced) == []
    assert (await facts.lines_of(world))["cabbage"]["allocated_g"] == 30_000
    placed = await ok(await post(world, f"/orders/{draft['order_id']}/approve", **OFFICIAL))
    await world.settle()
    assert (placed["status"], placed["version"], world.told_of(OrderPlaced)[0].version) == ("placed", 2, 2)
    refused(await post(world, f"/orders/{draft['order_id']}/approve", **OFFICIAL), 409, "not-waiting")


async def test_an_order_at_the_limit_is_placed_at_once(world_of: WorldOf) -> None:
    """What does not exceed the limit waits for nobody."""
    world = await a_world(world_of, approval_limit_fen=6_000)
    assert (await drafts(world), len(world.told_of(OrderPlaced))) == ([], 1)


async def test_a_refused_order_is_sourced_elsewhere(world_of: WorldOf) -> None:
    """The refusal names its reason; the demand goes to another offer, and that order is judged by the limit, too."""
    world = await a_world(world_of, approval_limit_fen=5_999)
    (draft,) = await drafts(world)
    done = await ok(await post(world, f"/orders/{draft['order_id']}/refuse", official="李", reason="too dear"))
    assert done["status"] == "refused"
    (other,) = await drafts(world)
    assert (other["cooperative_id"], other["amount_fen"]) == ("coop-2", 27_000)
    history = await ok(await world.client("procurement").get(f"/orders/{draft['order_id']}/versions"))
    assert [(each["status"], each["who"], each["why"]) for each in history["items"]][1] == (
        "refused",
        "official: 李",
        "too dear",
    )


async def test_silence_refuses_when_the_clock_has_run_out(world_of: WorldOf) -> None:
    """A draft nobody decides on until `approve_by` is refused by itself and sourced elsewhere, not before."""
    world = await a_world(world_of, approval_limit_fen=5_999, approval_hours=3)
    (draft,) = await drafts(world)
    service = world.services["procurement"]
    assert await refuse_overdue(service) == 0
    world.clock.advance(timedelta(hours=3))
    assert await refuse_overdue(service) == 1
    shown = await ok(await world.client("procurement").get(f"/orders/{draft['order_id']}"))
    assert (shown["status"], [each["cooperative_id"] for each in await drafts(world)]) == ("refused", ["coop-2"])


async def test_a_draft_is_cancelled_without_anybody_hearing_of_it(world_of: WorldOf) -> None:
    """Nobody was told of a draft, so nobody is told that it is off."""
    world = await a_world(world_of, approval_limit_fen=5_999)
    (draft,) = await drafts(world)
    await ok(await post(world, f"/orders/{draft['order_id']}/cancel", reason="closed"))
    await world.settle()
    assert world.told_of(OrderCancelled) == []
    assert (await facts.lines_of(world))["cabbage"]["allocated_g"] == 30_000


async def test_after_ordering_closed_only_an_official_cancels_and_it_costs(world_of: WorldOf) -> None:
    """The school is refused with the rule; an official cancels, and the supplier is owed its part of what stood."""
    world = await a_world(world_of, **CLOSES)
    (placed,) = world.told_of(OrderPlaced)
    await world.publish(facts.accepted(placed))
    await world.settle()
    world.clock.advance(timedelta(days=5, hours=9))
    path = f"/orders/{placed.order_id}/cancel"
    refused(await post(world, path, reason="closed"), 409, "ordering-closed")
    done = await ok(await post(world, path, reason="closed", by="official", name="李"))
    assert (done["status"], done["owed_fen"]) == ("cancelled", 1_800)


async def test_a_menu_amended_after_ordering_closed_changes_no_order(world_of: WorldOf) -> None:
    """Less is needed: the surplus comes all the same; more is needed: it stays short for an official to order."""
    world = await a_world(world_of, **CLOSES)
    world.clock.advance(timedelta(days=5, hours=9))
    await world.publish(facts.an_amendment({("cabbage", MONDAY): 20_000}, 2))
    await world.settle()
    line = (await facts.lines_of(world))["cabbage"]
    assert (line["surplus_g"], world.told_of(OrderAmended), world.told_of(OrderCancelled)) == (10_000, [], [])
    await world.publish(facts.an_amendment({("cabbage", MONDAY): 36_000}, 3))
    await world.settle()
    line = (await facts.lines_of(world))["cabbage"]
    assert (line["unmet_g"], line["open_g"], len(world.told_of(OrderPlaced))) == (6_000, 0, 1)


async def test_a_shortage_is_mended_after_ordering_closed(world_of: WorldOf) -> None:
    """A supplier that declines late leaves a shortage: it is sourced again at once in spite of the hour."""
    world = await a_world(world_of, **CLOSES)
    world.clock.advance(timedelta(days=5, hours=9))
    await world.publish(facts.declined(world.told_of(OrderPlaced)[0]))
    await world.settle()
    assert [each.cooperative_id for each in world.told_of(OrderPlaced)] == ["coop-1", "coop-2"]


async def test_lowering_an_order_keeps_every_version(world_of: WorldOf) -> None:
    """Placed, confirmed, lowered: each version says who, why and what changed; the supplier is told the new grams."""
    world = await a_world(world_of)
    (placed,) = world.told_of(OrderPlaced)
    await world.publish(facts.accepted(placed))
    await world.settle()
    line_id = placed.lines[0].line_id
    lines = [{"line_id": line_id, "ordered_g": 18_000}]
    body: dict[str, Any] = {"lines": lines, "reason": "from the garden", "name": "陈老师"}
    await ok(await post(world, f"/orders/{placed.order_id}/lower", **body))
    await world.settle()
    assert world.told_of(OrderAmended)[0].lines[0].ordered_g == 18_000
    assert [each.lines[0].confirmed_g for each in world.told_of(OrderConfirmed)] == [30_000, 18_000]
    shown = await ok(await world.client("procurement").get(f"/orders/{placed.order_id}/versions"))
    told = [(each["version"], each["status"], each["who"], each["amount_fen"]) for each in shown["items"]]
    assert told == [
        (1, "placed", "sourcing", 6_000),
        (2, "confirmed", "supplier", 6_000),
        (3, "confirmed", "school: 陈老师", 3_600),
    ]
    changes = [(each["quantity"], each["before_g"], each["after_g"]) for each in shown["items"][2]["differences"]]
    assert changes == [("ordered", 30_000, 18_000), ("confirmed", 30_000, 18_000)]
    twice = body | {"lines": lines * 2}
    refused(await post(world, f"/orders/{placed.order_id}/lower", **twice), 422, "line-twice")


def by_hand(**more: Any) -> dict[str, Any]:
    """Return an order by hand of 2 kg from the dear offer."""
    wanted = {"canteen_id": "school-1", "food_code": "cabbage", "delivery_day": str(MONDAY), "offer_id": "offer-2"}
    return OFFICIAL | wanted | {"quantity_g": 2_000} | more


async def test_an_official_orders_by_hand_what_a_school_lacks(world_of: WorldOf) -> None:
    """Before any run a dear offer may be chosen; the run then orders the rest only."""
    world = await world_of("procurement")
    dear = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=900)
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer(), dear, facts.a_menu(NEEDS))
    await world.settle()
    made = await ok(await post(world, "/orders", **by_hand()))
    assert (made["status"], made["cooperative_id"], made["amount_fen"]) == ("placed", "coop-2", 1_800)
    await facts.run(world)
    told = {(each.cooperative_id, each.lines[0].ordered_g) for each in world.told_of(OrderPlaced)}
    assert told == {("coop-2", 2_000), ("coop-1", 28_000)}


async def test_an_order_by_hand_keeps_to_the_rules_of_sourcing(world_of: WorldOf) -> None:
    """Too much, below the least lot, another food's offer, an unknown line: each is refused with its rule."""
    world = await world_of("procurement")
    pears = facts.an_offer("offer-3", food_code="pear")
    late = facts.an_offer("offer-4", available_from=MONDAY + timedelta(days=1))
    dear = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=900)
    await world.publish(facts.a_canteen(), facts.a_cooperative(), dear, pears, late, facts.a_menu(NEEDS))
    await world.settle()
    for change, status, broken in (
        ({"quantity_g": 30_001}, 422, "more-than-lacking"),
        ({"quantity_g": 499}, 422, "below-minimum-lot"),
        ({"offer_id": "offer-3"}, 422, "no-such-offer"),
        ({"offer_id": "offer-4"}, 422, "no-such-offer"),
        ({"food_code": "rice"}, 404, "unknown-demand-line"),
    ):
        refused(await post(world, "/orders", **by_hand(**change)), status, broken)
    await rule(world, **CLOSES)
    world.clock.advance(timedelta(days=5, hours=9))
    refused(await post(world, "/orders", **by_hand()), 409, "ordering-closed")


async def test_an_order_by_hand_keeps_to_the_limits_of_sourcing(world_of: WorldOf) -> None:
    """What a cooperative delivers in a day, what its households may earn, what a school may spend: none is passed."""
    world = await world_of("procurement")
    dear = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=900)
    menu = facts.a_menu(NEEDS, budget={MONDAY: 1_800})
    await world.publish(facts.a_canteen(), facts.a_cooperative("coop-2"), dear, menu)
    await world.settle()
    season = {"season_from": str(MONDAY), "season_until": str(MONDAY)}
    for limit in ({"handling_g_per_day": 1_999}, season | {"household_cap_fen": 89}):
        await ok(await world.client("procurement").put(f"/sourcing-rules/{facts.COUNTY}", json=RULES | limit))
        refused(await post(world, "/orders", **by_hand()), 409, "beyond-the-rules")
    kept = season | {"handling_g_per_day": 2_000, "household_cap_fen": 90, "school_budgets": True}
    await ok(await world.client("procurement").put(f"/sourcing-rules/{facts.COUNTY}", json=RULES | kept))
    refused(await post(world, "/orders", **by_hand(quantity_g=2_001)), 409, "beyond-the-rules")
    assert (await ok(await post(world, "/orders", **by_hand())))["amount_fen"] == 1_800


async def test_an_order_is_printed_and_opened_in_the_supplier_s_units(world_of: WorldOf) -> None:
    """PDF and CSV carry names, jin or kilograms, packs, and five quantities that are not mixed."""
    world = await world_of("procurement")
    food = FoodRegistered(
        food_code="cabbage",
        version=1,
        name_zh="大白菜",
        name_en="Napa cabbage",
        food_group="vegetable",
        temperature_class=None,
        registered_at=facts.AT,
    )
    packed = facts.an_offer(pack_size_g=20_000)
    await world.publish(food, facts.a_canteen(), facts.a_cooperative(), packed, facts.a_menu(NEEDS))
    await world.settle()
    await facts.run(world)
    (placed,) = world.told_of(OrderPlaced)
    await world.publish(facts.partly(placed, 24_690))
    await world.settle()
    client, path = world.client("procurement"), f"/orders/{placed.order_id}/document"
    printed = await client.get(path + ".pdf")
    assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf")
    assert printed.content.startswith(b"%PDF-")
    assert "order-" in printed.headers["content-disposition"]
    for unit, ordered, confirmed, price in (("jin", "60", "49.38", "1"), ("kg", "30", "24.69", "2")):
        answer = await client.get(path + ".csv", params={"unit": unit})
        (row,) = csv.DictReader(answer.content.decode("utf-8-sig").splitlines())
        assert (row["food_zh"], row[f"ordered_{unit}"], row[f"confirmed_{unit}"]) == ("大白菜", ordered, confirmed)
        assert (row["packs"], row[f"price_yuan_per_{unit}"], row["amount_yuan"]) == ("1 + 4.69 kg", price, "49.38")
        assert [row[name] for name in ("dispatched_g", "received_g", "accepted_g")] == ["0", "0", "0"]


async def test_a_run_orders_nothing_for_days_whose_ordering_has_closed(world_of: WorldOf) -> None:
    """Monday's ordering closed before the run: its demand stays short; Tuesday's is ordered."""
    world = await world_of("procurement")
    needs = NEEDS | {("cabbage", TUESDAY): 7_000}
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer(), facts.a_menu(needs))
    await world.settle()
    await rule(world, **CLOSES)
    world.clock.advance(timedelta(days=5, hours=9))
    done = await facts.run(world)
    assert (done["status"], done["unmet_g"]) == ("done", 30_000)
    assert [each.delivery_day for each in world.told_of(OrderPlaced)] == [TUESDAY]


async def test_prices_far_from_the_market_are_listed(world_of: WorldOf) -> None:
    """The cabbage costs a quarter more than the market says: listed from 250 ‰ on, not from 251."""
    world = await a_world(world_of)
    client = world.client("procurement")
    price = {"food_code": "cabbage", "region_code": "52", "day": "2026-11-20", "price_fen_per_kg": 160}
    await ok(await client.put("/reference-prices", json={"rows": [price | {"source": "fictional", "verified": True}]}))
    asked = {"county_code": facts.COUNTY, "first_day": str(MONDAY), "last_day": str(TUESDAY)}
    for least, listed in ((250, [250]), (251, [])):
        params = asked | {"least_permille": least}
        found = await ok(await client.get("/orders/price-deviations", params=params))
        assert [each["reference"]["difference_permille"] for each in found["items"]] == listed
        assert found["next"] is None
