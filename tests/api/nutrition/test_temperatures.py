"""How hot dishes were when they were served, and what was left of them."""

import asyncio
from typing import Any

from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused

COLD = {"dish_code": "d01", "core_c": 48.5}
REMARK = "the lid was off; heated through again"


async def a_meal(school: School, **other: Any) -> dict[str, Any]:
    """Serve Monday's lunch of two dishes and an apple."""
    await school.set_up()
    apple = b.a_dish("d04", cabbage=150) | {"category": "fruit"}
    await school.put("/dishes", apple)
    menu = b.a_menu() | {"days": [{"day": b.WEEK[0], "meal": "lunch", "dish_codes": ["d01", "d02", "d04"]}]}
    await school.publish(menu)
    return await school.serve(**other)


async def test_hot_food_is_served_hot(world_of: WorldOf) -> None:
    """Below 60 °C hot food is written down with a warning and only with a remark; measured again, both stand."""
    school = School(await world_of("nutrition"))
    meal = await a_meal(school, temperatures=[{"dish_code": "d02", "core_c": 60}])
    assert [(one["dish_code"], one["warning"]) for one in meal["temperatures"]] == [("d02", None)]
    url = f"/meals/{meal['meal_id']}/temperatures"
    refusal = refused(await school.http.post(url, json={"temperatures": [COLD]}), 422, "remark-required")
    assert refusal["field"] == "temperatures.0.remark"
    await ok(await school.http.post(url, json={"temperatures": [COLD | {"remark": REMARK}]}))
    school.go_to(b.WEEK[0], 13)
    kept = await ok(await school.http.post(url, json={"temperatures": [{"dish_code": "d01", "core_c": 74}]}))
    assert [(one["dish_code"], one["core_c"], one["warning"]) for one in kept] == [
        ("d01", 48.5, "not_hot"),
        ("d02", 60, None),
        ("d01", 74, None),
    ]
    assert (await school.meal(meal["meal_id"]))["temperatures"] == kept
    (listed,) = (await ok(await school.http.get("/meals")))["items"]
    assert listed["temperatures"] == kept


async def test_what_is_served_cold_needs_no_heat(world_of: WorldOf) -> None:
    """Fruit and milk are handed out as they come: no warning, no remark."""
    school = School(await world_of("nutrition"))
    meal = await a_meal(school, temperatures=[{"dish_code": "d04", "core_c": 6}])
    assert meal["temperatures"][0]["warning"] is None


async def test_a_measurement_stands(world_of: WorldOf) -> None:
    """The same measurement told twice is kept once; another number for the same instant is a conflict."""
    school = School(await world_of("nutrition"))
    meal = await a_meal(school)
    url = f"/meals/{meal['meal_id']}/temperatures"
    at = {"dish_code": "d01", "core_c": 71, "measured_at": "2026-11-30T11:40:00+08:00"}
    answers = await asyncio.gather(*(school.http.post(url, json={"temperatures": [at]}) for _ in range(3)))
    assert [len(await ok(answer)) for answer in answers] == [1, 1, 1]
    other = await school.http.post(url, json={"temperatures": [at | {"core_c": 75}]})
    assert refused(other, 409, "temperature-measured")["field"] == "temperatures.0.core_c"
    refused(await school.http.post("/meals/nothing/temperatures", json={"temperatures": [at]}), 404, "unknown-meal")


async def test_leftovers(world_of: WorldOf) -> None:
    """Leftovers are weighed once; what was wrong is weighed again with a reason, and what stood before is kept."""
    school = School(await world_of("nutrition"))
    meal = await a_meal(school)
    url = f"/meals/{meal['meal_id']}/leftovers"
    rows = [
        {"dish_code": "d01", "fate": "destroyed", "quantity_g": 2_000},
        {"dish_code": "d01", "fate": "kept", "quantity_g": 500},
    ]
    first = await ok(await school.http.put(url, json={"leftovers": rows, "weighed_by": "cook-1"}))
    assert await ok(await school.http.put(url, json={"leftovers": rows})) == first
    refusal = refused(await school.http.put(url, json={"leftovers": rows[:1]}), 422, "reason-required")
    assert refusal["field"] == "reason"
    second = await ok(await school.http.put(url, json={"leftovers": rows[:1], "reason": "weighed with the pot"}))
    assert await ok(await school.http.get(url)) == [first, second]
    assert (await school.meal(meal["meal_id"]))["leftovers"] == rows[:1]
    nothing = await ok(await school.http.put(url, json={"leftovers": [], "reason": "it was the next meal's"}))
    assert nothing["entry"] == 3
    assert (await school.meal(meal["meal_id"]))["leftovers"] == []


async def test_bad_leftovers(world_of: WorldOf) -> None:
    """Leftovers of another dish, weighed twice, or heavier than can have been cooked are refused."""
    school = School(await world_of("nutrition"))
    meal = await a_meal(school)
    url = f"/meals/{meal['meal_id']}/leftovers"
    row = {"dish_code": "d01", "fate": "kept", "quantity_g": 500}
    bad: list[tuple[list[dict[str, Any]], str, str]] = [
        ([row | {"dish_code": "d03"}], "dish-not-in-meal", "leftovers.0.dish_code"),
        ([row, row], "weighed-twice", "leftovers.1.dish_code"),
        ([row, row | {"dish_code": None}], "meal-or-dishes", "leftovers"),
        ([row | {"quantity_g": 200_001}], "leftover-absurd", "leftovers"),
        ([row | {"quantity_g": 0}], "invalid-input", "body.leftovers.0.quantity_g"),
        ([row | {"fate": "sold"}], "invalid-input", "body.leftovers.0.fate"),
    ]
    for rows, rule, field in bad:
        assert refused(await school.http.put(url, json={"leftovers": rows}), 422, rule)["field"] == field
    assert await ok(await school.http.get(url)) == []
    refused(await school.http.get("/meals/nothing/leftovers"), 404, "unknown-meal")


async def test_limits_name_their_sources(world_of: WorldOf) -> None:
    """Every number serving is judged by says where it is from, and whether somebody has read it there."""
    world = await world_of("nutrition")
    limits = {one["name"]: one for one in await ok(await world.client("nutrition").get("/serving-limits"))}
    assert (limits["hot-serving"]["value"], limits["hot-serving"]["verified"]) == (60, False)
    assert (limits["sample-weight"]["value"], limits["sample-weight"]["verified"]) == (125, True)
    assert all(one["source"] and one["says"] and one["unit"] for one in limits.values())
