"""Foods: what they hold, what is unknown of them, and which can be bought."""

from pathlib import Path

from services.generator.reference import DATA
from services.loading import REFERENCE, Loaded
from services.nutrition.foods import queries
from services.nutrition.foods.domain import Nutrient, Season
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused


async def load_all(school: School, folder: Path = DATA) -> None:
    """Load every food of the seed data, as the demo does."""
    source = REFERENCE[0]
    loaded = Loaded()
    rows = [row for _, row in source.rows(folder, loaded)]
    assert loaded.bad == []
    await school.put(source.route, *rows)


async def test_every_food_of_the_table_is_there(world_of: WorldOf) -> None:
    """All 235 foods load, and the two banned ones no table has; blank amounts stay unknown, and zero is zero."""
    school = School(await world_of("nutrition"))
    await load_all(school)
    async with school.world.services["nutrition"].begin(read_only=True) as uow:
        library = await queries.library(uow.session, None)
        few = await queries.library(uow.session, b.COUNTY, ["spinach", "gold"])
    assert len(library) == 237
    assert library["cauliflower"].composition[Nutrient.VITAMIN_C_MG] == 48_200
    assert library["rice_white"].composition[Nutrient.VITAMIN_A_UG_RAE] == 0
    assert Nutrient.FIBRE_G not in library["yardlong_bean"].composition
    assert library["tofu_skin"].composition == {}
    assert list(few) == ["spinach"]
    assert few["spinach"].dark_vegetable is True
    assert library["rice_white"].dark_vegetable is None
    assert library["apple"].season == Season(8, 3)
    assert {code for code, food in library.items() if food.canteen_ban} == {
        *("green_bean", "daylily_fresh", "mushroom_wild")
    }
    assert not library["daylily_fresh"].can_be_bought
    assert "sprouted" in (await ok(await school.http.get("/foods/potato")))["canteen_rule"]


async def test_food_nobody_knows_how_to_keep(world_of: WorldOf) -> None:
    """A dish of it can be registered and read, a menu with it is refused, and it keeps for no day in the store."""
    school = await School(await world_of("nutrition")).set_up()
    unknown = {"temperature_class": None, "shelf_life_days": None, "farmed": None}
    await school.put("/foods", b.a_food("coix", **unknown))
    assert (await ok(await school.http.get("/foods/coix")))["shelf_life_days"] is None
    await school.put("/dishes", b.a_dish("d09", coix=30))
    answer = refused(await school.http.post("/menus", json=b.a_menu(dish="d09")), 422, "food-not-buyable")
    assert answer["field"] == "days.0.dish_codes.0"
    await school.count("coix", 500)
    assert [lot["use_by"] for lot in (await school.stock())["coix"]["lots"]] == ["2026-11-23"]


async def test_every_version_of_a_food_is_kept(world_of: WorldOf) -> None:
    """What was said of a food stays readable version by version, with the day it was said."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/foods", b.a_food("cabbage", calcium_mg=40, allergens=["celery"]))
    await school.put("/foods", b.a_food("cabbage", calcium_mg=40, allergens=["celery"]))
    await school.put("/foods", b.a_food("cabbage", calcium_mg=41.2))
    assert (await ok(await school.http.get("/foods/cabbage")))["version"] == 3
    second = await ok(await school.http.get("/foods/cabbage", params={"version": 2, "county_code": b.COUNTY}))
    assert (second["calcium_mg"], second["allergens"], second["version"]) == (40, ["celery"], 2)
    first = await ok(await school.http.get("/foods/cabbage/versions", params={"limit": 2}))
    rest = await ok(await school.http.get("/foods/cabbage/versions", params={"after": first["next"]}))
    assert [one["food"]["calcium_mg"] for one in first["items"] + rest["items"]] == [None, 40, 41.2]
    assert first["items"][0]["said_at"].startswith("2026-11-23T01:00")
    refused(await school.http.get("/foods/cabbage", params={"version": 4}), 404, "unknown-food")
    refused(await school.http.get("/foods/gold/versions"), 404, "unknown-food")
    refused(await school.http.get("/foods/cabbage/versions", params={"after": "x"}), 422, "cursor")
