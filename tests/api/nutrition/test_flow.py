"""From a published menu to a served meal."""

from shared.events.nutrition import CanteenRegistered, MealServed, MenuPublished
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok


async def test_week(world_of: WorldOf) -> None:
    """A menu makes demand, receipts fill the store, a meal takes from it what was planned, lot by lot."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("salt", 10_000)
    published = await school.publish()
    lines = {line["food_code"]: line for line in published["demand"] if line["delivery_day"] == b.WEEK[0]}
    assert {code: line["gross_g"] for code, line in lines.items()} == {
        "cabbage": 10_000,  # 100 × 85 g net are 10 kg as bought, because 85 % can be eaten
        "pork": 2_000,
        "rice": 10_000,
        "salt": 100,
    }
    assert (lines["salt"]["from_stock_g"], lines["salt"]["quantity_g"]) == (100, 0)
    await school.receive(("rice", "lot-1", 10_000), ("cabbage", "lot-2", 9_000), ("pork", "lot-3", 2_000))
    assert (await school.demand(published["menu_id"]))[b.WEEK[0], "cabbage"]["reserved_g"] == 9_000

    meal = await school.serve()
    assert meal["short"] == [{"food_code": "cabbage", "short_g": 1_000, "expired_g": 0}]
    assert {(one["food_code"], one["lot_id"]): one["quantity_g"] for one in meal["used"]} == {
        ("cabbage", "lot-2"): 9_000,
        ("pork", "lot-3"): 2_000,
        ("rice", "lot-1"): 10_000,
        ("salt", None): 100,
    }
    assert (await school.stock())["salt"]["on_hand_g"] == 9_900
    assert all(
        line["reserved_g"] == 0
        for (day, _), line in (await school.demand(published["menu_id"])).items()
        if day == b.WEEK[0]
    )
    await school.world.settle()
    assert [len(school.world.told_of(kind)) for kind in (CanteenRegistered, MenuPublished, MealServed)] == [1, 1, 1]
    (told,) = school.world.told_of(MenuPublished)
    assert len(told.demand) == 20
    assert (await ok(await school.http.get("/meals", params={"canteen_id": "sch-1"})))["items"] == [meal]
