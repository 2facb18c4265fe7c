"""Finding dishes, and what follows from their ingredients."""

from typing import Any

from services.nutrition.dishes import reading
from tests import builders as b
from tests.api.nutrition.school import School
from tests.api.nutrition.test_market import tell
from tests.api.procurement.facts import a_cooperative, an_offer
from tests.conftest import WorldOf
from tests.world import ok, refused

HERE = {"county_code": b.COUNTY}


async def stocked(world_of: WorldOf) -> School:
    """A school with five more dishes that differ in everything one looks for."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put(
        "/foods",
        b.a_food("egg", name_zh="鸡蛋", name_en="Hen's egg", allergens=["egg"], reference_price_fen_per_kg=1000),
        b.a_food("green_pepper", name_zh="青椒", name_en="Green pepper", season_from_month=5, season_to_month=11),
        b.a_food("tofu", name_zh="豆腐", name_en="Tofu", allergens=["soy"], reference_price_fen_per_kg=None),
    )
    await school.put(
        "/dishes",
        _dish("X01", "青椒炒鸡蛋", "Scrambled eggs with green peppers", "mixed", "stir_fry", egg=50, green_pepper=70),
        _dish("X13", "蒸蛋", "Steamed egg", "mixed", "steam", egg=50),
        _dish("U05", "豆腐汤", "Tofu soup", "soup", "boil", tofu=45, green_pepper=5),
        _dish("V02", "手撕莲花白", "Hand-torn cabbage", "vegetable", "stir_fry", cabbage=110),
        _dish("O01", "莲花白汤", "Our cabbage soup", "soup", "boil", cabbage=50)
        | {"scope": "canteen", "canteen_id": "sch-1"},
    )
    return school


def _dish(code: str, zh: str, en: str, category: str, method: str, **grams: int) -> dict[str, Any]:
    return b.a_dish(code, **grams) | {"name_zh": zh, "name_en": en, "category": category, "method": method}


async def found(school: School, **wanted: Any) -> list[str]:
    """Return the codes of the dishes found among those of this file."""
    page = await ok(await school.http.get("/dishes", params=wanted))
    return [dish["dish_code"] for dish in page["items"] if not dish["dish_code"].startswith("d0")]


async def test_search(world_of: WorldOf) -> None:
    """By its own name or its ingredients' in Chinese, pinyin, initials and English; every word must be found."""
    school = await stocked(world_of)
    expected = {
        "青椒": ["U05", "X01"],
        "qingjiao": ["U05", "X01"],
        "qjcjd": ["X01"],
        "qj": ["U05", "X01"],
        "鸡蛋": ["X01", "X13"],
        "蛋": ["X01", "X13"],
        "zhengdan": ["X13"],
        "egg": ["X01", "X13"],
        "pepper soup": ["U05"],
        "green scrambled": ["X01"],
        "tofu": ["U05"],
        "莲花白": ["O01", "V02"],
        "x13": ["X13"],
        "%": ["O01", "U05", "V02", "X01", "X13"],
        "茄子": [],
    }
    for query, codes in expected.items():
        assert await found(school, q=query) == codes, query
    await school.put("/foods", b.a_food("egg", name_zh="土鸡蛋", name_en="Farm egg", allergens=["egg"]))
    assert await found(school, q="土鸡蛋") == ["X01", "X13"], "a food's new name is found at once"
    await school.put("/dishes", _dish("X13", "水蒸蛋羹", "Custard", "mixed", "steam", egg=50))
    assert (await found(school, q="steamed"), await found(school, q="dangeng")) == ([], ["X13"])
    refused(await school.http.get("/dishes", params={"q": "x" * 101}), 422, "invalid-input")


async def test_filters(world_of: WorldOf) -> None:
    """By category, method, library, allergens it is free of, season and cost of a portion."""
    school = await stocked(world_of)
    assert await found(school, category="soup") == ["O01", "U05"]
    assert await found(school, method="stir_fry") == ["V02", "X01"]
    assert await found(school, scope="canteen") == ["O01"]
    assert await found(school, **HERE) == ["U05", "V02", "X01", "X13"]
    assert await found(school, canteen_id="sch-1", scope="canteen") == ["O01"]
    assert await found(school, free_of="egg") == ["O01", "U05", "V02"]
    assert await found(school, free_of=["egg", "soy"]) == ["O01", "V02"]
    assert await found(school, in_season=12) == ["O01", "V02", "X13"]
    assert await found(school, in_season=6, q="pepper") == ["U05", "X01"]
    assert await found(school, cost_up_to_fen=50, **HERE) == ["X13"]
    assert await found(school, cost_up_to_fen=52, **HERE) == ["V02", "X13"]
    assert await found(school, retired=True) == []
    await ok(await school.http.post("/dishes/X13/retire", json={"reason": "too soft"}))
    assert (await found(school, retired=True), await found(school, q="zhengdan")) == (["X13"], [])
    answer = refused(await school.http.get("/dishes", params={"cost_up_to_fen": 5}), 422, "county-missing")
    assert answer["field"] == "county_code"
    other = {"canteen_id": "sch-1", "county_code": "520602"}
    refused(await school.http.get("/dishes", params=other), 422, "other-county")
    refused(await school.http.get("/dishes", params={"canteen_id": "sch-9"}), 404, "unknown-canteen")
    refused(await school.http.get("/dishes", params={"in_season": 13}), 422, "invalid-input")


async def test_pages_of_what_only_ingredients_can_say(world_of: WorldOf, monkeypatch: Any) -> None:
    """However few suit, every page but the last is full, and none is lost or told twice."""
    school = await stocked(world_of)
    await school.put("/dishes", *(b.a_dish(f"e{n:02}", **{"egg" if n % 3 else "cabbage": 10}) for n in range(30)))
    monkeypatch.setattr(reading, "CHUNK", 4)
    whole = await found(school, free_of="egg", limit=1000)
    parts: list[str] = []
    after: str | None = None
    while True:
        page = await ok(await school.http.get("/dishes", params={"free_of": "egg", "limit": 3, "after": after or ""}))
        parts += [dish["dish_code"] for dish in page["items"]]
        after = page["next"]
        if after is None:
            break
        assert len(page["items"]) == 3
    assert [code for code in parts if not code.startswith("d0")] == whole
    assert sum(code.startswith("e") for code in whole) == 10


async def test_what_follows_from_the_ingredients(world_of: WorldOf) -> None:
    """Allergens, bans, season and cost are those of the foods now, as the county knows them."""
    school = await stocked(world_of)
    (dish,) = (await ok(await school.http.get("/dishes", params={"q": "X01", **HERE})))["items"]
    assert (dish["allergens"], dish["months"], dish["banned_foods"]) == (["egg"], [5, 6, 7, 8, 9, 10, 11], [])
    assert (dish["cost_fen"], dish["unpriced_foods"]) == (50 + 28, [])
    (soup,) = (await ok(await school.http.get("/dishes", params={"q": "U05", **HERE})))["items"]
    assert (soup["cost_fen"], soup["unpriced_foods"]) == (2, ["tofu"])
    (nowhere,) = (await ok(await school.http.get("/dishes", params={"q": "U05"})))["items"]
    assert (nowhere["cost_fen"], nowhere["unpriced_foods"], nowhere["liking_permille"]) == (None, [], None)
    said = [
        ("green_pepper", "allergens", ["pepper"]),
        ("green_pepper", "canteen_ban", True),
        ("egg", "edible_permille", 500),
    ]
    rows = [HERE | {"food_code": f, "field": field, "value": value, "source": "test"} for f, field, value in said]
    await school.put("/food-overrides", *rows)
    here = await ok(await school.http.get("/dishes/X01", params=HERE))
    assert (here["allergens"], here["banned_foods"], here["cost_fen"]) == (["egg", "pepper"], ["green_pepper"], 128)
    there = await ok(await school.http.get("/dishes/X01", params={"county_code": "520602"}))
    assert (there["allergens"], there["banned_foods"], there["cost_fen"]) == (["egg"], [], 78)
    refused(await school.http.post("/menus", json=b.a_menu(dish="X01")), 422, "banned-food")
    menu = await school.publish(b.a_menu(dish="X13", days=b.WEEK[:1]))
    assert (await school.demand(menu["menu_id"]))[b.WEEK[0], "egg"]["gross_g"] == 10_000


async def test_analysis(world_of: WorldOf) -> None:
    """A portion's amounts at each age, what of it is unknown, and from which source each ingredient's price comes."""
    school = await stocked(world_of)
    await school.put("/foods", b.a_food("cabbage", calcium_mg=40, iron_mg=0.4))
    await school.put(
        "/dishes", b.a_dish("d01", cabbage=85, tofu=15), b.a_dish("d02", egg=50) | {"portion_rule": "fixed"}
    )
    await tell(school, a_cooperative(), an_offer())
    week = {"week_start": b.MONDAY}
    read = await ok(await school.http.get("/dishes/d01/analysis", params=HERE | week))
    nine, six = read["portions"]["9-11"], read["portions"]["6-8"]
    assert (nine["portion_g"], six["portion_g"], six["portion_permille"]) == (100, 85, 850)
    assert nine["nutrients"]["calcium_mg"] == {"amount": 34, "unknown_permille": 150}
    assert six["nutrients"]["calcium_mg"] == {"amount": 28.9, "unknown_permille": 150}
    assert nine["nutrients"]["energy_kcal"] == {"amount": 0, "unknown_permille": 1000}
    assert read["unknown_foods"]["iron_mg"] == ["tofu"]
    assert read["unknown_foods"]["energy_kcal"] == ["cabbage", "tofu"]
    assert (nine["cost_fen"], nine["local_fen"], nine["poor_fen"]) == (20, 20, 12)
    prices = {part["food_code"]: (part["price_fen_per_kg"], part["price_source"]) for part in read["ingredients"]}
    assert prices == {"cabbage": (200, "offer"), "tofu": (None, None)}
    assert read["unpriced_foods"] == ["tofu"]
    now = await ok(await school.http.get("/dishes/d01/analysis", params=HERE))
    assert (now["week_start"], now["ingredients"][0]["price_source"]) == ("2026-11-23", "reference")
    anywhere = await ok(await school.http.get("/dishes/d01/analysis", params={"version": 1}))
    assert (anywhere["version"], anywhere["portions"]["9-11"]["cost_fen"]) == (1, None)
    egg = await ok(await school.http.get("/dishes/d02/analysis", params=HERE))
    assert {portion["cost_fen"] for portion in egg["portions"].values()} == {50}
    tuesday = await school.http.get("/dishes/d01/analysis", params=HERE | {"week_start": b.WEEK[1]})
    assert refused(tuesday, 422, "week-starts-monday")["field"] == "week_start"
    refused(await school.http.get("/dishes/d01/analysis", params={"version": 9}), 404, "unknown-dish")


async def test_a_list_says_what_a_portion_gives(world_of: WorldOf) -> None:
    """Of the nutrients asked for alone, the same as the analysis of the dish says for ages 9 to 11."""
    school = await stocked(world_of)
    wanted = {"q": "蒸蛋", "nutrients": ["protein_g", "iron_mg"]}
    (egg,) = (await ok(await school.http.get("/dishes", params=wanted)))["items"]
    analysed = (await ok(await school.http.get("/dishes/X13/analysis")))["portions"]["9-11"]["nutrients"]
    assert egg["nutrients"] == {key: analysed[key] for key in ("protein_g", "iron_mg")}
    (plain,) = (await ok(await school.http.get("/dishes", params={"q": "蒸蛋"})))["items"]
    assert plain["nutrients"] == {}
