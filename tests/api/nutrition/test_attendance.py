"""The attendance forecast of a canteen, and menus made for those expected."""

from typing import Any

import pytest

from tests import builders as b
from tests.api.nutrition.planning_school import Planning
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused

NEXT_WEEK = ("2026-12-07", "2026-12-08", "2026-12-09", "2026-12-10", "2026-12-11")
ROUTE = "/canteens/sch-1/attendance-forecast"


async def forecast(
    school: School, first: str = NEXT_WEEK[0], last: str = NEXT_WEEK[-1], **other: str
) -> dict[str, Any]:
    """Return a forecast, of next week unless told otherwise."""
    told: dict[str, Any] = await ok(await school.http.get(ROUTE, params={"from": first, "to": last, **other}))
    return told


async def served_a_week(world_of: WorldOf, *headcounts: int, **canteen: Any) -> School:
    """A school that served lunch to so many on the days of the first week."""
    school = await School(await world_of("nutrition")).set_up(**canteen)
    await school.publish()
    for day, people in zip(b.WEEK, headcounts, strict=False):
        await school.serve(people, day)
    return school


async def test_forecast_follows_what_was_served(world_of: WorldOf) -> None:
    """Five lunches for 80 of 100: 80 are expected on each day of next week; the error is measured and shown."""
    school = await served_a_week(world_of, 80, 80, 80, 80, 80)
    told = await forecast(school)
    assert told["made_for"] == "2026-12-05"
    (lunch,) = told["meals"]
    assert (lunch["meal"], lunch["basis"], lunch["meals"]) == ("lunch", "history", 5)
    assert [(day["day"], day["p10"], day["p50"], day["p90"]) for day in lunch["days"]] == [
        (day, 80, 80, 80) for day in NEXT_WEEK
    ]
    assert {(day["enrolled"], day["day_class"]) for day in lunch["days"]} == {(100, "ordinary")}
    assert lunch["error"]["meals"] == 5
    assert lunch["error"]["enrolment"] == {"mae": 20.0, "mape_permille": 250.0}


async def test_forecast_without_history_is_enrolment(world_of: WorldOf) -> None:
    """Nobody served yet: everybody enrolled is expected, and the answer says that it rests on enrolment."""
    school = await School(await world_of("nutrition")).set_up(meals=["breakfast", "lunch"])
    told = await forecast(school)
    assert [(one["meal"], one["basis"], one["error"]) for one in told["meals"]] == [
        ("breakfast", "enrolment", None),
        ("lunch", "enrolment", None),
    ]
    assert {day["p50"] for one in told["meals"] for day in one["days"]} == {100}
    assert len((await forecast(school, meal="lunch"))["meals"]) == 1


async def test_forecast_knows_calendar_and_closures(world_of: WorldOf) -> None:
    """No forecast for days without school nor meals the canteen has closed for; days before holidays are named."""
    school = await served_a_week(world_of, 80)
    await school.put("/holidays", {"county_code": b.COUNTY, "day": NEXT_WEEK[2], "name_zh": "假", "name_en": "Off"})
    closure = {"canteen_id": "sch-1", "day": NEXT_WEEK[4], "kind": "exam", "meals": [], "note": "exams"}
    await school.put("/closures", closure)
    (lunch,) = (await forecast(school))["meals"]
    assert [(day["day"], day["day_class"]) for day in lunch["days"]] == [
        (NEXT_WEEK[0], "ordinary"),
        (NEXT_WEEK[1], "before_holiday"),
        (NEXT_WEEK[3], "after_holiday"),
    ]


async def test_forecast_of_the_past_is_what_would_have_been_said(world_of: WorldOf) -> None:
    """A forecast from a day on looks at nothing that was served on that day or later."""
    school = await served_a_week(world_of, 80, 80, 80, 80, 20)
    told = await forecast(school, b.WEEK[4], b.WEEK[4])
    assert (told["made_for"], told["meals"][0]["meals"]) == (b.WEEK[4], 4)
    assert told["meals"][0]["days"][0]["p50"] == 80


@pytest.mark.parametrize(
    ("params", "rule", "field"),
    [
        ({"meal": "dinner"}, "meal-not-served", "meal"),
        ({"to": b.MONDAY}, "ends-before-it-begins", "to"),
        ({"to": "2027-06-01"}, "too-many-days", "to"),
        ({"from": "2028-01-03", "to": "2028-01-07"}, "too-far-ahead", "to"),
    ],
)
async def test_nonsense_is_refused(world_of: WorldOf, params: dict[str, str], rule: str, field: str) -> None:
    """Meals not served and ranges that end before they begin, are too long or too far away are named."""
    school = await School(await world_of("nutrition")).set_up()
    week = {"from": NEXT_WEEK[0], "to": NEXT_WEEK[4]}
    assert refused(await school.http.get(ROUTE, params=week | params), 422, rule)["field"] == field


async def test_forecast_of_an_unknown_canteen(world_of: WorldOf) -> None:
    """Nobody is expected where nobody eats: an unknown canteen is answered with 404."""
    school = await School(await world_of("nutrition")).set_up()
    week = {"from": NEXT_WEEK[0], "to": NEXT_WEEK[4]}
    refused(await school.http.get("/canteens/nowhere/attendance-forecast", params=week), 404, "unknown-canteen")


async def test_menus_are_planned_for_those_expected(world_of: WorldOf) -> None:
    """`headcount: "forecast"` plans a meal for those expected: 80 of 100, so that a fifth less is bought."""
    school = await served_a_week(world_of, 80, 80, 80, 80, 80)
    who: list[dict[str, Any]] = [{"headcount": "forecast"}, {}, {"headcounts": {"9-11": 50}}]
    days: list[dict[str, Any]] = [
        {"day": day, "meal": "lunch", "dish_codes": ["d01"], **eaters}
        for day, eaters in zip(NEXT_WEEK, who, strict=False)
    ]
    menu = {"canteen_id": "sch-1", "week_start": NEXT_WEEK[0], "days": days}
    told = await school.publish(menu)
    grams = {line["delivery_day"]: line["gross_g"] for line in told["demand"] if line["food_code"] == "rice"}
    assert grams == {NEXT_WEEK[0]: 8_000, NEXT_WEEK[1]: 10_000, NEXT_WEEK[2]: 5_000}
    read = await ok(await school.http.get(f"/menus/{told['menu_id']}"))
    assert read["days"][0]["headcounts"] == {"9-11": 80}
    days[1]["headcount"] = "forecast"
    body = {"reason": "fewer come", "days": days}
    amended = await ok(await school.http.put(f"/menus/{told['menu_id']}", json=body))
    grams = {line["delivery_day"]: line["gross_g"] for line in amended["demand"] if line["food_code"] == "rice"}
    assert grams[NEXT_WEEK[1]] == 8_000


async def test_drafts_are_made_for_those_expected(world_of: WorldOf) -> None:
    """A draft that asks for the forecast shows the numbers it was made with, by age as pupils are enrolled."""
    heads = [
        {"age_band": "9-11", "sex": "f", "pupils": 75},
        {"age_band": "6-8", "sex": "m", "pupils": 25},
    ]
    school = await served_a_week(world_of, 80, 80, 80, 80, 80, headcounts=heads)
    days: list[dict[str, Any]] = [{"day": NEXT_WEEK[0], "meal": "lunch", "dish_codes": [], "headcount": "forecast"}]
    body = {"canteen_id": "sch-1", "week_start": NEXT_WEEK[0], "days": days}
    draft = await ok(await school.http.post("/menu-drafts", json=body))
    assert draft["days"][0]["headcounts"] == {"6-8": 20, "9-11": 60}
    days[0]["headcounts"] = {"9-11": 50}
    refused(await school.http.put(f"/menu-drafts/{draft['draft_id']}", json={"days": days}), 422, "invalid-input")


async def test_plans_are_taken_for_those_expected(world_of: WorldOf) -> None:
    """Taken with the forecast, a plan's draft is for as many as came lately; taken without, for everybody enrolled."""
    school = await Planning(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu(dish="m-pork"))
    for day in b.WEEK:
        await school.serve(80, day)
    asked: list[tuple[dict[str, str], dict[str, int] | None]] = [({"headcount": "forecast"}, {"9-11": 80}), ({}, None)]
    for body, heads in asked:
        plan = await school.plan(week_start=NEXT_WEEK[0], effort="quick")
        taken = await ok(await school.http.post(f"/menu-plans/{plan['plan_id']}/take", json=body))
        draft = await ok(await school.http.get(f"/menu-drafts/{taken['draft_ids'][0]}"))
        assert [meal["headcounts"] for meal in draft["days"]] == [heads] * 5
    refused(await school.http.post("/menu-plans/p-1/take", json={"headcount": "all"}), 422, "invalid-input")
