"""Loading foods, dishes, canteens and the school calendar."""

import asyncio

from shared.events.nutrition import CanteenRegistered
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused


async def test_loading_twice(world_of: WorldOf) -> None:
    """A row that says nothing new changes no version and tells nothing; one that does is told with the next version."""
    school = await School(await world_of("nutrition")).set_up()
    await school.world.settle()
    again = [
        await school.put("/foods", b.a_food("rice")),
        await school.put("/dishes", b.a_dish()),
        await school.put("/canteens", b.a_canteen()),
    ]
    assert [one["unchanged"] for one in again] == [1, 1, 1]
    assert (await school.put("/canteens", b.a_canteen(pupils=120)))["changed"] == 1
    await school.world.settle()
    told = [(one.version, one.pupils) for one in school.world.told_of(CanteenRegistered)]
    assert told == [(1, 100), (2, 120)]
    read = await ok(await school.http.get("/canteens/sch-1"))
    assert (read["version"], read["pupils"], read["meals"]) == (2, 120, ["lunch"])
    assert read["headcounts"] == [{"age_band": "9-11", "sex": "f", "pupils": 120}]


async def test_loading_at_the_same_moment(world_of: WorldOf) -> None:
    """The same canteens loaded by several at once are created once, told once."""
    school = School(await world_of("nutrition"))
    rows = [b.a_canteen(number) for number in range(1, 30)]
    bodies = [{"rows": rows if turn % 2 else rows[::-1]} for turn in range(4)]
    answers = await asyncio.gather(*(school.http.put("/canteens", json=body) for body in bodies))
    assert sum(answer.json()["created"] for answer in answers) == 29
    await school.world.settle()
    assert len(school.world.told_of(CanteenRegistered)) == 29


async def test_bad_rows(world_of: WorldOf) -> None:
    """A bad row is named with its field and rule, the good ones are taken."""
    school = await School(await world_of("nutrition")).set_up()
    two = [{"age_band": "6-8", "sex": "f", "pupils": 1}] * 2
    canteens = [
        b.a_canteen(2),
        b.a_canteen(3, meals=[]),
        b.a_canteen(4, headcounts=two),
        b.a_canteen(5, lat=91),
        b.a_canteen(6, extra=1),
        b.a_canteen(2, pupils=5),
    ]
    answer = await ok(await school.http.put("/canteens", json={"rows": canteens}))
    assert [(one["index"], one["field"]) for one in answer["refused"]] == [
        (1, "meals"),
        (2, "headcounts"),
        (3, "lat"),
        (4, "extra"),
        (5, "canteen_id"),
    ]
    assert answer["created"] == 1
    dishes = [b.a_dish("d08", gold=5), b.a_dish("d09", rice=0), b.a_dish("d10", rice=5)]
    answer = await ok(await school.http.put("/dishes", json={"rows": dishes}))
    assert [(one["index"], one["field"], one["rule"]) for one in answer["refused"]] == [
        (0, "ingredients.0.food_code", "unknown-food"),
        (1, "ingredients.0.portion_mg", "greater_than"),
    ]
    foods = [b.a_food("x", edible_permille=0), b.a_food("y", temperature_class="warm"), b.a_food("z\x00")]
    answer = await ok(await school.http.put("/foods", json={"rows": foods}))
    assert [one["field"] for one in answer["refused"]] == ["edible_permille", "temperature_class", "food_code"]


async def test_dish_carries_allergens_and_bans(world_of: WorldOf) -> None:
    """Allergens and bans go from food to dish."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/foods", b.a_food("egg", allergens=["egg"]), b.a_food("soy_sauce", allergens=["soy", "gluten"]))
    await school.put("/dishes", b.a_dish("d07", egg=50, soy_sauce=5, green_beans=60))
    dish = await ok(await school.http.get("/dishes/d07"))
    assert (dish["allergens"], dish["banned_foods"]) == (["egg", "gluten", "soy"], ["green_beans"])
    assert (await ok(await school.http.get("/foods/soy_sauce")))["allergens"] == ["gluten", "soy"]
    await school.put("/foods", b.a_food("soy_sauce"))
    assert (await ok(await school.http.get("/dishes/d07")))["allergens"] == ["egg"]


async def test_lists(world_of: WorldOf) -> None:
    """Lists come in pages in the order of their ids; what nobody knows is not found."""
    school = await School(await world_of("nutrition")).set_up()
    first = await ok(await school.http.get("/foods", params={"limit": 3}))
    assert [one["food_code"] for one in first["items"]] == ["cabbage", "green_beans", "pork"]
    rest = await ok(await school.http.get("/foods", params={"limit": 3, "after": first["next"]}))
    assert ([one["food_code"] for one in rest["items"]], rest["next"]) == (["rice", "salt"], None)
    assert [one["dish_code"] for one in (await ok(await school.http.get("/dishes")))["items"]] == ["d01", "d02", "d03"]
    other = {"county_code": "520602"}
    assert (await ok(await school.http.get("/canteens", params=other)))["items"] == []
    for route in ("/foods/x", "/dishes/x", "/canteens/x", "/dishes/d01?version=9"):
        assert (await school.http.get(route)).status_code == 404
    refused(await school.http.get("/foods", params={"limit": 1001}), 422, "invalid-input")


async def test_calendar(world_of: WorldOf) -> None:
    """A county's calendar is its own; a day told again differently is changed."""
    school = School(await world_of("nutrition"))
    day = {"county_code": b.COUNTY, "day": "2026-12-02", "name_zh": "节日", "name_en": "Holiday"}
    rows = [day, day | {"county_code": "520602"}, day | {"day": "2026-12-31"}]
    assert (await school.put("/holidays", *rows))["created"] == 3
    assert (await school.put("/holidays", day | {"kind": "make_up"}))["changed"] == 1
    page = await ok(await school.http.get("/holidays", params={"county_code": b.COUNTY, "limit": 1}))
    assert [(one["day"], one["kind"]) for one in page["items"]] == [("2026-12-02", "make_up")]
    rest = await ok(await school.http.get("/holidays", params={"county_code": b.COUNTY, "after": page["next"]}))
    assert ([one["day"] for one in rest["items"]], rest["next"]) == (["2026-12-31"], None)
    refused(await school.http.get("/holidays", params={"county_code": b.COUNTY, "after": "x"}), 422, "cursor")
