"""Funding: classes with dated amounts, pupils counted in them, and the budget of a week."""

from typing import Any

from shared.events.nutrition import MenuAmended, MenuPublished
from tests import builders as b
from tests.api.nutrition.school import School
from tests.api.nutrition.test_canteens import enrolled, reasons
from tests.conftest import WorldOf
from tests.world import ok, refused


def an_amount(fen: int = 500, since: str = "2021-09-01", until: str | None = None, *meals: str) -> dict[str, Any]:
    """What is paid a pupil and day; for lunch unless told otherwise."""
    return {
        "valid_from": since,
        "valid_until": until,
        "amount_fen_per_pupil_day": fen,
        "meals": list(meals or ("lunch",)),
        "source": "test",
    }


def a_class(code: str = "base", *amounts: dict[str, Any]) -> dict[str, Any]:
    """A funding class."""
    names = {"name_zh": f"{code}（虚构）", "name_en": f"{code} (fictional)"}
    return {"class_code": code, **names, "amounts": list(amounts or (an_amount(),))}


def counted(pupils: int, code: str = "base", since: str = "2026-11-23", canteen: str = "sch-1") -> dict[str, Any]:
    """Pupils of a canteen in a class from a day on."""
    return {"canteen_id": canteen, "class_code": code, "valid_from": since, "pupils": pupils}


async def budget(school: School, week: str = b.MONDAY) -> dict[str, Any]:
    """Return the budget of a week."""
    read: dict[str, Any] = await ok(await school.http.get("/canteens/sch-1/budget", params={"week_start": week}))
    assert read["fen"] == sum(day["fen"] for day in read["days"])
    for day in read["days"]:
        assert day["fen"] == sum(day["by_meal_fen"].values()) == sum(part["fen"] for part in day["parts"])
        assert day["mfen_per_head"] == day["fen"] * 1000 // day["heads"]
    return read


async def test_budget_of_a_week(world_of: WorldOf) -> None:
    """A week's budget shows who pays how much for whom: amounts and counts as they are valid on each of its days."""
    school = await School(await world_of("nutrition")).set_up(meals=["breakfast", "lunch"])
    rise = [an_amount(500, "2021-09-01", "2026-12-01"), an_amount(600, "2026-12-02")]
    await school.put("/funding-classes", a_class("base", *rise), a_class("boarding", an_amount(250, "2020-09-01")))
    await school.put("/funding-counts", counted(100), counted(40, "boarding"), counted(0, "boarding", "2026-12-03"))
    await school.put("/holidays", {"county_code": b.COUNTY, "day": b.WEEK[4], "name_zh": "假", "name_en": "Off"})
    read = await budget(school)
    assert [(day["day"], day["fen"]) for day in read["days"]] == [
        (b.WEEK[0], 60_000),
        (b.WEEK[1], 60_000),
        (b.WEEK[2], 70_000),
        (b.WEEK[3], 60_000),
    ]
    assert read["days"][2]["parts"][0] == {
        "class_code": "base",
        "name_zh": "base（虚构）",
        "name_en": "base (fictional)",
        "counted": 100,
        "pupils": 100,
        "amount_fen_per_pupil_day": 600,
        "by_meal_fen": {"lunch": 60_000},
        "fen": 60_000,
    }


async def test_budget_without_classes(world_of: WorldOf) -> None:
    """Before a class is counted the flat budget of the canteen serves, for whoever is enrolled that day."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/enrolments", enrolled(b.WEEK[3], 80))
    read = await budget(school)
    assert [day["fen"] for day in read["days"]] == [50_000, 50_000, 50_000, 40_000, 40_000]
    part = read["days"][0]["parts"][0]
    assert (part["class_code"], part["name_en"], part["amount_fen_per_pupil_day"]) == (None, None, 500)


async def test_menus_tell_what_there_is_to_spend(world_of: WorldOf) -> None:
    """A menu tells the money for the meals it serves, by day; amended, it tells what there is by then."""
    school = await School(await world_of("nutrition")).set_up(meals=["breakfast", "lunch"])
    await school.put("/funding-classes", a_class())
    await school.put("/funding-counts", counted(100), counted(80, since=b.WEEK[1]))
    menu = await school.publish(b.a_menu(days=b.WEEK[:2]))
    await school.put("/funding-counts", counted(60, since=b.WEEK[1]))
    days = [{"day": day, "meal": "lunch", "dish_codes": ["d02"]} for day in b.WEEK[:2]]
    await ok(await school.http.put(f"/menus/{menu['menu_id']}", json={"reason": "other dishes", "days": days}))
    await school.world.settle()
    (published,), (amended,) = school.world.told_of(MenuPublished), school.world.told_of(MenuAmended)
    assert [(str(each.day), each.budget_fen) for each in published.budget] == [
        (b.WEEK[0], 50_000),
        (b.WEEK[1], 40_000),
    ]
    assert [each.budget_fen for each in amended.budget] == [50_000, 30_000]


async def test_a_menu_tells_the_part_of_a_flat_budget(world_of: WorldOf) -> None:
    """Of a day's flat budget a menu tells what falls to the meals it serves."""
    school = await School(await world_of("nutrition")).set_up(meals=["breakfast", "lunch"])
    await school.publish(b.a_menu(days=b.WEEK[:1]))
    await school.world.settle()
    (published,) = school.world.told_of(MenuPublished)
    assert [each.budget_fen for each in published.budget] == [28_846]


async def test_fewer_than_counted(world_of: WorldOf) -> None:
    """When pupils leave, nobody pays for those who left; what was counted is still shown."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/funding-classes", a_class())
    await school.put("/funding-counts", counted(100))
    await school.put("/enrolments", enrolled(b.WEEK[1], 90))
    parts = [day["parts"][0] for day in (await budget(school))["days"][:2]]
    assert [(part["counted"], part["pupils"], part["fen"]) for part in parts] == [(100, 100, 50_000), (100, 90, 45_000)]


async def test_bad_budget_questions(world_of: WorldOf) -> None:
    """A budget is asked for a known canteen and a week that starts on a Monday."""
    school = await School(await world_of("nutrition")).set_up()
    tuesday, monday = {"week_start": b.WEEK[1]}, {"week_start": b.MONDAY}
    refused(await school.http.get("/canteens/sch-1/budget", params=tuesday), 422, "week-starts-monday")
    refused(await school.http.get("/canteens/sch-9/budget", params=monday), 404, "unknown-canteen")
    refused(await school.http.get("/canteens/sch-1/budget"), 422, "invalid-input")


async def test_bad_classes(world_of: WorldOf) -> None:
    """A class pays something, for a meal, on days that do not overlap; every other class is taken."""
    school = await School(await world_of("nutrition")).set_up()
    rows = [
        *(a_class("good"), a_class("good"), a_class("none", an_amount(0)), a_class("less", an_amount(-5))),
        a_class("overlap", an_amount(400, "2014-11-01", "2021-09-01"), an_amount()),
        a_class("open", an_amount(400, "2014-11-01"), an_amount()),
        a_class("back", an_amount(400, "2014-11-01", "2014-10-31")),
        a_class("nothing") | {"amounts": []},
        a_class("unfed", an_amount() | {"meals": []}),
    ]
    answer = await ok(await school.http.put("/funding-classes", json={"rows": rows}))
    assert sorted(reasons(answer)) == [
        (1, "class_code", "twice-in-body"),
        (2, "amounts.0.amount_fen_per_pupil_day", "greater_than_equal"),
        (3, "amounts.0.amount_fen_per_pupil_day", "greater_than_equal"),
        (4, "amounts", "value_error"),
        (5, "amounts", "value_error"),
        (6, "amounts.0", "value_error"),
        (7, "amounts", "too_short"),
        (8, "amounts.0.meals", "too_short"),
    ]
    page = await ok(await school.http.get("/funding-classes"))
    assert [(row["class_code"], row["version"], len(row["amounts"])) for row in page["items"]] == [("good", 1, 1)]


async def test_bad_counts(world_of: WorldOf) -> None:
    """A count is of a known canteen and class, and of no more pupils than are enrolled on its day."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/funding-classes", a_class())
    await school.put("/enrolments", enrolled(b.WEEK[3], 80))
    rows = [
        *(counted(100), counted(101, since=b.MONDAY), counted(81, since=b.WEEK[3]), counted(-1), counted(1, "gold")),
        *(counted(1, canteen="sch-9"), counted(100_000), counted(1) | {"names": ["某某"]}),
    ]
    answer = await ok(await school.http.put("/funding-counts", json={"rows": rows}))
    assert sorted(reasons(answer)) == [
        (1, "pupils", "more-than-enrolled"),
        (2, "pupils", "more-than-enrolled"),
        (3, "pupils", "greater_than_equal"),
        (4, "class_code", "unknown-funding-class"),
        (5, "canteen_id", "unknown-canteen"),
        (6, "pupils", "less_than_equal"),
        (7, "names", "extra_forbidden"),
    ]
    page = await ok(await school.http.get("/canteens/sch-1/funding-counts", params={"limit": 1}))
    assert page["items"] == [counted(100) | {"source": None}]
    assert page["next"] == "base:2026-11-23"
    page = await ok(await school.http.get("/canteens/sch-1/funding-counts", params={"after": page["next"]}))
    assert page == {"items": [], "next": None}
    refused(await school.http.get("/canteens/sch-1/funding-counts", params={"after": "base"}), 422, "cursor")


async def test_classes_told_again(world_of: WorldOf) -> None:
    """A class told again with other amounts has those and no others; told the same, it keeps its version."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/funding-classes", a_class("base", an_amount(300, "2011-11-01", "2014-10-31"), an_amount(400)))
    assert (await school.put("/funding-classes", a_class()))["changed"] == 1
    assert (await school.put("/funding-classes", a_class()))["unchanged"] == 1
    page = await ok(await school.http.get("/funding-classes"))
    assert [(row["version"], row["amounts"]) for row in page["items"]] == [(2, [an_amount()])]
