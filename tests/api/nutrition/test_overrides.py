"""What a county knows better of a food: with its source, versioned, removable, never less safe."""

from typing import Any

from services.nutrition.foods import queries
from services.nutrition.foods.domain import Food, Nutrient, Season
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import World, ok, refused

SOURCE = "laboratory (fictional)"


def _says(field: str, value: Any, food: str = "cabbage", county: str = b.COUNTY) -> dict[str, Any]:
    return {
        "county_code": county,
        "food_code": food,
        "field": field,
        "value": value,
        "source": "laboratory (fictional)",
    }


async def _cabbage(world: World, county: str | None) -> Food:
    async with world.services["nutrition"].begin(read_only=True) as uow:
        return (await queries.library(uow.session, county, ["cabbage"]))["cabbage"]


async def test_county_knows_better(world_of: WorldOf) -> None:
    """A county's values hold in that county only; null says that nobody knows there."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/foods", b.a_food("cabbage", calcium_mg=40, vitamin_c_mg=36.6))
    await school.put(
        "/food-overrides",
        _says("calcium_mg", 61.5),
        _says("vitamin_c_mg", None),
        _says("edible_permille", 900),
        _says("season_from_month", 11),
        _says("season_to_month", 3),
        _says("allergens", ["celery"]),
    )
    here, there = await _cabbage(school.world, b.COUNTY), await _cabbage(school.world, "520602")
    assert here.composition == {Nutrient.CALCIUM_MG: 61_500}
    assert (here.edible_permille, here.season, here.allergens) == (900, Season(11, 3), frozenset({"celery"}))
    assert there == await _cabbage(school.world, None)
    assert there.composition == {Nutrient.CALCIUM_MG: 40_000, Nutrient.VITAMIN_C_MG: 36_600}
    read = await ok(await school.http.get("/foods/cabbage", params={"county_code": b.COUNTY}))
    assert (read["calcium_mg"], read["vitamin_c_mg"]) == (61.5, None)
    assert {"field": "calcium_mg", "shared": 40, "source": "laboratory (fictional)"} in read["overridden"]
    listed = await ok(await school.http.get("/foods", params={"county_code": b.COUNTY, "limit": 1}))
    assert listed["items"][0] == read
    assert (await ok(await school.http.get("/foods/cabbage")))["overridden"] == []


async def test_every_version_of_an_override_is_kept(world_of: WorldOf) -> None:
    """Said again, changed, removed and said anew: each is a version with its day; the shared value holds in between."""
    school = await School(await world_of("nutrition")).set_up()
    assert (await school.put("/food-overrides", _says("iron_mg", 1.2)))["created"] == 1
    assert (await school.put("/food-overrides", _says("iron_mg", 1.2)))["unchanged"] == 1
    assert (await school.put("/food-overrides", _says("iron_mg", 1.3)))["changed"] == 1
    place = f"/food-overrides/{b.COUNTY}/cabbage/iron_mg"
    body = {"reason": "report withdrawn"}
    await ok(await school.http.post(f"{place}/remove", json=body))
    refused(await school.http.post(f"{place}/remove", json=body), 404, "unknown-override")
    assert (await _cabbage(school.world, b.COUNTY)).composition == {}
    assert (await ok(await school.http.get("/food-overrides", params={"county_code": b.COUNTY})))["items"] == []
    assert (await school.put("/food-overrides", _says("iron_mg", 1.3)))["changed"] == 1
    first = await ok(await school.http.get(f"{place}/versions", params={"limit": 3}))
    rest = await ok(await school.http.get(f"{place}/versions", params={"limit": 3, "after": first["next"]}))
    history = [(one["version"], one["value"], one["removed"], one["source"]) for one in first["items"] + rest["items"]]
    assert history == [
        (1, 1.2, False, "laboratory (fictional)"),
        (2, 1.3, False, "laboratory (fictional)"),
        (3, 1.3, True, "report withdrawn"),
        (4, 1.3, False, "laboratory (fictional)"),
    ]
    assert rest["items"][-1]["said_at"].startswith("2026-11-23")


async def test_bad_overrides(world_of: WorldOf) -> None:
    """What nobody can mean, what makes no possible food and what is less safe is refused; the rest is taken."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/foods", b.a_food("cabbage", allergens=["celery"], protein_g=60, canteen_ban=True))
    rows = [
        _says("gold_mg", 1),
        _says("food_code", "rice"),
        _says("iron_mg", 1, food="gold"),
        _says("iron_mg", -1),
        _says("fat_g", 30),
        _says("carbohydrate_g", 30),
        _says("name_zh", None),
        _says("season_from_month", 3),
        _says("allergens", []),
        _says("canteen_ban", False),
        _says("zinc_mg", 0.5),
        _says("zinc_mg", 0.6),
        _says("allergens", "celery", food="rice"),
        _says("shelf_life_days", None, food="rice"),
    ]
    answer = await ok(await school.http.put("/food-overrides", json={"rows": rows}))
    assert [(one["index"], one["field"], one["rule"]) for one in answer["refused"]] == [
        (0, "field", "unknown-field"),
        (1, "field", "unknown-field"),
        (2, "food_code", "unknown-food"),
        (3, "value", "greater_than_equal"),
        (5, "value", "more-than-all"),
        (6, "value", "string_type"),
        (7, "value", "season-half-open"),
        (8, "value", "allergen-stands"),
        (9, "value", "ban-stands"),
        (11, "field", "twice-in-body"),
        (12, "value", "list_type"),
        (13, "value", "keeping-half-known"),
    ]
    assert answer["created"] == 2
    listed = await ok(await school.http.get("/food-overrides", params={"county_code": b.COUNTY, "limit": 1}))
    assert [one["field"] for one in listed["items"]] == ["fat_g"]
    more = {"county_code": b.COUNTY, "after": listed["next"], "food_code": "cabbage"}
    assert [one["field"] for one in (await ok(await school.http.get("/food-overrides", params=more)))["items"]] == [
        "zinc_mg"
    ]


async def test_county_value_outlives_a_change_of_the_shared_table(world_of: WorldOf) -> None:
    """A county's value that no longer fits what the shared table says later is still shown and reckoned with."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/foods", b.a_food("cabbage", protein_g=2))
    await school.put("/food-overrides", _says("carbohydrate_g", 90))
    await school.put("/foods", b.a_food("cabbage", protein_g=50))
    assert (await ok(await school.http.get(f"/foods/cabbage?county_code={b.COUNTY}")))["carbohydrate_g"] == 90
    assert (await _cabbage(school.world, b.COUNTY)).composition[Nutrient.CARBOHYDRATE_G] == 90_000


async def test_a_county_buys_by_what_it_knows(world_of: WorldOf) -> None:
    """A menu's demand goes by the county's edible fraction, and what the county bans stands on no menu there."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/food-overrides", _says("edible_permille", 500))
    menu = await school.publish(b.a_menu(days=b.WEEK[:1]))
    gross = {line["food_code"]: line["gross_g"] for line in menu["demand"]}
    assert (gross["cabbage"], gross["rice"]) == (17_000, 10_000)
    await school.put("/food-overrides", _says("canteen_ban", True, food="pork"))
    later = b.a_menu() | {"week_start": "2026-12-07", "days": [{**b.a_menu()["days"][0], "day": "2026-12-07"}]}
    refused(await school.http.post("/menus", json=later), 422, "banned-food")
