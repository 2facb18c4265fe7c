"""Canteens over time: who is enrolled from which day on, who keeps a diet, what the kitchen can do, when it is shut."""

from datetime import date
from typing import Any

from services.nutrition.canteens import queries as canteens
from services.nutrition.canteens.domain import Diet, DietKind
from services.nutrition.closures import queries as closures
from shared.events.nutrition import CanteenRegistered
from shared.fields import Meal
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused


def enrolled(valid_from: str, pupils: int, canteen_id: str = "sch-1") -> dict[str, Any]:
    """So many girls of 9 to 11 from a day on."""
    headcounts = [{"age_band": "9-11", "sex": "f", "pupils": pupils}]
    return {"canteen_id": canteen_id, "valid_from": valid_from, "headcounts": headcounts}


def reasons(answer: dict[str, Any]) -> list[tuple[int, str, str]]:
    """Return index, field and rule of each refused row."""
    return [(one["index"], one["field"], one["rule"]) for one in answer["refused"]]


async def history(school: School) -> list[tuple[str, int]]:
    """Return since when there were how many."""
    page = await ok(await school.http.get("/canteens/sch-1/enrolments"))
    return [(row["valid_from"], row["pupils"]) for row in page["items"]]


async def pupils_told(school: School) -> list[tuple[int, int]]:
    """Return version and pupils of what the others were told of the canteen."""
    await school.world.settle()
    return [(one.version, one.pupils) for one in school.world.told_of(CanteenRegistered)]


async def test_loading_enrols(world_of: WorldOf) -> None:
    """Registering a canteen enrols its pupils from that day on; on the same day the last word counts, later both do."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/canteens", b.a_canteen(pupils=110))
    assert await history(school) == [("2026-11-23", 110)]
    school.go_to("2026-11-25", 9)
    await school.put("/canteens", b.a_canteen(pupils=110, name_en="Renamed (fictional)"))
    assert await history(school) == [("2026-11-23", 110)]
    await school.put("/canteens", b.a_canteen(pupils=120))
    assert await history(school) == [("2026-11-23", 110), ("2026-11-25", 120)]


async def test_enrolment_to_come(world_of: WorldOf) -> None:
    """A coming enrolment changes the canteen on its day, by itself, once, and the others are told."""
    school = await School(await world_of("nutrition")).set_up()
    assert (await school.put("/enrolments", enrolled(b.MONDAY, 130)))["created"] == 1
    assert (await school.put("/enrolments", enrolled(b.MONDAY, 130)))["unchanged"] == 1
    assert await pupils_told(school) == [(1, 100)]
    school.go_to(b.MONDAY, 1)
    assert await pupils_told(school) == [(1, 100), (2, 130)]
    assert await pupils_told(school) == [(1, 100), (2, 130)]
    read = await ok(await school.http.get("/canteens/sch-1"))
    assert (read["pupils"], read["headcounts"]) == (130, [{"age_band": "9-11", "sex": "f", "pupils": 130}])
    assert (await school.put("/canteens", b.a_canteen(pupils=130)))["unchanged"] == 1
    assert await history(school) == [("2026-11-23", 100), (b.MONDAY, 130)]


async def test_enrolment_that_was(world_of: WorldOf) -> None:
    """What was true before is kept and changes nothing today; what is true today changes the canteen at once."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/enrolments", enrolled("2026-09-01", 90))
    assert await pupils_told(school) == [(1, 100)]
    await school.put("/enrolments", enrolled("2026-11-23", 0))
    assert await pupils_told(school) == [(1, 100), (2, 0)]
    async with school.world.services["nutrition"].begin(read_only=True) as uow:
        then = await canteens.profile(uow.session, "sch-1", date(2026, 10, 1))
        now = await canteens.profile(uow.session, "sch-1", date(2026, 12, 1))
    assert (then.pupils, now.pupils) == (90, 0)


async def test_bad_enrolments(world_of: WorldOf) -> None:
    """Each bad row is named with field and rule, the good ones are taken."""
    school = await School(await world_of("nutrition")).set_up()
    twice = enrolled(b.MONDAY, 1)
    twice["headcounts"] *= 2
    crowd = enrolled(b.MONDAY, 20_000)
    crowd["headcounts"] = [crowd["headcounts"][0] | {"age_band": band} for band in ("6-8", "9-11", "12-14")]
    named = enrolled(b.MONDAY, 1) | {"pupil_name": "某某"}
    rows = [enrolled(b.MONDAY, 5), enrolled(b.MONDAY, 6), enrolled(b.MONDAY, 7, "sch-9"), twice, crowd, named]
    answer = await ok(await school.http.put("/enrolments", json={"rows": [*rows, enrolled("2026-13-01", 5)]}))
    assert sorted(reasons(answer)) == [
        (1, "valid_from", "twice-in-body"),
        (2, "canteen_id", "unknown-canteen"),
        (3, "headcounts", "value_error"),
        (4, "", "value_error"),
        (5, "pupil_name", "extra_forbidden"),
        (6, "valid_from", "date_from_datetime_parsing"),
    ]
    assert answer["created"] == 1
    refused(await school.http.get("/canteens/sch-9/enrolments"), 404, "unknown-canteen")
    refused(await school.http.get("/canteens/sch-1/enrolments", params={"after": "x"}), 422, "cursor")


async def test_standard_of_a_canteen(world_of: WorldOf) -> None:
    """A canteen keeps the standard it was given until it is given another; one nobody knows is refused."""
    school = await School(await world_of("nutrition")).set_up()
    assert (await ok(await school.http.get("/canteens/sch-1")))["standard_id"] == "wst554-2017"
    await school.put("/canteens", b.a_canteen(standard_id="us-nslp-2024"))
    await school.put("/canteens", b.a_canteen(pupils=110))
    assert (await ok(await school.http.get("/canteens/sch-1")))["standard_id"] == "us-nslp-2024"
    body = {"rows": [b.a_canteen(standard_id="wst-1")]}
    assert reasons(await ok(await school.http.put("/canteens", json=body))) == [(0, "standard_id", "unknown-standard")]


async def test_a_standard_that_says_nothing_of_a_meal(world_of: WorldOf) -> None:
    """A canteen cannot be judged for a meal its standard is silent of: it is refused, named now or kept from before."""
    school = await School(await world_of("nutrition")).set_up(standard_id="us-nslp-2024")
    meals = ["breakfast", "lunch"]
    body = {"rows": [b.a_canteen(meals=meals), b.a_canteen(2, meals=meals, standard_id="us-nslp-2024")]}
    answer = await ok(await school.http.put("/canteens", json=body))
    assert reasons(answer) == [(0, "meals", "meal-not-in-standard"), (1, "meals", "meal-not-in-standard")]
    await school.put("/canteens", b.a_canteen(meals=meals, standard_id="wst554-2017"))
    await school.put("/canteens", b.a_canteen(3, meals=meals))


async def test_diets_and_equipment(world_of: WorldOf) -> None:
    """Diets are counts; nobody any more is not shown. Equipment without a limit limits nothing."""
    school = await School(await world_of("nutrition")).set_up()
    of = {"canteen_id": "sch-1"}
    egg = of | {"kind": "allergen_free", "allergen": "egg", "pupils": 3}
    await school.put("/diets", of | {"kind": "no_pork", "pupils": 12}, egg, of | {"kind": "vegetarian", "pupils": 1})
    await school.put("/diets", of | {"kind": "vegetarian", "pupils": 0})
    assert (await school.put("/diets", egg))["unchanged"] == 1
    limits = [("steamer", 2), ("oven", 0), ("wok", 3)]
    await school.put("/equipment", *(of | {"equipment_code": code, "dishes_per_meal": n} for code, n in limits))
    await school.put("/equipment", of | {"equipment_code": "wok", "dishes_per_meal": None})
    read = await ok(await school.http.get("/canteens/sch-1"))
    assert read["diets"] == [
        {"kind": "allergen_free", "allergen": "egg", "pupils": 3},
        {"kind": "no_pork", "allergen": "", "pupils": 12},
    ]
    async with school.world.services["nutrition"].begin(read_only=True) as uow:
        profile = await canteens.profile(uow.session, "sch-1")
    assert profile.diets == (Diet(DietKind.ALLERGEN_FREE, "egg", 3), Diet(DietKind.NO_PORK, "", 12))
    assert profile.equipment == {"oven": 0, "steamer": 2}


async def test_bad_diets_and_equipment(world_of: WorldOf) -> None:
    """No more pupils keep a diet than there are, and only the absence of an allergen names one."""
    school = await School(await world_of("nutrition")).set_up()
    good = {"canteen_id": "sch-1", "kind": "no_pork", "pupils": 100}
    rows = [
        *(good, good | {"kind": "vegetarian", "pupils": 101}, good | {"kind": "allergen_free"}),
        *(good | {"allergen": "egg"}, good | {"canteen_id": "sch-9"}, good | {"kind": "vegetarian", "pupils": -1}),
    ]
    answer = await ok(await school.http.put("/diets", json={"rows": rows}))
    assert sorted(reasons(answer)) == [
        (1, "pupils", "more-than-enrolled"),
        (2, "", "value_error"),
        (3, "", "value_error"),
        (4, "canteen_id", "unknown-canteen"),
        (5, "pupils", "greater_than_equal"),
    ]
    pot = {"canteen_id": "sch-9", "equipment_code": "wok", "dishes_per_meal": 1}
    answer = await ok(await school.http.put("/equipment", json={"rows": [pot, pot | {"dishes_per_meal": -1}]}))
    assert sorted(reasons(answer)) == [
        (0, "canteen_id", "unknown-canteen"),
        (1, "dishes_per_meal", "greater_than_equal"),
    ]


async def test_closures(world_of: WorldOf) -> None:
    """A closed day has the meals still served, taken back it is a day like any other; a holiday has none at all."""
    school = await School(await world_of("nutrition")).set_up(meals=["breakfast", "lunch"])
    await school.put("/holidays", b_holiday("2026-12-02"))
    exam = {"canteen_id": "sch-1", "day": "2026-11-30", "kind": "exam", "meals": ["lunch"], "note": "期中考试"}
    snow = {"canteen_id": "sch-1", "day": "2026-12-01", "kind": "weather"}
    await school.put("/closures", exam, snow)
    assert (await school.put("/closures", exam, snow))["unchanged"] == 2
    page = await ok(await school.http.get("/canteens/sch-1/closures"))
    assert page["items"] == [exam, snow | {"meals": [], "note": ""}]
    assert await served(school) == [["lunch"], [], [], ["breakfast", "lunch"], ["breakfast", "lunch"]]
    assert (await school.http.delete("/canteens/sch-1/closures/2026-12-01")).status_code == 204
    assert (await served(school))[1] == ["breakfast", "lunch"]
    refused(await school.http.delete("/canteens/sch-1/closures/2026-12-01"), 404, "unknown-closure")


def b_holiday(day: str) -> dict[str, Any]:
    """A holiday of the county."""
    return {"county_code": b.COUNTY, "day": day, "name_zh": "运动会", "name_en": "Sports Day"}


async def served(school: School) -> list[list[Meal]]:
    """Return the meals of each day of the week."""
    async with school.world.services["nutrition"].begin(read_only=True) as uow:
        profile = await canteens.profile(uow.session, "sch-1")
        days = [date.fromisoformat(day) for day in b.WEEK]
        found = await closures.meals_served(uow.session, "sch-1", profile.county_code, profile.meals, days)
    return [list(meals) for meals in found.values()]


async def test_bad_closures(world_of: WorldOf) -> None:
    """A closure lies on a school day, takes a meal away, and adds none."""
    school = await School(await world_of("nutrition")).set_up(meals=["breakfast", "lunch"])
    await school.put("/holidays", b_holiday("2026-12-02"))
    good = {"canteen_id": "sch-1", "day": b.MONDAY, "kind": "exam"}
    rows = [
        *(good, good | {"day": "2026-12-02"}, good | {"day": "2026-12-05"}, good | {"day": b.WEEK[1], "kind": "x"}),
        good | {"day": b.WEEK[1], "meals": ["lunch", "breakfast"]},
        good | {"day": b.WEEK[3], "meals": ["dinner"]},
        good | {"canteen_id": "sch-9"},
    ]
    answer = await ok(await school.http.put("/closures", json={"rows": rows}))
    assert sorted(reasons(answer)) == [
        (1, "day", "no-school-day"),
        (2, "day", "no-school-day"),
        (3, "kind", "enum"),
        (4, "meals", "closes-nothing"),
        (5, "meals", "meal-not-served"),
        (6, "canteen_id", "unknown-canteen"),
    ]
    assert answer["created"] == 1


async def test_menu_of_a_closed_day(world_of: WorldOf) -> None:
    """No menu plans a meal its canteen has closed for; what is still served can be planned."""
    school = await School(await world_of("nutrition")).set_up(meals=["breakfast", "lunch"])
    day = {"canteen_id": "sch-1", "kind": "exam"}
    await school.put("/closures", day | {"day": b.WEEK[0], "meals": ["lunch"]}, day | {"day": b.WEEK[1]})
    problem = refused(await school.http.post("/menus", json=b.a_menu()), 422, "canteen-closed")
    assert problem["field"] == "days.1.meal"
    await school.publish(b.a_menu(days=(b.WEEK[0], *b.WEEK[2:])))
