"""What a cooperative cannot bring is asked of others; what nobody has is said aloud."""

from datetime import timedelta

from shared.events.farmers import OrderDeclined
from shared.events.procurement import DemandUnmet, OrderPlaced
from tests import builders as b
from tests.journeys.county import County
from tests.world import World, ok

RICE_OF_B = b.an_offer("b", "rice", price=404)
RECALLED = ("coop-a", "rice")


async def test_a_declined_order_is_sourced_again_elsewhere(county: County[World]) -> None:
    """A decline moves the grams to another cooperative at once; the one that declined is not asked again."""
    await county.set_up()
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    await county.source()
    (order,) = await county.inbox("a")
    await ok(await county.farmers.post(f"/orders/{order['order_id']}/decline", json={"reason": "flood"}))
    await county.world.settle()
    assert await county.inbox("a") == []
    assert sum(line["ordered_g"] for o in await county.inbox("b") for line in o["lines"]) == 22_000
    await county.accept_all()
    report = await county.check()
    assert (report["allocated_g"], report["unmet_g"]) == (22_000, 0)


async def test_a_part_acceptance_leaves_only_the_rest_to_others(county: County[World]) -> None:
    """The confirmed part stands; the difference is ordered from somebody else."""
    await county.set_up()
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    await county.source()
    (order,) = await county.inbox("a")
    lines = [{"line_id": line["line_id"], "confirmed_g": line["ordered_g"] // 2} for line in order["lines"]]
    body = {"lines": lines, "reason": "half of it froze"}
    await ok(await county.farmers.post(f"/orders/{order['order_id']}/accept", json=body))
    await county.world.settle()
    assert sum(line["ordered_g"] for o in await county.inbox("b") for line in o["lines"]) == 11_000
    await county.accept_all()
    report = await county.check()
    assert (report["allocated_g"], report["unmet_g"]) == (22_000, 0)
    assert report["lines_short"] >= 3


async def test_what_nobody_offers_is_published_as_unmet(county: County[World]) -> None:
    """Demand = allocated + unmet; the unmet part is a fact others hear of."""
    await county.set_up(b.an_offer("a", "rice", kg=6), b.an_offer("b", "cabbage"))
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    await county.source()
    await county.accept_all()
    unmet = {event.food_code: event.unmet_g for event in county.world.told_of(DemandUnmet)}
    assert unmet == {"rice": 4_000, "pork": 2_000}
    report = await county.check()
    assert (report["allocated_g"], report["unmet_g"]) == (16_000, 6_000)


async def test_silence_past_the_deadline_is_a_decline(county: County[World]) -> None:
    """Nobody answers: the clock declines, and the grams go to somebody else."""
    await county.set_up()
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    await county.source()
    (order,) = await county.inbox("a")
    county.world.clock.advance(timedelta(hours=30))
    late = await county.farmers.post(f"/orders/{order['order_id']}/accept", json={})
    assert late.status_code in (409, 422)
    await county.world.settle()
    (declined,) = county.world.told_of(OrderDeclined)
    assert declined.by_silence
    assert await county.inbox("a") == []
    await county.accept_all("b")
    assert (await county.check())["allocated_g"] == 22_000


async def test_when_all_decline_everything_is_unmet_and_nobody_is_asked_twice(county: County[World]) -> None:
    """Sourcing again ends: each cooperative is asked once for a demand line."""
    await county.set_up()
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    await county.source()
    for _ in range(6):
        for order in await county.inbox("a") + await county.inbox("b"):
            await ok(await county.farmers.post(f"/orders/{order['order_id']}/decline", json={"reason": "no"}))
        await county.world.settle()
    asked = [(e.cooperative_id, line.food_code) for e in county.world.told_of(OrderPlaced) for line in e.lines]
    assert len(asked) == len(set(asked)) == 6
    report = await county.check()
    assert (report["allocated_g"], report["unmet_g"]) == (0, 22_000)


async def test_what_is_packed_short_comes_from_somebody_else_and_is_eaten(county: County[World]) -> None:
    """The evening before, half of the rice is missing at the packing table: another cooperative brings it."""
    wanted = await packed_on_the_eve(county, rice_is=2)
    (asked,) = await county.inbox("b")
    assert {line["food_code"]: line["ordered_g"] for line in asked["lines"]} == {"rice": wanted["rice"] // 2}
    assert await county.accept_all() == 1
    await county.live_through()
    report = await county.check()
    assert (report["allocated_g"], report["unmet_g"], report["accepted_g"]) == (22_000, 0, 22_000)
    assert report["packed_short_g"] == wanted["rice"] // 2
    (short, *_) = [line for order in await county.orders() for line in order["lines"] if line["packed_short_reason"]]
    assert (short["food_code"], short["packed_short_reason"]) == ("rice", "lots-exhausted")


async def packed_on_the_eve(county: County[World], rice_is: int = 1) -> dict[str, int]:
    """Have a school's Monday packed by cooperative a the evening before, of its rice so manieth part.

    Returns the grams that were confirmed, by food.
    """
    await county.set_up(b.an_offer("a", "rice"), b.an_offer("a", "cabbage"), b.an_offer("a", "pork"), RICE_OF_B)
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    await county.source()
    await county.accept_all()
    county.go_to("2026-11-29", 8)
    (order,) = await county.inbox("a", "accepted")
    wanted = {line["food_code"]: line["confirmed_g"] for line in order["lines"]}
    for food, grams in wanted.items():
        lot = county.a_lot("a", food, "2026-11-29", grams // rice_is if food == "rice" else grams)
        await ok(await county.farmers.post("/lots", json=lot))
    await ok(await county.farmers.post(f"/orders/{order['order_id']}/dispatch", json={}))
    await county.world.settle()
    return wanted


async def test_a_recalled_lot_comes_from_somebody_else_and_nobody_pays_for_it(county: County[World]) -> None:
    """The rice that is packed already is recalled in the evening: another cooperative's is eaten, and paid."""
    wanted = await packed_on_the_eve(county)
    recall = {"lot_id": "lot-a-rice-2026-11-29", "reason": "cadmium found"}
    await ok(await county.logistics.post("/recalls", json=recall))
    await county.world.settle()
    (asked,) = await county.inbox("b")
    assert {line["food_code"]: line["ordered_g"] for line in asked["lines"]} == {"rice": wanted["rice"]}
    assert await county.accept_all() == 1
    await county.harvest_and_dispatch(b.WEEK[0])
    await county.drive(b.WEEK[0])
    for one in await county.consignments():
        receipt = county.a_receipt(one)
        bad = {line["line_id"] for line in one["lines"] if (one["cooperative_id"], line["food_code"]) == RECALLED}
        for line in receipt["lines"]:
            line |= {"received_g": 0, "accepted_g": 0, "reason": "recalled"} if line["line_id"] in bad else {}
        await ok(await county.logistics.post("/receipts", json=receipt))
    await county.world.settle()
    await county.serve()
    report = await county.check()
    assert (report["allocated_g"], report["unmet_g"], report["accepted_g"]) == (22_000, 0, 22_000)
    assert (report["lost_g"], report["packed_short_g"]) == (wanted["rice"], 0)
    (lost,) = [line for order in await county.orders() for line in order["lines"] if line["lost"]]
    assert (lost["food_code"], lost["lost"], lost["lost_reason"]) == ("rice", "recalled", "cadmium found")
    assert (lost["accepted_g"], lost["amount_fen"]) == (0, 0)


async def test_what_no_vehicle_can_bring_comes_from_somebody_else_or_is_missing(county: County[World]) -> None:
    """A county loses its vehicles the evening before: what is given up is asked of others, and the rest said aloud."""
    wanted = await packed_on_the_eve(county)
    (consignment,) = (await ok(await county.logistics.get("/consignments")))["items"]
    path = f"/consignments/{consignment['order_id']}/give-up"
    given_up = await ok(await county.logistics.post(path, json={"reason": "the only van broke down"}))
    assert given_up["status"] == "given_up"
    await county.world.settle()
    (asked,) = await county.inbox("b")
    assert {line["food_code"]: line["ordered_g"] for line in asked["lines"]} == {"rice": wanted["rice"]}
    await county.accept_all()
    report = await county.check()
    missing = 22_000 - wanted["rice"]
    assert (report["allocated_g"], report["unmet_g"], report["lost_g"]) == (wanted["rice"], missing, 22_000)
    assert sum(event.unmet_g for event in county.world.told_of(DemandUnmet)) == missing
    about = {"canteen_id": "sch-1", "first_day": b.WEEK[0], "last_day": b.WEEK[0]}
    needs = (await ok(await county.procurement.get("/needs", params=about)))["foods"]
    assert {food["food_code"] for food in needs if food["unmet_g"]} == wanted.keys() - {"rice"}


async def test_two_schools_never_get_the_same_grams(county: County[World]) -> None:
    """Ten schools want more than there is: what is promised never exceeds the offer."""
    await county.set_up(b.an_offer("a", "rice", kg=45), b.an_offer("b", "rice", kg=15, price=404), schools=10)
    for number in range(1, 11):
        await county.publish(b.a_menu(f"sch-{number}", days=b.WEEK[:1]))
    await county.source()
    await county.accept_all()
    report = await county.check()
    assert report["allocated_g"] == 60_000
    assert report["demand_g"] == report["allocated_g"] + report["unmet_g"] == 220_000
