"""Versions of a menu side by side, prices as of publishing, and what would lift a week."""

from typing import Any

import pytest

from services.nutrition.canteens import usecases as canteens
from shared.bulk import Refusal
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused

MEAL: dict[str, Any] = {"day": b.WEEK[0], "meal": "lunch", "dish_codes": ["d01"]}
TWO = [MEAL, MEAL | {"day": b.WEEK[1]}]


async def test_versions_side_by_side(world_of: WorldOf) -> None:
    """What is cooked, needed, costs and gives otherwise after an amendment, and the reason that was given for it."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/foods", b.a_food("rice", energy_kcal=350))
    menu = await school.publish(b.a_menu() | {"days": TWO})
    route = f"/menus/{menu['menu_id']}"
    days = [MEAL | {"headcounts": {"9-11": 50}}, MEAL | {"day": b.WEEK[2], "dish_codes": ["d02"]}]
    await ok(await school.http.put(route, json={"reason": "half of them travel", "days": days}))
    found = await ok(await school.http.get(f"{route}/differences", params={"from": 1, "to": 2}))
    assert [(one["version"], one["reason"]) for one in found["why"]] == [(2, "half of them travel")]
    assert [(one["day"], one["how"]) for one in found["meals"]] == [
        (b.WEEK[0], "changed"),
        (b.WEEK[1], "left_out"),
        (b.WEEK[2], "added"),
    ]
    first = found["meals"][0]
    assert (first["before"]["headcount"], first["after"]["headcount"]) == (100, 50)
    assert first["before"]["dishes"] == first["after"]["dishes"] == [{"dish_code": "d01", "version": 1}]
    rice = {one["delivery_day"]: one for one in found["demand"] if one["food_code"] == "rice"}
    assert [(rice[day]["gross_g_before"], rice[day]["gross_g_after"]) for day in b.WEEK[:3]] == [
        (10_000, 5_000),
        (10_000, 0),
        (0, 5_000),
    ]
    cost = found["cost"]
    assert (cost["per_child_fen_before"], cost["per_child_fen_after"], cost["unpriced"]) == (177, 124, [])
    assert cost["demand_fen_before"] == 2 * (4000 + 4000 + 800 + 40)
    assert cost["demand_fen_after"] == 2000 + 2000 + 400 + 20 + 2000 + 1600
    energy = next(one for one in found["targets"] if one["key"] == "energy_kcal")
    assert (energy["value_before"], energy["value_after"]) == (350.0, 262.5)
    assert found["score_before"] != found["score_after"]


async def test_versions_that_cannot_be_compared(world_of: WorldOf) -> None:
    """A later version is compared with an earlier one, and both must be there."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish()
    route = f"/menus/{menu['menu_id']}/differences"
    for first, last in ((1, 1), (2, 1)):
        answer = await school.http.get(route, params={"from": first, "to": last})
        assert refused(answer, 422, "versions-order")["field"] == "to"
    refused(await school.http.get(route, params={"from": 1, "to": 2}), 404, "unknown-menu-version")
    refused(await school.http.get("/menus/none/differences", params={"from": 1, "to": 2}), 404, "unknown-menu")
    assert refused(await school.http.get(route, params={"from": 1}), 422, "invalid-input")["field"] == "query.to"


async def test_a_menu_taken_back_is_compared_with_nothing(world_of: WorldOf) -> None:
    """A withdrawn week plans and gives nothing: meals are left out, what it cost is saved, no target has a value."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish(b.a_menu() | {"days": TWO})
    route = f"/menus/{menu['menu_id']}"
    await ok(await school.http.post(f"{route}/withdraw", json={"reason": "snow"}))
    found = await ok(await school.http.get(f"{route}/differences", params={"from": 1, "to": 2}))
    assert {one["how"] for one in found["meals"]} == {"left_out"}
    assert (found["cost"]["per_child_fen_after"], found["cost"]["demand_fen_after"], found["score_after"]) == (
        0,
        0,
        None,
    )
    assert {one["value_after"] for one in found["targets"]} == {None}


async def test_a_menu_keeps_the_prices_it_was_published_at(world_of: WorldOf) -> None:
    """A price that rises later changes what the menu would cost now, not what it cost when it was published."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish(b.a_menu() | {"days": TWO})
    await school.put("/foods", b.a_food("rice", reference_price_fen_per_kg=800))
    found = await ok(await school.http.get(f"/menus/{menu['menu_id']}/analysis"))
    assert [(day["cost_fen"], day["cost_now_fen"]) for day in found["days"]] == [(88, 128)] * 2
    assert found["priced_at"] == menu["published_at"]
    week = {"canteen_id": "sch-1", "week_start": b.MONDAY, "days": TWO}
    unsaved = await ok(await school.http.post("/menu-analyses", json=week))
    assert [(day["cost_fen"], day["cost_now_fen"]) for day in unsaved["days"]] == [(128, 128)] * 2
    assert unsaved["priced_at"] is None


async def test_a_menu_is_judged_for_those_it_is_made_for(world_of: WorldOf) -> None:
    """A menu published for the youngest alone is judged by what they need and get, not by the whole school."""
    school = await School(await world_of("nutrition")).set_up(
        headcounts=[{"age_band": band, "sex": "f", "pupils": 50} for band in ("6-8", "9-11")]
    )
    everybody = await school.publish(b.a_menu() | {"days": TWO})
    youngest = [
        meal | {"headcounts": {"6-8": 50}, "day": day}
        for meal, day in zip(TWO, ("2026-12-07", "2026-12-08"), strict=True)
    ]
    few = await school.publish(b.a_menu() | {"week_start": "2026-12-07", "days": youngest})
    all_, some = [await ok(await school.http.get(f"/menus/{one['menu_id']}/analysis")) for one in (everybody, few)]
    assert [one["days"][0]["cost_fen"] for one in (all_, some)] == [82, 75]
    low = [next(t["low"] for t in one["targets"] if t["key"] == "energy_kcal") for one in (all_, some)]
    assert low[1] < low[0]


RICH: dict[str, Any] = {
    "energy_kcal": 650,
    "protein_g": 30,
    "fat_g": 20,
    "carbohydrate_g": 45,
    "fibre_g": 10,
    "iron_mg": 20,
    "zinc_mg": 20,
    "vitamin_a_ug_rae": 900,
    "thiamin_mg": 2,
    "riboflavin_mg": 2,
    "vitamin_c_mg": 200,
}


async def _all_but_calcium(school: School) -> None:
    """Rice that has everything but calcium; milk at ¥10 a kg, and cheese with three times its calcium at ¥90."""
    await school.put(
        "/foods",
        b.a_food("rice", calcium_mg=0, sodium_mg=0, **RICH),
        b.a_food("milk", calcium_mg=100, energy_kcal=1, reference_price_fen_per_kg=1000),
        b.a_food("cheese", calcium_mg=300, energy_kcal=1, reference_price_fen_per_kg=9000),
    )
    await school.put(
        "/dishes", b.a_dish("m1", milk=200), b.a_dish("m2", cheese=100), b.a_dish("m3", milk=100, green_beans=10)
    )


async def test_what_would_lift_the_week(world_of: WorldOf) -> None:
    """The nutrient whose lack costs most is named, and the dishes that mend the most of it per fen, judged anew.

    What has a banned food in it is not named at all, and a dish stands there once.
    """
    school = await School(await world_of("nutrition")).set_up()
    await _all_but_calcium(school)
    week = {"canteen_id": "sch-1", "week_start": b.MONDAY, "days": TWO}
    before = await ok(await school.http.post("/menu-analyses", json=week))
    found = await ok(await school.http.post("/menu-analyses/lifts", json=week))
    lacking = found["lacking"]
    assert lacking in before["targets"]
    worst = max(
        t["lost_points"] for t in before["targets"] if t["kind"] == "nutrient" and t["low"] and t["value"] < t["low"]
    )
    assert lacking["lost_points"] == worst
    for lift in found["lifts"]:
        days = [dict(meal) for meal in TWO]
        meal = next(one for one in days if one["day"] == lift["day"])
        kept = [code for code in meal["dish_codes"] if code != lift["instead_of"]]
        meal["dish_codes"] = [*kept, lift["dish_code"]]
        after = await ok(await school.http.post("/menu-analyses", json=week | {"days": days}))
        target = next(one for one in after["targets"] if one["key"] == lacking["key"])
        assert lift["score"] == after["score"] >= before["score"]
        assert (lift["value"], lift["miss_permille"]) == (pytest.approx(target["value"]), target["miss_permille"])
        more = sum(day["cost_fen"] for day in after["days"]) - sum(day["cost_fen"] for day in before["days"])
        assert abs(lift["more_fen"] - more) <= 2
    codes = [lift["dish_code"] for lift in found["lifts"]]
    assert len(codes) == len(set(codes))
    assert "m1" in codes
    assert "m3" not in codes
    ranks = [(lift["more_fen"] > 0, -(lift["permille_per_fen"] or 0)) for lift in found["lifts"]]
    assert ranks == sorted(ranks)


async def test_calcium_is_lifted_by_milk_before_cheese(world_of: WorldOf) -> None:
    """Milk gives a child more calcium for a fen than cheese; a menu and a draft of the same week are told the same."""
    school = await School(await world_of("nutrition")).set_up()
    await _all_but_calcium(school)
    menu = await school.publish(b.a_menu() | {"days": TWO})
    draft = await ok(
        await school.http.post("/menu-drafts", json={"canteen_id": "sch-1", "week_start": b.MONDAY, "days": TWO})
    )
    of_menu = await ok(await school.http.get(f"/menus/{menu['menu_id']}/lifts"))
    of_draft = await ok(await school.http.get(f"/menu-drafts/{draft['draft_id']}/lifts"))
    assert of_menu == of_draft
    codes = [lift["dish_code"] for lift in of_menu["lifts"]]
    assert codes.index("m1") < codes.index("m2")
    refused(await school.http.get("/menus/none/lifts"), 404, "unknown-menu")
    refused(await school.http.get("/menu-drafts/none/lifts"), 404, "unknown-menu-draft")
    empty = {"canteen_id": "sch-1", "week_start": b.MONDAY, "days": []}
    refused(await school.http.post("/menu-analyses/lifts", json=empty), 422, "nothing-planned")


async def test_a_countys_week_is_judged_at_once(world_of: WorldOf) -> None:
    """Each menu of a county comes to what its own analysis says, whoever eats and however many dishes there are."""
    school = await School(await world_of("nutrition")).set_up()
    heads = [{"age_band": "6-8", "sex": "m", "pupils": 30}, {"age_band": "12-14", "sex": "f", "pupils": 20}]
    await school.put("/canteens", b.a_canteen(2, headcounts=heads), b.a_canteen(3, meals=["lunch", "dinner"]))
    await school.put("/canteens", b.a_canteen(4, county_code="520000"))
    await school.put("/foods", b.a_food("rice", energy_kcal=350), b.a_food("cabbage", calcium_mg=50))
    both = [MEAL | {"dish_codes": ["d01", "d02"]}, MEAL | {"day": b.WEEK[1]}]
    dinner = [MEAL, MEAL | {"meal": "dinner", "headcounts": {"9-11": 10}}]
    for number, days in ((1, TWO), (2, both), (3, dinner), (4, TWO)):
        await school.publish(b.a_menu(f"sch-{number}") | {"days": days})
    week = {"county_code": b.COUNTY, "week_start": b.MONDAY}
    found = (await ok(await school.http.get("/menu-analyses", params=week)))["items"]
    assert sorted(one["canteen_id"] for one in found) == ["sch-1", "sch-2", "sch-3"]
    for one in found:
        alone = await ok(await school.http.get(f"/menus/{one['menu_id']}/analysis"))
        lifts = await ok(await school.http.get(f"/menus/{one['menu_id']}/lifts"))
        assert one["score"] == alone["score"]
        mean = sum(day["cost_now_fen"] for day in alone["days"]) / len(alone["days"])
        assert abs(one["cost_fen_per_day"] - mean) <= 1
        lacking = lifts["lacking"]
        assert one["lacking"]["key"] == lacking["key"]
        assert one["lacking"]["value"] == pytest.approx(lacking["value"], abs=0.002)
        assert abs(one["lacking"]["unknown_permille"] - lacking["unknown_permille"]) <= 1
    first = await ok(await school.http.get("/menu-analyses", params=week | {"limit": 1}))
    rest = await ok(await school.http.get("/menu-analyses", params=week | {"after": first["next"]}))
    assert first["items"] + rest["items"] == found
    for one in found[:2]:
        withdrawal = {"reason": "the school closes"}
        await ok(await school.http.post(f"/menus/{one['menu_id']}/withdraw", json=withdrawal))
    first = await ok(await school.http.get("/menu-analyses", params=week | {"limit": 1}))
    assert first["items"] == found[2:], "menus taken back whole cut no page short"
    tuesday = week | {"week_start": b.WEEK[1]}
    refused(await school.http.get("/menu-analyses", params=tuesday), 422, "week-starts-monday")
    nobody = await ok(await school.http.get("/menu-analyses", params=week | {"county_code": "529999"}))
    assert nobody == {"items": [], "next": None}


async def test_a_menu_nobody_can_judge_hides_no_other(world_of: WorldOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A canteen registered before its standard was held against its meals is named as unjudged, beside the others."""
    school = await School(await world_of("nutrition")).set_up()

    async def nothing_refused(*_: object) -> dict[int, Refusal]:
        return {}

    monkeypatch.setattr(canteens, "_judged_by_nothing", nothing_refused)
    await school.put("/canteens", b.a_canteen(2, meals=["lunch", "breakfast"], standard_id="us-nslp-2024"))
    for number in (1, 2):
        await school.publish(b.a_menu(f"sch-{number}") | {"days": TWO})
    week = {"county_code": b.COUNTY, "week_start": b.MONDAY}
    found = (await ok(await school.http.get("/menu-analyses", params=week)))["items"]
    told = {one["canteen_id"]: (one["unjudged"], one["score"] is None) for one in found}
    assert told == {"sch-1": (None, False), "sch-2": ("meal-not-in-standard", True)}
