"""The log of the leaders who eat with the pupils."""

import asyncio
from collections import Counter
from typing import Any

from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused

ENTRY: dict[str, Any] = {
    "canteen_id": "sch-1",
    "day": b.WEEK[0],
    "meal": "lunch",
    "person": "head-1",
    "taste": "good",
    "look": "fair",
    "temperature": "good",
}


async def missing(school: School, **query: Any) -> list[str]:
    """Return the meals nobody wrote of."""
    params = {"county_code": b.COUNTY, "day": b.WEEK[0]} | query
    return [meal["meal_id"] for meal in (await ok(await school.http.get("/meal-logs/missing", params=params)))["items"]]


async def test_one_leader_a_meal(world_of: WorldOf) -> None:
    """A meal that was served is missing in the log until a leader wrote of it."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish()
    assert await missing(school) == []
    meal = await school.serve()
    assert await missing(school) == [meal["meal_id"]]
    assert await missing(school, day=b.WEEK[1]) == await missing(school, county_code="520000") == []
    entry = await ok(await school.http.post("/meal-logs", json=ENTRY))
    assert (entry["meal_id"], entry["late"], entry["ate_at"]) == (meal["meal_id"], False, "2026-11-30T04:00:00Z")
    assert await missing(school) == []


async def test_two_leaders_at_once(world_of: WorldOf) -> None:
    """Two leaders may write of one meal at the same moment; one who writes twice is kept once."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish()
    await school.serve()
    bodies = [ENTRY, ENTRY, ENTRY | {"person": "head-2", "taste": "poor", "remark": "too salty"}, ENTRY]
    answers = await asyncio.gather(*(school.http.post("/meal-logs", json=body) for body in bodies))
    assert Counter(answer.status_code for answer in answers) == {201: 2, 200: 2}
    page = await ok(await school.http.get("/meal-logs", params={"canteen_id": "sch-1", "day": b.WEEK[0]}))
    assert sorted((one["person"], one["taste"]) for one in page["items"]) == [("head-1", "good"), ("head-2", "poor")]
    other = await school.http.post("/meal-logs", json=ENTRY | {"taste": "fair"})
    assert refused(other, 409, "meal-logged")["field"] == "person"


async def test_late(world_of: WorldOf) -> None:
    """An entry after the meal's day is taken and marked as late."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish()
    meal = await school.serve()
    school.go_to(b.WEEK[1], 0)
    late = ENTRY | {"ate_at": "2026-11-30T12:10:00+08:00"}
    entry = await ok(await school.http.post("/meal-logs", json=late))
    assert (entry["late"], entry["ate_at"]) == (True, "2026-11-30T04:10:00Z")
    assert (await ok(await school.http.get("/meal-logs", params={"meal_id": meal["meal_id"]})))["items"] == [entry]


BAD: list[tuple[dict[str, Any], int, str, str]] = [
    ({"canteen_id": "sch-9"}, 404, "unknown-canteen", "canteen_id"),
    ({"day": b.WEEK[1]}, 422, "other-day", "ate_at"),
    ({"meal": "dinner"}, 422, "meal-not-planned", "meal"),
    ({"ate_at": "2026-11-30T13:00:00+08:00"}, 422, "in-future", "ate_at"),
    ({"ate_at": "2026-11-29T12:00:00+08:00"}, 422, "other-day", "ate_at"),
    ({"look": "poor"}, 422, "remark-required", "remark"),
    ({"look": "delicious"}, 422, "invalid-input", "body.look"),
    ({"person": "Wang Xiaoming"}, 422, "invalid-input", "body.person"),
]


async def test_bad_entries(world_of: WorldOf) -> None:
    """An entry that breaks a rule is refused naming field and rule."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu(days=b.WEEK[:2]))
    await school.serve()
    for body, status, rule, field in BAD:
        assert refused(await school.http.post("/meal-logs", json=ENTRY | body), status, rule)["field"] == field
    assert (await ok(await school.http.get("/meal-logs")))["items"] == []
