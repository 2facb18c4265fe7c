"""The main job from end to end, nothing going wrong."""

from shared.events import farmers, logistics, nutrition, procurement
from tests import builders as b
from tests.journeys.county import County
from tests.world import World, ok


async def test_a_published_menu_becomes_weighed_food_money_and_a_trace(county: County[World]) -> None:
    """Demand = ordered = confirmed = dispatched = received = accepted when nothing goes wrong; households are paid."""
    await county.set_up()
    await county.publish()
    run = await county.source()
    assert run["status"] == "done"
    assert await county.accept_all() > 0
    for day in b.WEEK:
        await county.live_through(day)

    report = await county.check()
    wanted_g = 5 * (10_000 + 10_000 + 2_000)
    assert report["demand_g"] == report["allocated_g"] == report["received_g"] == report["accepted_g"] == wanted_g
    assert (report["unmet_g"], report["lines_short"]) == (0, 0)
    assert report["spend_fen"] > 0
    assert report["households_paid"] >= 2
    assert 0.45 <= report["poor_household_share"] <= 0.55


async def test_every_arrow_of_the_main_job_is_an_event(county: County[World]) -> None:
    """From the menu to the trace, each step is told to the others as a fact."""
    await county.set_up()
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    await county.source()
    await county.accept_all()
    await county.live_through()
    told = {type(event) for event in county.world.told}
    assert told >= {
        nutrition.CanteenRegistered,
        nutrition.MenuPublished,
        nutrition.MealServed,
        farmers.CooperativeRegistered,
        farmers.OfferPublished,
        farmers.OrderAccepted,
        farmers.LotHarvested,
        farmers.OrderDispatched,
        procurement.OrderPlaced,
        procurement.OrderConfirmed,
        procurement.SettlementRecorded,
        logistics.TripPlanned,
        logistics.ConsignmentLoaded,
        logistics.DeliveryDeparted,
        logistics.DeliveryArrived,
        logistics.ReceiptSigned,
    }


async def test_stock_on_hand_is_not_bought_again(county: County[World]) -> None:
    """Salt lies in the dry store: it is used, and nobody is asked for it."""
    await county.set_up()
    published = await county.publish()
    salt = [line for line in published["demand"] if line["food_code"] == "salt"]
    assert {(line["gross_g"], line["from_stock_g"], line["quantity_g"]) for line in salt} == {(100, 100, 0)}
    await county.source()
    assert all(line["food_code"] != "salt" for order in await county.orders() for line in order["lines"])


async def test_a_meal_is_traced_to_lots_and_households_and_a_lot_to_meals(county: County[World]) -> None:
    """A trace names lots, cooperatives and counts of households; never a household."""
    await county.set_up()
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    await county.source()
    await county.accept_all()
    await county.harvest_and_dispatch()
    await county.drive()
    await county.receive()
    meal = await county.serve()

    back = await county.logistics.get(f"/trace/meals/{meal['meal_id']}")
    lots = {lot["lot_id"] for food in (await ok(back))["foods"] for lot in food["lots"]}
    assert lots == {f"lot-a-{food}-{b.WEEK[0]}" for food in ("rice", "cabbage", "pork")}
    assert "hh-" not in back.text

    forward = await county.logistics.get(f"/trace/lots/lot-a-rice-{b.WEEK[0]}")
    assert [m["meal_id"] for m in (await ok(forward))["meals"]] == [meal["meal_id"]]
    assert "hh-" not in forward.text


async def test_statements_agree_with_the_ledger_to_the_fen(county: County[World]) -> None:
    """What the school spent is what cooperatives and households received."""
    await county.set_up()
    await county.publish(b.a_menu(days=b.WEEK[:2]))
    await county.source()
    await county.accept_all()
    for day in b.WEEK[:2]:
        await county.live_through(day)
    report = await county.check()
    months = ("2026-11", "2026-12")
    school = [await _total(county, f"/statements/schools/sch-1?month={month}") for month in months]
    cooperatives = [await _total(county, f"/statements/cooperatives/coop-{n}?month={m}") for n in "ab" for m in months]
    assert sum(school) == sum(cooperatives) == report["spend_fen"] > 0


async def _total(county: County[World], route: str) -> int:
    return int((await ok(await county.procurement.get(route)))["total_fen"])
