"""Receipts become money: matched, split, booked once, corrected by new entries, told in statements and the report."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.events.procurement import OrderPlaced, SettlementRecorded
from tests.api.procurement import facts
from tests.api.procurement.facts import COUNTY, MONDAY
from tests.conftest import WorldOf
from tests.world import World, ok, refused

LOT = facts.a_lot("lot-1", 40_000, **{"poor-1": 10_000, "hh-2": 20_000})
"""A quarter of a poor household, half of another one, a quarter of the cooperative's own."""


async def a_delivery(world_of: WorldOf) -> tuple[World, OrderPlaced]:
    """Return a world in which 30 kg at 200 fen/kg were dispatched, and their order."""
    world = await world_of("procurement")
    menu = facts.a_menu({("cabbage", MONDAY): 30_000, ("pork", MONDAY): 1_000})
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer(), menu)
    await world.settle()
    await facts.run(world)
    (placed,) = world.told_of(OrderPlaced)
    await world.publish(facts.accepted(placed), facts.dispatched(placed))
    await world.settle()
    return world, placed


async def balances(world: World) -> dict[str, int]:
    """Return what is on each account of these tests, in fen."""
    found = {}
    for account in ("school/school-1/food-money", "cooperative/coop-1", "household/poor-1", "household/hh-2"):
        query = {"account": account}
        entries = (await ok(await world.client("procurement").get("/ledger/entries", params=query)))["items"]
        found[account.split("/")[1]] = sum(entry["amount_fen"] for entry in entries)
    assert (await ok(await world.client("procurement").get("/ledger/sum")))["sum_fen"] == sum(found.values()) == 0
    return found


async def test_an_accepted_delivery_is_paid_to_those_who_grew_it(world_of: WorldOf) -> None:
    """The school's food money goes to the cooperative and its households by what they brought; told once."""
    world, placed = await a_delivery(world_of)
    await world.publish(LOT, facts.a_receipt(placed, 20_000), facts.a_receipt(placed, 20_000))
    await world.settle()
    assert await balances(world) == {"school-1": -4_000, "coop-1": 1_000, "poor-1": 1_000, "hh-2": 2_000}
    (told,) = world.told_of(SettlementRecorded)
    assert (told.amount_fen, told.cooperative_fen) == (4_000, 1_000)
    assert {(each.household_id, each.poor, each.accepted_g) for each in told.households} == {
        ("poor-1", True, 5_000),
        ("hh-2", False, 10_000),
    }
    shown = await facts.order(world, placed)
    line = shown["lines"][0]
    assert (shown["status"], line["received_g"], line["accepted_g"], line["amount_fen"]) == (
        "settled",
        30_000,
        20_000,
        4_000,
    )
    await facts.no_dead_letters(world)


async def test_a_receipt_waits_for_its_lot(world_of: WorldOf) -> None:
    """While the lot is not heard of, nothing is booked; then everything is."""
    world, placed = await a_delivery(world_of)
    await world.publish(facts.a_receipt(placed, 20_000))
    await world.settle()
    assert set((await balances(world)).values()) == {0}
    await world.publish(LOT)
    await world.settle()
    assert (await balances(world))["school-1"] == -4_000
    await facts.no_dead_letters(world)


async def test_a_corrected_receipt_books_the_difference(world_of: WorldOf) -> None:
    """A higher version adds entries and changes none; an older or equal one that comes later changes nothing."""
    world, placed = await a_delivery(world_of)
    await world.publish(LOT, facts.a_receipt(placed, 20_000))
    await world.settle()
    before = (await ok(await world.client("procurement").get("/ledger/sum")))["entries"]
    await world.publish(facts.a_receipt(placed, 10_000, version=3), facts.a_receipt(placed, 30_000, version=2))
    await world.settle()
    assert await balances(world) == {"school-1": -2_000, "coop-1": 500, "poor-1": 500, "hh-2": 1_000}
    assert (await ok(await world.client("procurement").get("/ledger/sum")))["entries"] == before + 4
    assert [told.amount_fen for told in world.told_of(SettlementRecorded)] == [4_000, -2_000]
    await world.publish(facts.a_receipt(placed, 0, version=4))
    await world.settle()
    assert set((await balances(world)).values()) == {0}


async def test_a_correction_tells_of_grams_that_are_gone(world_of: WorldOf) -> None:
    """What a downward correction takes off grams is told with its sign, by household and by line, down to nothing."""
    world, placed = await a_delivery(world_of)
    for version, accepted_g in ((1, 20_000), (2, 10_000), (3, 0)):
        await world.publish(LOT, facts.a_receipt(placed, accepted_g, version=version))
        await world.settle()
    told = world.told_of(SettlementRecorded)
    assert [{each.household_id: each.accepted_change_g for each in one.households} for one in told] == [
        {"poor-1": 5_000, "hh-2": 10_000},
        {"poor-1": -2_500, "hh-2": -5_000},
        {"poor-1": -2_500, "hh-2": -5_000},
    ]
    (line_id,) = (line.line_id for line in placed.lines)
    lines = [[(line.line_id, line.accepted_change_g, line.amount_fen) for line in one.lines] for one in told]
    assert lines == [[(line_id, 20_000, 4_000)], [(line_id, -10_000, -2_000)], [(line_id, -10_000, -2_000)]]


async def test_rejected_food_is_not_paid(world_of: WorldOf) -> None:
    """A receipt that accepts nothing books nothing and tells nothing."""
    world, placed = await a_delivery(world_of)
    await world.publish(facts.a_receipt(placed, 0))
    await world.settle()
    assert (await facts.order(world, placed))["status"] == "received"
    assert (await ok(await world.client("procurement").get("/ledger/sum"))) == {"entries": 0, "sum_fen": 0}
    assert world.told_of(SettlementRecorded) == []


async def test_a_receipt_that_does_not_match_is_kept_for_a_person(world_of: WorldOf) -> None:
    """More than was dispatched is not paid: the receipt is a dead letter, the books are untouched."""
    world, placed = await a_delivery(world_of)
    line = placed.lines[0].model_copy(update={"ordered_g": 31_000})
    await world.publish(LOT, facts.a_receipt(placed.model_copy(update={"lines": (line,)}), 31_000))
    await world.settle()
    assert set((await balances(world)).values()) == {0}
    async with world.services["procurement"].begin(read_only=True) as uow:
        (error,) = (await uow.session.scalars(text("SELECT error FROM dead_letter"))).all()
    assert "dispatched 30000 g" in error


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_transaction"])
async def test_the_ledger_refuses_to_be_changed(world_of: WorldOf, table: str) -> None:
    """Neither UPDATE nor DELETE of what was booked is possible."""
    world, placed = await a_delivery(world_of)
    await world.publish(LOT, facts.a_receipt(placed, 20_000))
    await world.settle()
    for change in (f"DELETE FROM {table}", f"UPDATE {table} SET transaction_id = 'x'"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with world.services["procurement"].begin() as uow:
                await uow.session.execute(text(change))


async def test_statements_say_what_was_ordered_and_what_is_paid(world_of: WorldOf) -> None:
    """A statement shows the five quantities per line and agrees with the ledger; another month is empty."""
    world, placed = await a_delivery(world_of)
    await world.publish(LOT, facts.a_receipt(placed, 20_000))
    await world.settle()
    client = world.client("procurement")
    month = {"month": "2026-11"}
    school = await ok(await client.get("/statements/schools/school-1", params=month))
    assert (school["total_fen"], school["ledger_fen"], school["totals"]["lines"]) == (4_000, -4_000, 1)
    (line,) = school["items"]
    names = ("ordered_g", "confirmed_g", "dispatched_g", "received_g", "accepted_g", "price_fen_per_kg", "amount_fen")
    assert [line[name] for name in names] == [30_000, 30_000, 30_000, 30_000, 20_000, 200, 4_000]
    cooperative = await ok(await client.get("/statements/cooperatives/coop-1", params=month))
    assert (cooperative["total_fen"], cooperative["ledger_fen"]) == (4_000, 1_000)
    household = await ok(await client.get("/statements/households/poor-1", params=month))
    assert (household["total_fen"], household["accepted_g"]) == (1_000, 5_000)
    assert [each["order_id"] for each in household["items"]] == [placed.order_id]
    december = await ok(await client.get("/statements/schools/school-1", params={"month": "2026-12"}))
    assert (december["total_fen"], december["items"]) == (0, [])
    refused(await client.get("/statements/schools/school-1", params={"month": "2026-13"}), 422, "invalid-input")
    refused(await client.get("/ledger/entries", params={"account": "bank/x"}), 422, "invalid-input")
    for whose, field in (("schools", "canteen_id"), ("cooperatives", "cooperative_id")):
        answer = await client.get(f"/statements/{whose}/nobody", params=month)
        assert refused(answer, 404, f"unknown-{field.removesuffix('_id')}")["field"] == field


async def test_entries_are_listed_in_pages(world_of: WorldOf) -> None:
    """An account's entries come in the order they were booked."""
    world, placed = await a_delivery(world_of)
    for version, grams in enumerate((20_000, 10_000, 30_000), start=1):
        await world.publish(LOT, facts.a_receipt(placed, grams, version=version))
        await world.settle()
    query: dict[str, str | int] = {"account": "household/poor-1", "limit": 2}
    first = await ok(await world.client("procurement").get("/ledger/entries", params=query))
    last = await ok(await world.client("procurement").get("/ledger/entries", params=query | {"after": first["next"]}))
    amounts = [entry["amount_fen"] for entry in first["items"] + last["items"]]
    assert (amounts, last["next"]) == ([1_000, -500, 1_000], None)


async def test_the_week_is_reported(world_of: WorldOf) -> None:
    """The report's grams, orders and money are those of the county's week."""
    world, placed = await a_delivery(world_of)
    await world.publish(LOT, facts.a_receipt(placed, 20_000))
    await world.settle()
    client = world.client("procurement")
    query = {"county_code": COUNTY, "week_start": str(MONDAY)}
    report = await ok(await client.get("/reports/week", params=query))
    assert report == {
        "county_code": COUNTY,
        "week_start": "2026-11-30",
        "menus": 1,
        "demand_lines": 2,
        "demand_g": 31_000,
        "allocated_g": 30_000,
        "unmet_g": 1_000,
        "surplus_g": 0,
        "orders_placed": 1,
        "orders_confirmed": 1,
        "lines_short": 1,
        "packed_short_g": 0,
        "lost_g": 0,
        "received_g": 30_000,
        "accepted_g": 20_000,
        "market_g": 0,
        "market_fen": 0,
        "spend_fen": 4_000,
        "poor_household_fen": 1_000,
        "poor_household_share": 0.25,
        "households_paid": 2,
        "ledger_sum_fen": 0,
    }
    everywhere = await ok(await client.get("/reports/week", params={"week_start": str(MONDAY)}))
    assert everywhere == report | {"county_code": None}
    elsewhere = await ok(await client.get("/reports/week", params=query | {"county_code": "520000"}))
    assert (elsewhere["menus"], elsewhere["spend_fen"], elsewhere["poor_household_share"]) == (0, 0, 0.0)
    refused(await client.get("/reports/week", params={"week_start": "2026-12-01"}), 422, "not-a-monday")
