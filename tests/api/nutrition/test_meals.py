"""Serving meals."""

import asyncio
from collections import Counter
from typing import Any

from shared.events.nutrition import MealServed
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused

SERVED = {"canteen_id": "sch-1", "day": b.WEEK[0], "meal": "lunch", "headcount": 100}
TWO_MEALS = [{"day": b.WEEK[0], "meal": meal, "dish_codes": ["d02"]} for meal in ("lunch", "dinner")]

WARM = {"dish_code": "d01", "core_c": 65}
MEASURED_AT = "temperatures.0.measured_at"

BAD_MEALS: list[tuple[dict[str, Any], int, str, str]] = [
    ({"canteen_id": "sch-9"}, 404, "unknown-canteen", "canteen_id"),
    ({"day": b.WEEK[1]}, 422, "meal-in-future", "day"),
    ({"day": "2026-11-27"}, 422, "meal-not-planned", "meal"),
    ({"meal": "dinner"}, 422, "meal-not-planned", "meal"),
    ({"meal": "supper"}, 422, "invalid-input", "body.meal"),
    ({"headcount": 0}, 422, "invalid-input", "body.headcount"),
    ({"headcount": 301}, 422, "headcount-absurd", "headcount"),
    ({"headcount": None}, 422, "headcount-missing", "headcount"),
    ({"headcounts": {"9-11": 99}}, 422, "headcounts-sum", "headcounts"),
    ({"headcount": None, "headcounts": {}}, 422, "headcount-absurd", "headcounts"),
    ({"headcount": None, "headcounts": {"9-11": 0}}, 422, "headcount-absurd", "headcounts"),
    ({"headcount": None, "headcounts": {"12-14": 301}}, 422, "headcount-absurd", "headcounts"),
    ({"headcounts": {"40-50": 100}}, 422, "invalid-input", "body.headcounts.40-50.[key]"),
    ({"cooked_by": ["王小明"]}, 422, "invalid-input", "body.cooked_by.0"),
    ({"expired": {"food_codes": ["gold"], "reason": "?"}}, 422, "food-not-in-meal", "expired.food_codes.0"),
    ({"expired": {"food_codes": ["rice", "pork"], "reason": "?"}}, 422, "expired-perishable", "expired.food_codes.1"),
    ({"expired": {"food_codes": ["rice"], "reason": " "}}, 422, "invalid-input", "body.expired.reason"),
    ({"temperatures": [{"dish_code": "d01", "core_c": 500}]}, 422, "invalid-input", "body.temperatures.0.core_c"),
    ({"temperatures": [{"dish_code": "d02", "core_c": 70}]}, 422, "dish-not-in-meal", "temperatures.0.dish_code"),
    ({"temperatures": [{"dish_code": "d01", "core_c": 59.9}]}, 422, "remark-required", "temperatures.0.remark"),
    ({"temperatures": [WARM, WARM]}, 422, "measured-twice", "temperatures.1.dish_code"),
    ({"temperatures": [WARM | {"measured_at": "2026-11-29T12:00:00+08:00"}]}, 422, "other-day", MEASURED_AT),
    ({"temperatures": [WARM | {"measured_at": "0001-01-01T00:00:00+14:00"}]}, 422, "long-ago", MEASURED_AT),
    ({"temperatures": [WARM | {"measured_at": "2026-11-30T12:01:00+08:00"}]}, 422, "in-future", MEASURED_AT),
]


async def test_refusals(world_of: WorldOf) -> None:
    """A meal that breaks a rule is refused naming field and rule, and takes nothing from the store."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("rice", 10_000)
    await school.publish()
    school.go_to(b.WEEK[0], 12)
    for meal, status, rule, field in BAD_MEALS:
        assert refused(await school.http.post("/meals", json=SERVED | meal), status, rule)["field"] == field
    await school.world.settle()
    assert school.world.told_of(MealServed) == []
    assert (await school.stock())["rice"]["on_hand_g"] == 10_000


async def test_once(world_of: WorldOf) -> None:
    """A meal is served once, however often and at the same moment it is told; told differently it is a conflict."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("rice", 50_000)
    await school.publish(b.a_menu(days=b.WEEK[:1]))
    school.go_to(b.WEEK[0], 12)
    answers = await asyncio.gather(*(school.http.post("/meals", json=SERVED) for _ in range(4)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 3}
    assert len({answer.text for answer in answers}) == 1
    refused(await school.http.post("/meals", json=SERVED | {"headcount": 99}), 409, "meal-served")
    await school.world.settle()
    assert len(school.world.told_of(MealServed)) == 1
    assert (await school.stock())["rice"]["on_hand_g"] == 40_000
    meal = answers[0].json()
    read = await ok(await school.http.get(f"/meals/{meal['meal_id']}"))
    assert read == meal | {"corrections": [], "leftovers": None}
    refused(await school.http.get("/meals/nothing"), 404, "unknown-meal")


async def test_age_bands_eat_their_portions(world_of: WorldOf) -> None:
    """Counted by age band, a meal takes what those bands eat: younger children less than older ones."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("rice", 50_000)
    await school.publish(b.a_menu(days=b.WEEK[:2]))
    meal = await school.serve(headcounts={"6-8": 60, "12-14": 20, "9-11": 0})
    assert (meal["headcount"], meal["headcounts"]) == (80, {"6-8": 60, "12-14": 20})
    assert [one["quantity_g"] for one in meal["used"]] == [60 * 85 + 20 * 115]
    by_number = await school.serve(80, day=b.WEEK[1])
    assert [one["quantity_g"] for one in by_number["used"]] == [8_000]
    assert by_number["headcounts"] is None


async def test_food_past_its_day_is_not_cooked(world_of: WorldOf) -> None:
    """Food past its day is left out and named as missing, unless the kitchen says it is good, and why."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu())
    await school.receive(("cabbage", "lot-old", 9_000), day="2026-11-20", receipt_id="r-1")
    await school.receive(("cabbage", "lot-new", 7_000), day=b.WEEK[1], receipt_id="r-2")
    first = await school.serve(day=b.WEEK[1])
    assert [(one["lot_id"], one["quantity_g"]) for one in first["used"]] == [("lot-new", 7_000)]
    missing = {one["food_code"]: (one["short_g"], one["expired_g"]) for one in first["short"]}
    assert (missing["cabbage"], missing["rice"]) == ((3_000, 3_000), (10_000, 0))
    said = {"food_codes": ["cabbage"], "reason": "outer leaves taken off, the heads are sound"}
    second = await school.serve(day=b.WEEK[2], expired=said)
    assert [(one["lot_id"], one["quantity_g"], one["expired"]) for one in second["used"]] == [("lot-old", 9_000, True)]
    assert second["expired"] == said
    await school.world.settle()
    assert [food.lot_id for food in school.world.told_of(MealServed)[1].used] == ["lot-old"]


async def test_recorded_late(world_of: WorldOf) -> None:
    """A meal recorded after its day is marked, and took nothing that came in or was counted only later."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu(days=b.WEEK[:2]))
    await school.receive(("rice", "lot-1", 4_000), ("cabbage", "lot-3", 6_000), receipt_id="r-1")
    await school.receive(("rice", "lot-2", 9_000), day=b.WEEK[1], receipt_id="r-2")
    school.go_to(b.WEEK[1], 9)
    await school.count("salt", 500)
    meal = await school.serve(go=False)
    assert (meal["late"], meal["day"]) == (True, b.WEEK[0])
    assert [(one["lot_id"], one["quantity_g"]) for one in meal["used"]] == [("lot-3", 6_000), ("lot-1", 4_000)]
    assert {one["food_code"]: one["short_g"] for one in meal["short"]} == {
        "cabbage": 4_000,
        "pork": 2_000,
        "rice": 6_000,
        "salt": 100,
    }
    on_time = await school.serve(day=b.WEEK[1])
    assert not on_time["late"]
    assert {"food_code": "salt", "lot_id": None, "quantity_g": 100, "expired": False} in on_time["used"]


async def test_fewer_came(world_of: WorldOf) -> None:
    """Those who came eat their share; what was held for the others is free."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("rice", 10_000)
    menu = await school.publish(b.a_menu(days=b.WEEK[:1]))
    meal = await school.serve(60)
    assert [one["quantity_g"] for one in meal["used"]] == [6_000]
    line = (await school.demand(menu["menu_id"]))[b.WEEK[0], "rice"]
    assert (line["used_g"], line["reserved_g"]) == (6_000, 0)
    assert (await school.stock())["rice"]["free_g"] == 4_000


async def test_two_meals_share_a_line(world_of: WorldOf) -> None:
    """The meals of a day sum to its line, and lunch leaves to dinner what is held for dinner."""
    school = await School(await world_of("nutrition")).set_up(meals=["lunch", "dinner"])
    await school.count("cabbage", 8_000)
    menu = await school.publish(b.a_menu() | {"days": TWO_MEALS})
    lunch = await school.serve()
    key = (b.WEEK[0], "cabbage")
    assert (await school.demand(menu["menu_id"]))[key]["reserved_g"] == 4_000
    dinner = await school.serve(meal="dinner")
    cabbage = [one["quantity_g"] for meal in (lunch, dinner) for one in meal["used"]]
    line = (await school.demand(menu["menu_id"]))[key]
    assert (sum(cabbage), line["gross_g"], line["reserved_g"]) == (8_000, 8_000, 0)
    listed = await ok(await school.http.get("/meals", params={"day": b.WEEK[0], "limit": 1}))
    rest = await ok(await school.http.get("/meals", params={"day": b.WEEK[0], "after": listed["next"]}))
    assert {one["meal"] for one in listed["items"] + rest["items"]} == {"lunch", "dinner"}


async def test_first_expired_first_out(world_of: WorldOf) -> None:
    """What must be used first is cooked first, and never more than there is."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu(days=b.WEEK[:2]))
    await school.receive(("rice", "lot-b", 7_000), day=b.WEEK[0], receipt_id="r-2")
    await school.receive(("rice", "lot-a", 7_000), day=b.WEEK[1], receipt_id="r-1")
    first = await school.serve()
    assert [(one["lot_id"], one["quantity_g"]) for one in first["used"]] == [("lot-b", 7_000), ("lot-a", 3_000)]
    second = await school.serve(day=b.WEEK[1])
    assert [(one["lot_id"], one["quantity_g"]) for one in second["used"]] == [("lot-a", 4_000)]
    assert {"food_code": "rice", "short_g": 6_000, "expired_g": 0} in second["short"]
    assert "rice" not in await school.stock()


async def test_meal_nobody_recorded(world_of: WorldOf) -> None:
    """Food held for a meal nobody recorded is free again a week after its day."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("rice", 10_000)
    await school.publish(b.a_menu(days=b.WEEK[:1]))
    school.go_to("2026-12-07", 8)
    assert (await school.stock())["rice"]["free_g"] == 0
    school.go_to("2026-12-08", 8)
    assert (await school.stock())["rice"]["free_g"] == 10_000
