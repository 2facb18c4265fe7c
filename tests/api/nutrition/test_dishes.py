"""Dishes: libraries in three scopes, versions, portions by age."""

from services.nutrition.dishes import queries
from services.nutrition.dishes.domain import Method, Recipe, Scope
from shared.fields import AgeBand
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused


def of_county(code: str, county: str = b.COUNTY) -> dict[str, object]:
    """A dish in a county's library."""
    return b.a_dish(code, rice=100) | {"scope": "county", "county_code": county}


def of_canteen(code: str, canteen: str = "sch-1") -> dict[str, object]:
    """A dish in a canteen's own library."""
    return b.a_dish(code, rice=100) | {"scope": "canteen", "canteen_id": canteen}


async def _library(school: School, canteen: str, county: str = b.COUNTY) -> list[Recipe]:
    async with school.world.services["nutrition"].begin(read_only=True) as uow:
        return await queries.library(uow.session, canteen, county)


async def test_a_canteen_cooks_from_three_libraries(world_of: WorldOf) -> None:
    """A canteen may cook the province's dishes, its county's and its own; a menu with another's is refused."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/canteens", b.a_canteen(2))
    mine = [of_county("c01"), of_county("c02", "520602"), of_canteen("o01"), of_canteen("o02", "sch-2")]
    await school.put("/dishes", *mine)
    assert [recipe.dish_code for recipe in await _library(school, "sch-1")] == ["c01", "d01", "d02", "d03", "o01"]
    assert [recipe.dish_code for recipe in await _library(school, "sch-2")] == ["c01", "d01", "d02", "d03", "o02"]
    own = (await _library(school, "sch-1"))[-1]
    assert (own.scope, own.owner) == (Scope.CANTEEN, "sch-1")
    for foreign in ("c02", "o02"):
        answer = await school.http.post("/menus", json=b.a_menu(dish=foreign))
        assert refused(answer, 422, "foreign-dish")["field"] == "days.0.dish_codes.0"
    await school.publish(b.a_menu(dish="o01"))


async def test_a_dish_stays_in_its_library(world_of: WorldOf) -> None:
    """Nobody writes over a dish of another library, or names a canteen nobody knows."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/dishes", of_canteen("o01"))
    rows = [of_county("d01"), of_county("o01"), of_canteen("o03", "sch-9"), of_canteen("o01")]
    answer = await ok(await school.http.put("/dishes", json={"rows": rows[:3]}))
    assert [(one["field"], one["rule"]) for one in answer["refused"]] == [
        ("dish_code", "dish-of-another-library"),
        ("dish_code", "dish-of-another-library"),
        ("canteen_id", "unknown-canteen"),
    ]
    assert (await school.put("/dishes", rows[3]))["unchanged"] == 1


async def test_recipes_as_they_were(world_of: WorldOf) -> None:
    """A dish is had as it was under each version: ingredients, method, equipment and portions."""
    school = await School(await world_of("nutrition")).set_up()
    carton = {"portion_rule": "fixed", "method": "steam", "equipment": ["steamer", "steamer", "cart"]}
    await school.put("/dishes", b.a_dish(rice=200) | carton)
    async with school.world.services["nutrition"].begin(read_only=True) as uow:
        assert await queries.recipes_at(uow.session, []) == {}
        found = await queries.recipes_at(uow.session, [("d01", 1), ("d01", 2), ("d01", 3), ("d02", 1)])
        now = (await queries.recipes(uow.session, ["d01"]))["d01"]
    assert set(found) == {("d01", 1), ("d01", 2), ("d02", 1)}
    first, second = found["d01", 1], found["d01", 2]
    assert [part.food_code for part in first.ingredients] == ["cabbage", "pork", "rice", "salt"]
    assert (first.method, first.equipment, first.portion_permille[AgeBand.FROM_6_TO_8]) == (None, (), 850)
    assert second == now
    assert (now.method, now.equipment) == (Method.STEAM, ("cart", "steamer"))
    assert set(now.portion_permille.values()) == {1000}


async def test_a_fixed_portion_makes_the_same_demand_at_every_age(world_of: WorldOf) -> None:
    """One carton is one carton: 100 pupils of 15 to 17 and 50 of 6 to 8 need 150; rice scales."""
    school = School(await world_of("nutrition"))
    counts = [{"age_band": "15-17", "sex": "m", "pupils": 100}, {"age_band": "6-8", "sex": "f", "pupils": 50}]
    await school.set_up(headcounts=counts)
    each = {"6-8": 700, "9-11": 1000, "12-14": 1100, "15-17": 2000}
    await school.put(
        "/dishes",
        b.a_dish("d07", cabbage=85) | {"portion_rule": "fixed"},
        b.a_dish("d08", rice=100),
        b.a_dish("d09", pork=10) | {"portion_rule": "per_band", "portion_permille": each},
    )
    days = [{"day": b.WEEK[0], "meal": "lunch", "dish_codes": ["d07", "d08", "d09"]}]
    menu = await school.publish(b.a_menu() | {"days": days})
    gross = {food: line["gross_g"] for (_, food), line in (await school.demand(menu["menu_id"])).items()}
    assert gross == {"cabbage": 15_000, "rice": 13_000 + 4_250, "pork": 2_000 + 350}
