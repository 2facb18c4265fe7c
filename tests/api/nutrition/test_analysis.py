"""Analyses of menus and drafts, and the way from a draft to a menu."""

from typing import Any

import pytest

from shared.events.nutrition import MenuPublished
from tests import builders as b
from tests.api.nutrition.school import School
from tests.api.procurement.facts import a_cooperative, an_offer
from tests.conftest import WorldOf
from tests.world import ok, refused

MEALS: list[dict[str, Any]] = [{"day": day, "meal": "lunch", "dish_codes": ["d01"]} for day in b.WEEK]
WEEK: dict[str, Any] = {"canteen_id": "sch-1", "week_start": b.MONDAY, "days": MEALS}
FATAL = [
    (MEALS[0] | {"dish_codes": []}, "meal-empty", "days.0.dish_codes"),
    (MEALS[0] | {"dish_codes": ["dx"]}, "unknown-dish", "days.0.dish_codes.0"),
    (MEALS[0] | {"dish_codes": ["d03"]}, "banned-food", "days.0.dish_codes.0"),
    (MEALS[0] | {"day": "2026-12-05"}, "no-school-day", "days.0.day"),
    (MEALS[0] | {"meal": "dinner"}, "meal-not-served", "days.0.meal"),
    (MEALS[0] | {"headcounts": {"9-11": 50_000}}, "headcount-absurd", "days.0.headcounts"),
]


async def _analysis(school: School, **other: Any) -> dict[str, Any]:
    found: dict[str, Any] = await ok(await school.http.post("/menu-analyses", json=WEEK | other))
    return found


async def test_a_week_is_judged_by_the_canteens_standard(world_of: WorldOf) -> None:
    """Every target says what was asked, what the week gives and how far that falls short; the score is what is left."""
    school = await School(await world_of("nutrition")).set_up()
    found = await _analysis(school)
    assert found["standard_id"] == "wst554-2017"
    assert 0 <= found["score"] < 1000
    lost = sum(target["lost_points"] for target in found["targets"])
    assert abs(1000 - found["score"] - lost) <= len(found["targets"])
    energy = next(target for target in found["targets"] if target["key"] == "energy_kcal")
    assert energy["low"] == pytest.approx(598.5)
    assert energy["unknown_permille"] == 1000


async def test_each_day_says_what_it_gives_of_a_nutrient(world_of: WorldOf) -> None:
    """A day's share is of what is asked of the mean day; the mean of them is the week's; what is unknown has none."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/foods", b.a_food("rice", energy_kcal=360))
    more = MEALS[1] | {"dish_codes": ["d01", "d02"]}
    found = await _analysis(school, days=[MEALS[0], more])
    first, second = (day["shares_permille"]["energy_kcal"] for day in found["days"])
    energy = next(target for target in found["targets"] if target["key"] == "energy_kcal")
    assert first == round(1000 * 360 / energy["low"])
    assert second == round(1000 * 540 / energy["low"])
    assert abs((first + second) / 2 - energy["share_permille"]) <= 1
    assert "iron_mg" not in found["days"][0]["shares_permille"]


async def test_a_day_closed_for_is_none_of_the_week(world_of: WorldOf) -> None:
    """A canteen closed for two of five days is asked for three fifths of a week's kinds of food, as its plan was."""
    school = await School(await world_of("nutrition")).set_up()
    closed = [{"canteen_id": "sch-1", "day": day, "kind": "exam", "meals": []} for day in b.WEEK[3:]]
    await school.put("/closures", *closed)
    found = await _analysis(school, days=MEALS[:3])
    assert [target["low"] for target in found["targets"] if target["key"] == "food_kinds_per_week"] == [15]
    menu = await school.publish(WEEK | {"days": MEALS[:3]})
    week = {"county_code": b.COUNTY, "week_start": b.MONDAY}
    (short,) = (await ok(await school.http.get("/menu-analyses", params=week)))["items"]
    assert (short["menu_id"], short["score"]) == (menu["menu_id"], found["score"])


async def test_a_day_costs_what_its_food_costs_as_bought(world_of: WorldOf) -> None:
    """Rice 100 g, cabbage 85 g edible of 100 g bought, pork 20 g, salt 1 g at ¥4 a kg: 88.4 fen a child and day."""
    school = await School(await world_of("nutrition")).set_up()
    found = await _analysis(school)
    assert [day["cost_fen"] for day in found["days"]] == [88] * 5
    assert [day["budget_fen"] for day in found["days"]] == [500] * 5
    assert (found["priced_by"], found["unpriced"]) == ({"reference": 4}, [])


@pytest.mark.parametrize("band", ["9-11", "15-17"])
async def test_a_days_dishes_make_up_what_it_costs(world_of: WorldOf, band: str) -> None:
    """Each dish is told at the portion of who eats and the prices of the week, though it costs else this week."""
    world = await world_of("nutrition")
    heads = [{"age_band": band, "sex": "f", "pupils": 100}]
    school = await School(world).set_up(headcounts=heads)
    await world.publish(a_cooperative(), an_offer("o1", price_fen_per_kg=100, food_code="rice"))
    await world.settle()
    found = await _analysis(school, days=[MEALS[0] | {"dish_codes": ["d01", "d02"]}])
    (day,) = found["days"]
    assert found["priced_by"]["offer"] == 1
    assert set(found["dishes_fen"]) == {"d01", "d02"}
    assert abs(sum(found["dishes_fen"].values()) - day["cost_fen"]) <= 1
    at_nine = await _rice_and_cabbage_fen(school, week_start=b.MONDAY)
    assert (found["dishes_fen"]["d02"] == at_nine) == (band == "9-11")
    assert at_nine < await _rice_and_cabbage_fen(school)
    not_monday = await school.http.get("/dishes", params={"canteen_id": "sch-1", "week_start": b.WEEK[1]})
    refused(not_monday, 422, "week-starts-monday")


async def _rice_and_cabbage_fen(school: School, **of: str) -> int:
    """What the library says a portion of d02 costs."""
    (dish,) = (await ok(await school.http.get("/dishes", params={"canteen_id": "sch-1", "q": "d02", **of})))["items"]
    return int(dish["cost_fen"])


async def test_a_week_for_some_is_judged_for_them_before_it_is_published_as_after(world_of: WorldOf) -> None:
    """Who eats decides what is asked for and what a day costs: the same while a menu is composed and once it stands."""
    heads = [{"age_band": band, "sex": "f", "pupils": 50} for band in ("6-8", "15-17")]
    school = await School(await world_of("nutrition")).set_up(headcounts=heads)
    elder = [meal | {"headcounts": {"15-17": 50}} for meal in MEALS]
    mixed = [elder[0], *MEALS[1:]]
    everybody = await _analysis(school)
    for days in (elder, mixed):
        composed = await _analysis(school, days=days)
        assert composed["days"][0]["cost_fen"] > everybody["days"][0]["cost_fen"]
        menu = await school.publish(WEEK | {"days": days})
        published = await ok(await school.http.get(f"/menus/{menu['menu_id']}/analysis"))
        assert {name: published[name] for name in ("score", "targets")} == {
            name: composed[name] for name in ("score", "targets")
        }
        assert [day["cost_fen"] for day in published["days"]] == [day["cost_fen"] for day in composed["days"]]
        await ok(await school.http.post(f"/menus/{menu['menu_id']}/withdraw", json={"reason": "once more"}))
    nobody = await _analysis(school, days=[MEALS[0] | {"headcounts": {"6-8": 0}}])
    assert nobody["days"][0]["cost_fen"] == everybody["days"][0]["cost_fen"]


async def test_food_without_a_price_is_named(world_of: WorldOf) -> None:
    """What nobody has a price for counts as free, and is said so."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/foods", b.a_food("salt", reference_price_fen_per_kg=None))
    assert (await _analysis(school))["unpriced"] == ["salt"]


async def test_allergens_and_bans_are_carried_to_the_meal(world_of: WorldOf) -> None:
    """A meal shows the allergens of its foods and what must not be served in school canteens."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/foods", b.a_food("pork", allergens=["soy"]))
    found = await _analysis(school, days=[MEALS[0], MEALS[1] | {"dish_codes": ["d03"]}])
    assert [(meal["allergens"], meal["banned_foods"]) for meal in found["meals"]] == [
        (["soy"], []),
        ([], ["green_beans"]),
    ]


async def test_a_published_menu_is_analysed_as_published(world_of: WorldOf) -> None:
    """A dish changed afterwards changes nothing of the menu that used it; a draft follows the dish."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish()
    draft = await ok(await school.http.post("/menu-drafts", json=WEEK | {"week_start": b.MONDAY}))
    before = await ok(await school.http.get(f"/menus/{menu['menu_id']}/analysis"))
    await school.put("/dishes", b.a_dish("d01", rice=400))
    after = await ok(await school.http.get(f"/menus/{menu['menu_id']}/analysis"))
    drafted = await ok(await school.http.get(f"/menu-drafts/{draft['draft_id']}/analysis"))
    assert after == before
    assert drafted["days"][0]["cost_fen"] == 160


async def test_what_cannot_be_analysed(world_of: WorldOf) -> None:
    """Nothing planned, an unknown dish or canteen, a week that starts on a Tuesday: refused by field and rule."""
    school = await School(await world_of("nutrition")).set_up()
    for other, status, rule in (
        ({"days": []}, 422, "nothing-planned"),
        ({"days": [MEALS[0] | {"dish_codes": ["dx"]}]}, 404, "unknown-dish"),
        ({"canteen_id": "sch-9"}, 404, "unknown-canteen"),
        ({"week_start": "2026-12-01"}, 422, "week-starts-monday"),
    ):
        refused(await school.http.post("/menu-analyses", json=WEEK | other), status, rule)


async def test_everything_against_a_draft_is_named(world_of: WorldOf) -> None:
    """A check asks every hard rule of every meal, names field and rule, and leaves the draft unchecked."""
    school = await School(await world_of("nutrition")).set_up()
    for meal, rule, field in FATAL:
        draft = await ok(await school.http.post("/menu-drafts", json=WEEK | {"days": [meal]}))
        checked = await ok(await school.http.post(f"/menu-drafts/{draft['draft_id']}/check"))
        assert (rule, field) in [(one["rule"], one["field"]) for one in checked["objections"]], checked["objections"]
        assert checked["draft"]["status"] == "draft"
        refused(await school.http.post(f"/menu-drafts/{draft['draft_id']}/publish"), 409, "draft-unchecked")


async def test_a_budget_that_cannot_buy_the_week_stands_against_it(world_of: WorldOf) -> None:
    """A week that costs more than the money of its days is named with both figures."""
    school = await School(await world_of("nutrition")).set_up(budget_fen_per_pupil_day=50)
    draft = await ok(await school.http.post("/menu-drafts", json=WEEK))
    checked = await ok(await school.http.post(f"/menu-drafts/{draft['draft_id']}/check"))
    assert {one["rule"] for one in checked["objections"]} == {"over-budget"}
    assert "440 fen" in checked["objections"][0]["detail"]


async def test_what_the_kitchen_or_another_menu_forbids_is_named_by_the_check(world_of: WorldOf) -> None:
    """A check knows the limits of equipment and a menu that stands for the week; a draft checked before is one no more.

    Its version stays what it was: it says the same.
    """
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/dishes", *(b.a_dish(f"s{n}", rice=40) | {"equipment": ["steamer"]} for n in (1, 2)))
    steamed = WEEK | {"days": [MEALS[0] | {"dish_codes": ["s1", "s2"]}]}
    draft = await ok(await school.http.post("/menu-drafts", json=steamed))
    route = f"/menu-drafts/{draft['draft_id']}"
    answer = await school.http.post(f"{route}/check", headers={"If-Match": '"1"'})
    assert ((await ok(answer))["draft"]["status"], answer.headers["etag"]) == ("checked", '"1"')
    await school.put("/equipment", {"canteen_id": "sch-1", "equipment_code": "steamer", "dishes_per_meal": 1})
    menu = await school.publish()
    checked = await ok(await school.http.post(f"{route}/check", headers={"If-Match": '"1"'}))
    assert [(one["rule"], one["field"]) for one in checked["objections"]] == [
        ("menu-exists", "week_start"),
        ("equipment-exceeded", "days.0.dish_codes"),
    ]
    assert menu["menu_id"] in checked["objections"][0]["detail"]
    assert (checked["draft"]["status"], checked["draft"]["version"]) == ("draft", 1)


async def test_a_checked_draft_becomes_the_menu_once(world_of: WorldOf) -> None:
    """Checked, then published: the demand is told once, a second draft of the week is refused, an edit unchecks."""
    school = await School(await world_of("nutrition")).set_up()
    first, second = [await ok(await school.http.post("/menu-drafts", json=WEEK)) for _ in range(2)]
    for draft in (first, second):
        checked = await ok(await school.http.post(f"/menu-drafts/{draft['draft_id']}/check"))
        assert (checked["objections"], checked["draft"]["status"]) == ([], "checked")
    published = await ok(await school.http.post(f"/menu-drafts/{first['draft_id']}/publish"))
    assert published["status"] == "published"
    menu = await ok(await school.http.get(f"/menus/{published['menu_id']}"))
    assert menu["canteen_id"] == "sch-1"
    refused(await school.http.post(f"/menu-drafts/{second['draft_id']}/publish"), 409, "menu-exists")
    refused(await school.http.post(f"/menu-drafts/{first['draft_id']}/publish"), 409, "draft-published")
    edited = await ok(await school.http.put(f"/menu-drafts/{second['draft_id']}", json={"days": MEALS}))
    assert edited["status"] == "draft"
    await school.world.settle()
    assert [event.menu_id for event in school.world.told_of(MenuPublished)] == [published["menu_id"]]
