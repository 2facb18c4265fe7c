"""Dishes: libraries in three scopes, versions, portions by age."""

import asyncio

import pytest

from services.nutrition.dishes import counted, queries, usecases
from services.nutrition.dishes.domain import Feedback, Method, Recipe, Scope
from shared.errors import DomainError
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


async def test_a_retired_dish_stands_in_no_new_menu(world_of: WorldOf) -> None:
    """It leaves the library and its menus stand, also amended; history stays, and it can come back."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish()
    why = {"reason": "pupils leave half of it"}
    first = await ok(await school.http.post("/dishes/d01/retire", json=why))
    again = await ok(await school.http.post("/dishes/d01/retire", json={"reason": "twice"}))
    assert again == first
    assert (first["retired"], first["retired_reason"], first["retired_at"][:10]) == (True, why["reason"], "2026-11-23")
    assert [recipe.dish_code for recipe in await _library(school, "sch-1")] == ["d02", "d03"]
    change = {"reason": "trip", "days": b.a_menu(days=b.WEEK[1:])["days"]}
    amended = await ok(await school.http.put(f"/menus/{menu['menu_id']}", json=change))
    assert amended["version"] == 2
    later = b.a_menu(days=("2026-12-07",)) | {"week_start": "2026-12-07"}
    answer = refused(await school.http.post("/menus", json=later), 422, "dish-retired")
    assert answer["field"] == "days.0.dish_codes.0"
    assert (await school.put("/dishes", b.a_dish(rice=70)))["changed"] == 1
    assert (await ok(await school.http.get("/dishes/d01")))["retired"] is True
    back = await ok(await school.http.post("/dishes/d01/restore"))
    assert (back["retired"], back["retired_reason"], back["version"]) == (False, None, 2)
    await school.publish(later)
    for route in ("/dishes/gold/retire", "/dishes/gold/restore"):
        refused(await school.http.post(route, json=why), 404, "unknown-dish")


async def test_versions_are_kept(world_of: WorldOf) -> None:
    """Each version stays readable with its day; loading the same again makes none."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/dishes", b.a_dish(rice=200) | {"method": "steam"})
    await school.put("/dishes", b.a_dish(rice=200) | {"method": "steam"})
    page = await ok(await school.http.get("/dishes/d01/versions", params={"limit": 1}))
    rest = await ok(await school.http.get("/dishes/d01/versions", params={"after": page["next"]}))
    items = page["items"] + rest["items"]
    assert [(one["version"], one["method"], one["made_at"][:10]) for one in items] == [
        (1, None, "2026-11-23"),
        (2, "steam", "2026-11-23"),
    ]
    old = await ok(await school.http.get("/dishes/d01", params={"version": 1}))
    cabbage = {"food_code": "cabbage", "name_zh": "白菜", "name_en": "Cabbage", "portion_mg": 85_000}
    assert old["ingredients"][0] == cabbage
    refused(await school.http.get("/dishes/gold/versions"), 404, "unknown-dish")
    refused(await school.http.get("/dishes/d01/versions", params={"after": "x"}), 422, "cursor")


async def test_an_own_dish_is_promoted_by_copying(world_of: WorldOf) -> None:
    """A canteen's dish is copied to its county and the province with its recipe; the copy says where it is from."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/canteens", b.a_canteen(2), b.a_canteen(3, county_code="520602"))
    await school.put("/dishes", of_canteen("o01") | {"portion_rule": "fixed", "equipment": ["wok"], "method": "steam"})
    to_county = {"dish_code": "c01", "scope": "county", "county_code": b.COUNTY}
    answer = await school.http.post("/dishes/o01/copies", json=to_county)
    assert (answer.status_code, answer.headers["location"]) == (201, "/dishes/c01")
    copy = answer.json()
    assert (copy["copied_from"], copy["copied_version"], copy["version"]) == ("o01", 1, 1)
    assert (copy["portion_rule"], copy["equipment"], copy["method"]) == ("fixed", ["wok"], "steam")
    assert [part["food_code"] for part in copy["ingredients"]] == ["rice"]
    assert "c01" in [recipe.dish_code for recipe in await _library(school, "sch-2")]
    await ok(await school.http.post("/dishes/c01/copies", json={"dish_code": "p01"}))
    await ok(
        await school.http.post(
            "/dishes/p01/copies", json={"dish_code": "o03", "scope": "canteen", "canteen_id": "sch-3"}
        )
    )
    foreign = {"dish_code": "o02", "scope": "canteen", "canteen_id": "sch-2"}
    assert refused(await school.http.post("/dishes/o01/copies", json=foreign), 422, "foreign-dish")["field"] == "scope"
    same = refused(
        await school.http.post("/dishes/o01/copies", json=foreign | {"dish_code": "o01"}), 422, "foreign-dish"
    )
    assert same["field"] == "scope"
    twice = refused(await school.http.post("/dishes/o01/copies", json=to_county), 409, "dish-exists")
    assert twice["field"] == "dish_code"
    itself = {"dish_code": "o01", "scope": "canteen", "canteen_id": "sch-1"}
    refused(await school.http.post("/dishes/o01/copies", json=itself), 409, "dish-exists")
    unknown = foreign | {"canteen_id": "sch-9"}
    assert refused(await school.http.post("/dishes/o01/copies", json=unknown), 404, "unknown-canteen")["field"]
    half = {"dish_code": "c09", "scope": "county"}
    wrong = refused(await school.http.post("/dishes/o01/copies", json=half), 422, "invalid-input")
    assert "county_code" in str(wrong)
    refused(await school.http.post("/dishes/gold/copies", json=to_county), 404, "unknown-dish")
    assert (await ok(await school.http.get("/dishes/o01")))["version"] == 1


async def test_bad_dishes_are_named(world_of: WorldOf) -> None:
    """No ingredients, unknown foods, a food twice, portions of 0 or 5 kg, half an owner or rule: each by its field."""
    school = await School(await world_of("nutrition")).set_up()
    rice = {"food_code": "rice", "portion_mg": 100_000}
    much = [{"food_code": food, "portion_mg": 1_500_000} for food in ("rice", "pork")]
    bands = {"6-8": 900, "9-11": 1000, "12-14": 1100, "15-17": 1200}
    wrong: list[tuple[dict[str, object], str, str]] = [
        ({"ingredients": []}, "ingredients", "too_short"),
        ({"ingredients": [rice, rice]}, "ingredients", "food-twice"),
        ({"ingredients": [rice | {"portion_mg": 0}]}, "ingredients.0.portion_mg", "greater_than"),
        ({"ingredients": [rice | {"portion_mg": 5_000_000}]}, "ingredients.0.portion_mg", "less_than_equal"),
        ({"ingredients": much}, "ingredients", "portion-too-big"),
        ({"ingredients": [rice, rice | {"food_code": "gold"}]}, "ingredients.1.food_code", "unknown-food"),
        ({"scope": "county"}, "county_code", "owner-of-scope"),
        ({"scope": "village"}, "scope", "enum"),
        ({"canteen_id": "sch-1"}, "canteen_id", "owner-of-scope"),
        ({"method": "microwave"}, "method", "enum"),
        ({"equipment": ["a wok"]}, "equipment.0", "string_pattern_mismatch"),
        ({"portion_rule": "per_band"}, "portion_permille", "portions-of-rule"),
        ({"portion_permille": bands}, "portion_permille", "portions-of-rule"),
        (
            {"portion_rule": "per_band", "portion_permille": bands | {"9-11": 900}},
            "portion_permille",
            "portions-of-every-band",
        ),
        (
            {"portion_rule": "per_band", "portion_permille": {"9-11": 1000}},
            "portion_permille",
            "portions-of-every-band",
        ),
        (
            {"portion_rule": "per_band", "portion_permille": bands | {"6-8": 5000}},
            "portion_permille.6-8",
            "less_than_equal",
        ),
        ({"allergens": ["egg"]}, "allergens", "extra_forbidden"),
    ]
    rows = [b.a_dish(f"x{number}", rice=100) | change for number, (change, _, _) in enumerate(wrong)]
    answer = await ok(await school.http.put("/dishes", json={"rows": [*rows, b.a_dish("good", rice=1)]}))
    assert answer["created"] == 1
    assert [(one["index"], one["field"], one["rule"]) for one in answer["refused"]] == [
        (number, field, rule) for number, (_, field, rule) in enumerate(wrong)
    ]


@pytest.mark.parametrize("summed_up", [False, True])
async def test_what_comes_back_of_a_dish(world_of: WorldOf, summed_up: bool) -> None:
    """Votes and leavings are summed per county and dish, shown with it, and make its rating from 0 to 1: at once."""
    school = await School(await world_of("nutrition")).set_up()
    service = school.world.services["nutrition"]
    for points in (45, 25):
        async with service.begin() as uow:
            await usecases.note_feedback(uow, {(b.COUNTY, "d01"): Feedback(points, 10, 300, 50)})
    async with service.begin() as uow:
        await usecases.note_feedback(uow, {("520602", "d01"): Feedback(5, 5, 0, 0)})
    for told, rule in (((51, 10, 0, 0), "points"), ((0, 0, 300_000, 1), "waste")):
        with pytest.raises(DomainError) as caught:
            async with service.begin() as uow:
                await usecases.note_feedback(uow, {(b.COUNTY, "d01"): Feedback(*told)})
        assert caught.value.rule == rule
    if summed_up:
        assert await usecases.sum_up_feedback(service) == 3
        assert await usecases.sum_up_feedback(service) == 0
    read = await ok(await school.http.get("/dishes/d01", params={"county_code": b.COUNTY}))
    assert read["feedback"] == {
        "county_code": b.COUNTY,
        "ratings": 20,
        "rating_sum": 70,
        "liking_permille": 594,
        "served_portions": 100,
        "waste_g": 600,
        "waste_mg_per_portion": 6_000,
    }
    assert (await ok(await school.http.get("/dishes/d01")))["feedback"] is None
    quiet = await ok(await school.http.get("/dishes/d02", params={"county_code": b.COUNTY}))
    assert (quiet["feedback"]["waste_mg_per_portion"], quiet["liking_permille"]) == (None, 562)
    async with service.begin(read_only=True) as uow:
        assert await counted.ratings(uow.session, b.COUNTY) == {"d01": pytest.approx(0.59375)}
        assert (await counted.ratings(uow.session, b.COUNTY, ["d02"]))["d02"] == pytest.approx(0.5625)
        assert await counted.ratings(uow.session, "520603") == {}
        assert await counted.ratings(uow.session, "520603", ["d01"]) == {"d01": 0.5}


async def test_votes_at_the_same_moment(world_of: WorldOf) -> None:
    """Two schools telling of one dish at once lose no vote."""
    school = await School(await world_of("nutrition")).set_up()

    async def vote() -> None:
        async with school.world.services["nutrition"].begin() as uow:
            await usecases.note_feedback(uow, {(b.COUNTY, "d01"): Feedback(4, 1, 10, 1)})

    service = school.world.services["nutrition"]
    await asyncio.gather(*(vote() for _ in range(20)), *(usecases.sum_up_feedback(service) for _ in range(3)))
    read = await ok(await school.http.get("/dishes/d01", params={"county_code": b.COUNTY}))
    assert (read["feedback"]["ratings"], read["feedback"]["rating_sum"], read["feedback"]["waste_g"]) == (20, 80, 200)
