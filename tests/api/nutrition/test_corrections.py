"""Correcting how many ate."""

import asyncio
from collections import Counter
from collections.abc import Collection
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from services.nutrition.canteens import queries as canteens
from services.nutrition.servings.queries import served
from shared.database import Session
from shared.events.nutrition import MealServed
from tests import builders as b
from tests import people
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused

WHY = {"reason": "two figures were swapped"}


async def correct(school: School, meal: dict[str, Any], match: int | None = None, **other: Any) -> httpx.Response:
    """Ask for a correction."""
    headers = {} if match is None else {"If-Match": f'"{match}"'}
    return await school.http.post(f"/meals/{meal['meal_id']}/corrections", json=WHY | other, headers=headers)


async def test_fewer_ate(world_of: WorldOf) -> None:
    """What was too much goes back to the lots it came from, last taken first; both versions are kept and told."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish(b.a_menu(days=b.WEEK[:2]))
    await school.receive(("rice", "lot-1", 4_000), ("cabbage", "lot-2", 9_000), receipt_id="r-1")
    await school.receive(("rice", "lot-3", 9_000), day=b.WEEK[1], receipt_id="r-2")
    meal = await school.serve(100)
    corrected = await ok(await correct(school, meal, headcount=30, corrected_by="cook-1"))
    assert (corrected["version"], corrected["headcount"]) == (2, 30)
    used = {(one["food_code"], one["lot_id"]): one["quantity_g"] for one in corrected["used"]}
    assert used == {("rice", "lot-1"): 3_000, ("cabbage", "lot-2"): 3_000}
    assert {one["food_code"] for one in corrected["short"]} == {"pork", "salt"}
    stock = await school.stock()
    assert {lot["lot_id"]: lot["on_hand_g"] for lot in stock["rice"]["lots"]} == {"lot-1": 1_000, "lot-3": 9_000}
    assert stock["cabbage"]["on_hand_g"] == 6_000
    line = (await school.demand(menu["menu_id"]))[b.WEEK[0], "rice"]
    assert (line["used_g"], line["reserved_g"]) == (3_000, 0)
    (kept,) = corrected["corrections"]
    assert (kept["version"], kept["reason"], kept["corrected_by"]) == (2, WHY["reason"], "cook-1")
    assert (kept["headcount_before"], kept["used_before"]) == (100, meal["used"])
    assert await school.meal(meal["meal_id"]) == corrected
    await school.world.settle()
    told = school.world.told_of(MealServed)
    assert [(one.version, one.headcount, sum(food.quantity_g for food in one.used)) for one in told] == [
        (1, 100, 19_000),
        (2, 30, 6_000),
    ]
    assert len({one.meal_id for one in told}) == 1


async def test_more_ate(world_of: WorldOf) -> None:
    """What was eaten beyond comes from the store as it was that day; what is not there is short."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("salt", 1_000)
    await school.publish(b.a_menu(days=b.WEEK[:2]))
    await school.receive(("rice", "lot-1", 11_000), receipt_id="r-1")
    meal = await school.serve(100)
    await school.receive(("rice", "lot-2", 9_000), day=b.WEEK[1], receipt_id="r-2")
    school.go_to(b.WEEK[1], 9)
    await school.count("salt", 700)
    corrected = await ok(await correct(school, meal, headcount=150))
    used = {(one["food_code"], one["lot_id"]): one["quantity_g"] for one in corrected["used"]}
    assert used == {("rice", "lot-1"): 11_000, ("salt", None): 100}
    short = {one["food_code"]: one["short_g"] for one in corrected["short"]}
    assert (short["rice"], short["salt"]) == (4_000, 50)
    stock = await school.stock()
    assert {lot["lot_id"]: lot["on_hand_g"] for lot in stock["rice"]["lots"]} == {"lot-2": 9_000}
    assert stock["salt"]["on_hand_g"] == 700


async def test_a_count_after_the_meal_stands(world_of: WorldOf) -> None:
    """What was counted after the meal is what there is, however the meal is corrected."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("rice", 30_000)
    await school.publish(b.a_menu(days=b.WEEK[:1]))
    meal = await school.serve(100)
    school.go_to(b.WEEK[1], 9)
    await school.count("rice", 19_500)
    corrected = await ok(await correct(school, meal, headcount=50))
    assert [one["quantity_g"] for one in corrected["used"]] == [5_000]
    assert (await school.stock())["rice"]["on_hand_g"] == 19_500


async def test_there_and_back(world_of: WorldOf) -> None:
    """Corrected and corrected back, meal and store are what they were."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("salt", 1_000)
    await school.publish(b.a_menu(days=b.WEEK[:1]))
    await school.receive(("rice", "lot-1", 4_000), ("rice", "lot-2", 16_000), ("cabbage", "lot-3", 12_000))
    meal = await school.serve(100)
    before = await school.stock()
    await ok(await correct(school, meal, headcount=20))
    await ok(await correct(school, meal, headcount=180))
    back = await ok(await correct(school, meal, headcount=100))
    assert (back["used"], back["short"], back["version"]) == (meal["used"], meal["short"], 4)
    assert await school.stock() == before


async def test_by_age_band(world_of: WorldOf) -> None:
    """A number can be corrected to counts by age band: the grams follow the portions."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("rice", 30_000)
    await school.publish(b.a_menu(days=b.WEEK[:1]))
    meal = await school.serve(100)
    corrected = await ok(await correct(school, meal, headcounts={"6-8": 100}))
    assert (corrected["headcount"], corrected["headcounts"]) == (100, {"6-8": 100})
    assert [one["quantity_g"] for one in corrected["used"]] == [8_500]


async def test_nothing_to_correct(world_of: WorldOf) -> None:
    """A correction told again, or to what stands, makes no new version and tells nobody."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu(days=b.WEEK[:1]))
    meal = await school.serve(100)
    first = await ok(await correct(school, meal, match=1, headcount=90))
    again = await ok(await correct(school, meal, match=1, headcount=90))
    assert first == again
    await school.world.settle()
    assert len(school.world.told_of(MealServed)) == 2
    told_again = await school.http.post(
        "/meals", json={"canteen_id": "sch-1", "day": b.WEEK[0], "meal": "lunch", "headcount": 100}
    )
    assert (told_again.status_code, told_again.json()["version"]) == (200, 2)


async def test_at_once(world_of: WorldOf) -> None:
    """Of corrections at the same moment by people who read the same version one stands; no gram is lost."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("rice", 30_000)
    await school.publish(b.a_menu(days=b.WEEK[:1]))
    meal = await school.serve(100)
    answers = await asyncio.gather(*(correct(school, meal, match=1, headcount=n) for n in (40, 50, 60)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 2}
    (stands,) = [answer.json() for answer in answers if answer.is_success]
    assert (await school.stock())["rice"]["on_hand_g"] == 30_000 - stands["headcount"] * 100


BAD: list[tuple[dict[str, Any], int, str, str | None]] = [
    ({"headcount": 301}, 422, "headcount-absurd", "headcount"),
    ({"headcount": -1}, 422, "invalid-input", "body.headcount"),
    ({}, 422, "headcount-missing", "headcount"),
    ({"headcount": 50, "headcounts": {"9-11": 40}}, 422, "headcounts-sum", "headcounts"),
    ({"headcount": 50, "reason": ""}, 422, "invalid-input", "body.reason"),
    ({"headcount": 50, "corrected_by": "Wang Xiaoming"}, 422, "invalid-input", "body.corrected_by"),
]


async def test_bad_corrections(world_of: WorldOf) -> None:
    """A correction that breaks a rule is refused naming field and rule, and changes nothing."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("rice", 30_000)
    await school.publish(b.a_menu(days=b.WEEK[:1]))
    meal = await school.serve(100)
    for body, status, rule, field in BAD:
        assert refused(await correct(school, meal, **body), status, rule)["field"] == field
    refused(await correct(school, meal, match=7, headcount=50), 412, "stale-version")
    refused(await school.http.post("/meals/nothing/corrections", json=WHY | {"headcount": 5}), 404, "unknown-meal")
    assert (await school.meal(meal["meal_id"]))["version"] == 1
    assert (await school.stock())["rice"]["on_hand_g"] == 20_000


@pytest.mark.parametrize(("day", "closed"), [("2026-12-05", False), ("2026-12-06", True), ("2027-03-01", True)])
async def test_closed_month(world_of: WorldOf, day: str, closed: bool) -> None:
    """From the sixth of the next month on a meal is corrected only with the code of who approved it in the county."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu(days=b.WEEK[:1]))
    meal = await school.serve(100)
    school.go_to(day, 0)
    answer = await correct(school, meal, headcount=50)
    if closed:
        assert refused(answer, 409, "month-closed")["field"] == "approved_by"
        answer = await correct(school, meal, headcount=50, approved_by="county-7")
    corrected = await ok(answer)
    assert corrected["corrections"][0]["approved_by"] == ("county-7" if closed else None)


async def test_who_approves_is_whose_token_it_is(world_of: WorldOf) -> None:
    """In a closed month the kitchen corrects no more, whomever it names; of the county who asks is written down."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu(days=b.WEEK[:1]))
    meal = await school.serve(100)
    path, body = f"/meals/{meal['meal_id']}/corrections", WHY | {"corrected_by": "somebody", "approved_by": "county-7"}
    kitchen = school.world.client("nutrition", as_=people.canteen("sch-1"))
    county = school.world.client("nutrition", as_=people.nutritionist("520628"))
    early = await ok(await kitchen.post(path, json=body | {"headcount": 60}))
    school.go_to("2026-12-06", 0)
    refused(await kitchen.post(path, json=body | {"headcount": 50}), 409, "month-closed")
    late = await ok(await county.post(path, json=body | {"headcount": 50}))
    assert early["corrections"] == late["corrections"][:1]
    assert [(one["corrected_by"], one["approved_by"]) for one in late["corrections"]] == [
        ("canteen-staff", None),
        ("nutritionist", "nutritionist"),
    ]


async def test_a_meal_that_never_took_place(world_of: WorldOf) -> None:
    """Corrected to nobody, a meal gives back all it took, asks for nothing more, and is told so; it can be put right.

    No sample, log or weighing is missing of it, and the attendance forecast does not learn from it.
    """
    school = await School(await world_of("nutrition")).set_up()
    await school.count("salt", 1_000)
    await school.publish(b.a_menu(days=b.WEEK[:2]))
    await school.receive(("rice", "lot-1", 4_000), ("rice", "lot-2", 16_000), ("cabbage", "lot-3", 12_000))
    before = await school.stock()
    meal = await school.serve(100)
    annulled = await ok(await correct(school, meal, headcount=0))
    assert (annulled["headcount"], annulled["used"], annulled["short"]) == (0, [], [])
    after = await school.stock()
    assert {food: of["lots"] for food, of in after.items()} == {food: of["lots"] for food, of in before.items()}
    await school.world.settle()
    told = school.world.told_of(MealServed)[-1]
    assert (told.version, told.headcount, told.used) == (2, 0, ())
    today = await ok(await school.http.get("/canteens/sch-1/day", params={"day": b.WEEK[0]}))
    assert [task for task in today["tasks"] if task["meal"]] == []
    county = {"county_code": b.COUNTY, "day": b.WEEK[0]}
    assert (await ok(await school.http.get("/meal-logs/missing", params=county)))["items"] == []
    assert (await ok(await school.http.get("/samples/due", params={"canteen_id": "sch-1"})))["missing"]["total"] == 0
    week = {"from": b.WEEK[1], "to": b.WEEK[1]}
    forecast = await ok(await school.http.get("/canteens/sch-1/attendance-forecast", params=week))
    assert forecast["meals"][0]["basis"] == "enrolment"
    back = await ok(await correct(school, meal, headcount=100))
    assert (back["used"], back["version"]) == (meal["used"], 3)


async def test_what_was_rated_took_place(world_of: WorldOf) -> None:
    """A meal that pupils rated, or whose leftovers were weighed, is not corrected to nobody."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu(days=b.WEEK[:2]))
    meal = await school.serve(100)
    left = {"leftovers": [{"dish_code": "d01", "fate": "destroyed", "quantity_g": 500}]}
    await ok(await school.http.put(f"/meals/{meal['meal_id']}/leftovers", json=left))
    assert refused(await correct(school, meal, headcount=0), 409, "somebody-ate")["field"] == "headcount"


async def test_what_is_told_while_a_meal_is_corrected(world_of: WorldOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waited for a correction to nobody finds the meal as it is then: nothing is weighed or rated of it."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu(days=b.WEEK[:2]))
    meal = await school.serve(100)
    url, lock_all = f"/meals/{meal['meal_id']}", canteens.lock_all

    async def corrected_first(session: Session, canteen_ids: Collection[str]) -> set[str]:
        await session.execute(update(served).values(headcount=0))
        return await lock_all(session, canteen_ids)

    monkeypatch.setattr(canteens, "lock_all", corrected_first)
    left = {"leftovers": [{"dish_code": "d01", "fate": "destroyed", "quantity_g": 500}]}
    refused(await school.http.put(f"{url}/leftovers", json=left), 422, "leftover-absurd")
    vote = {"voter": "pupil-0001", "role": "pupil", "votes": [{"dish_code": "d01", "points": 5}]}
    refused(await school.http.post(f"{url}/votes", json=vote), 409, "nobody-ate")
    counts = {"told_by": "teacher-1", "ratings": [{"dish_code": "d01", "counts": {"5": 4}}]}
    refused(await school.http.put(f"{url}/class-ratings/c-1", json=counts), 409, "nobody-ate")
