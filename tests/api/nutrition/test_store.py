"""The store: counts, receipts in any order, recalls."""

import asyncio

import pytest

from services.nutrition.main import definition
from shared import migrate
from tests import builders as b
from tests.api.nutrition.school import School, a_receipt
from tests.conftest import WorldOf
from tests.world import ok, refused

LATER_WEEK = {"week_start": "2026-12-07", "days": [{"day": "2026-12-07", "meal": "lunch", "dish_codes": ["d01"]}]}


async def test_count(world_of: WorldOf) -> None:
    """A count says what is on hand; told again it changes nothing, even when food was used since."""
    school = await School(await world_of("nutrition")).set_up()
    assert (await school.count("rice", 30_000))["created"] == 1
    await school.publish()
    await school.serve()
    assert (await school.stock())["rice"]["on_hand_g"] == 20_000
    assert (await school.count("rice", 30_000))["unchanged"] == 1
    assert (await school.stock())["rice"]["on_hand_g"] == 20_000
    assert (await school.count("rice", 19_000))["changed"] == 1
    assert (await school.stock())["rice"]["on_hand_g"] == 19_000
    row = {"canteen_id": "sch-1", "food_code": "rice", "quantity_g": 19_000, "counted_on": b.WEEK[0]}
    assert (await school.put("/stocks", row))["unchanged"] == 1
    assert (await school.put("/stocks", row | {"quantity_g": 30_000, "counted_on": "2026-11-29"}))["unchanged"] == 1
    assert (await school.stock())["rice"]["on_hand_g"] == 19_000


async def test_count_of_food_without_a_lot(world_of: WorldOf) -> None:
    """A count leaves alone what came with a lot."""
    school = await School(await world_of("nutrition")).set_up()
    await school.receive(("rice", "lot-1", 5_000))
    await school.count("rice", 1_000)
    stock = (await school.stock())["rice"]
    assert {lot["lot_id"]: lot["on_hand_g"] for lot in stock["lots"]} == {"lot-1": 5_000, None: 1_000}


async def test_bad_counts(world_of: WorldOf) -> None:
    """Each bad row is named with field and rule, the good ones are taken."""
    school = await School(await world_of("nutrition")).set_up()
    good = {"canteen_id": "sch-1", "food_code": "rice", "quantity_g": 1}
    rows = [good, good | {"canteen_id": "sch-9"}, good | {"food_code": "gold"}, good | {"quantity_g": -1}, good]
    rows.append(good | {"food_code": "salt", "counted_on": "2026-11-24"})
    answer = await ok(await school.http.put("/stocks", json={"rows": rows}))
    assert [(one["index"], one["field"], one["rule"]) for one in answer["refused"]] == [
        (1, "canteen_id", "unknown-canteen"),
        (2, "food_code", "unknown-food"),
        (3, "quantity_g", "greater_than_equal"),
        (4, "food_code", "twice-in-body"),
        (5, "counted_on", "count-in-future"),
    ]
    assert answer["created"] == 1
    refused(await school.http.get("/canteens/sch-9/stock"), 404, "unknown-canteen")


async def test_receipt_told_twice(world_of: WorldOf) -> None:
    """The same receipt told twice fills the store once."""
    school = await School(await world_of("nutrition")).set_up()
    event = await school.receive(("rice", "lot-1", 5_000), ("rice", "lot-2", 1_000))
    await school.world.publish(event, event)
    await school.world.settle()
    assert (await school.stock())["rice"]["on_hand_g"] == 6_000


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 1, 3)])
async def test_corrected_receipt(world_of: WorldOf, order: tuple[int, ...], together: bool) -> None:
    """The highest version of a receipt counts, in whichever order and batches the versions come."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish()
    versions = {
        1: a_receipt(("rice", "lot-1", 9_000), ("pork", "lot-2", 500)),
        2: a_receipt(("rice", "lot-1", 4_000), version=2),
        3: a_receipt(("rice", "lot-1", 6_000), ("rice", "lot-3", 1_000), version=3),
    }
    for number in order:
        await school.world.publish(versions[number])
        if not together:
            await school.world.settle()
    await school.world.settle()
    stock = await school.stock()
    assert {lot["lot_id"]: lot["on_hand_g"] for lot in stock["rice"]["lots"]} == {"lot-1": 6_000, "lot-3": 1_000}
    assert "pork" not in stock
    line = (await school.demand(menu["menu_id"]))[b.WEEK[0], "rice"]
    assert (line["accepted_g"], line["reserved_g"]) == (7_000, 7_000)


async def test_correction_after_the_meal(world_of: WorldOf) -> None:
    """A receipt corrected below what was eaten leaves nothing on hand; corrected back, it still adds up."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish()
    await school.receive(("rice", "lot-1", 12_000))
    await school.serve()
    assert (await school.stock())["rice"]["on_hand_g"] == 2_000
    await school.receive(("rice", "lot-1", 9_000), version=2)
    assert "rice" not in await school.stock()
    await school.receive(("rice", "lot-1", 12_000), version=3)
    assert (await school.stock())["rice"]["on_hand_g"] == 2_000


async def test_receipt_before_its_canteen(world_of: WorldOf) -> None:
    """A receipt of a canteen not known yet waits until it is."""
    school = School(await world_of("nutrition"))
    await school.receive(("rice", "lot-1", 5_000))
    await school.set_up()
    await school.world.settle()
    assert (await school.stock())["rice"]["on_hand_g"] == 5_000


async def test_received_food_belongs_to_its_line(world_of: WorldOf) -> None:
    """What came in for a line is not given to the next menu; what came in beyond it is free."""
    school = await School(await world_of("nutrition")).set_up()
    first = await school.publish()
    await school.receive(("rice", "lot-1", 10_500), day=b.WEEK[1])
    stock = (await school.stock())["rice"]
    assert (stock["on_hand_g"], stock["reserved_g"], stock["free_g"]) == (10_500, 10_000, 500)
    assert (await school.demand(first["menu_id"]))[b.WEEK[1], "rice"]["accepted_g"] == 10_500
    later = b.a_menu(days=("2026-12-07",)) | {"week_start": "2026-12-07"}
    given = {line["food_code"]: line["from_stock_g"] for line in (await school.publish(later))["demand"]}
    assert given == {"rice": 500, "cabbage": 0, "pork": 0, "salt": 0}


async def test_amendment_keeps_what_came_in(world_of: WorldOf) -> None:
    """Food that came in early for a day stays ordered for it when the menu is amended, as far as it is still needed."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish()
    await school.receive(("rice", "lot-1", 10_000), day=b.WEEK[1])
    meals = [{"day": day, "meal": "lunch", "dish_codes": ["d02"]} for day in b.WEEK[1:3]]
    await ok(await school.http.put(f"/menus/{menu['menu_id']}", json={"reason": "less", "days": meals}))
    lines = await school.demand(menu["menu_id"])
    rice = [
        (line["from_stock_g"], line["quantity_g"], line["reserved_g"])
        for key, line in lines.items()
        if key[1] == "rice"
    ]
    assert rice == [(0, 5_000, 5_000), (5_000, 0, 5_000)]
    assert (await school.stock())["rice"]["free_g"] == 0


async def test_receipt_of_a_withdrawn_menu(world_of: WorldOf) -> None:
    """Food that still comes in after its menu was withdrawn is free."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish()
    await ok(await school.http.post(f"/menus/{menu['menu_id']}/withdraw", json={"reason": "flood"}))
    await school.receive(("rice", "lot-1", 10_000))
    stock = (await school.stock())["rice"]
    assert (stock["reserved_g"], stock["free_g"]) == (0, 10_000)


@pytest.mark.parametrize("recalled_first", [True, False])
async def test_recalled_lot(world_of: WorldOf, recalled_first: bool) -> None:
    """A recalled lot is neither free nor cooked, whether the recall or the food comes first."""
    school = await School(await world_of("nutrition")).set_up()
    if recalled_first:
        await school.recall("lot-1")
    await school.receive(("rice", "lot-1", 8_000), ("rice", "lot-2", 3_000))
    await school.recall("lot-1")
    stock = (await school.stock())["rice"]
    assert (stock["on_hand_g"], stock["recalled_g"], stock["free_g"]) == (11_000, 8_000, 3_000)
    menu = await school.publish(b.a_menu(days=b.WEEK[:1]))
    assert [line["from_stock_g"] for line in menu["demand"] if line["food_code"] == "rice"] == [3_000]
    meal = await school.serve()
    assert [(one["lot_id"], one["quantity_g"]) for one in meal["used"]] == [("lot-2", 3_000)]
    assert {"food_code": "rice", "short_g": 7_000, "expired_g": 0} in meal["short"]


async def test_food_past_its_day(world_of: WorldOf) -> None:
    """Food past its day is neither free nor given to a menu, and a day is given only what keeps until it."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("cabbage", 25_000)  # counted on 23 November, it keeps until 3 December
    menu = await school.publish()
    given = {line["delivery_day"]: line["from_stock_g"] for line in menu["demand"] if line["food_code"] == "cabbage"}
    assert given == dict(zip(b.WEEK, (10_000, 10_000, 5_000, 0, 0), strict=True))
    await school.count("cabbage", 60_000)
    later = await school.publish(b.a_menu() | {"days": [], **LATER_WEEK})
    assert [line["from_stock_g"] for line in later["demand"] if line["food_code"] == "cabbage"] == [0]
    school.go_to(b.WEEK[4], 8)
    stock = (await school.stock())["cabbage"]
    assert (stock["on_hand_g"], stock["expired_g"], stock["free_g"]) == (60_000, 60_000, 0)
    assert [lot["expired"] for lot in stock["lots"]] == [True]


async def test_everything_at_once(world_of: WorldOf) -> None:
    """Counts, menus and receipts of one canteen at the same moment lose no gram."""
    school = await School(await world_of("nutrition")).set_up()
    weeks = [b.a_menu(days=(day,)) | {"week_start": day} for day in ("2026-12-07", "2026-12-14", "2026-12-21")]
    await school.world.publish(*[a_receipt(("rice", f"lot-{n}", 4_000), receipt_id=f"r-{n}") for n in range(5)])
    await asyncio.gather(school.world.settle(), school.count("rice", 3_000), *(school.publish(week) for week in weeks))
    stock = (await school.stock())["rice"]
    assert stock["on_hand_g"] == 23_000
    assert stock["on_hand_g"] == stock["reserved_g"] + stock["free_g"]


async def test_migrations_lead_to_the_models(world_of: WorldOf) -> None:
    """A migrated database is what the models say."""
    world = await world_of("nutrition")
    assert await migrate.differences(world.services["nutrition"].database, definition) == []
