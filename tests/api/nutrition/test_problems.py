"""Problems that pupils and parents report about a meal."""

import asyncio
from typing import Any

from sqlalchemy import text
from structlog.testing import capture_logs

from tests import builders as b
from tests.api.nutrition.school import School
from tests.api.nutrition.test_samples import a_lunch, discard, due, kept
from tests.conftest import WorldOf
from tests.world import ok, refused

REPORT: dict[str, Any] = {
    "canteen_id": "sch-1",
    "day": b.WEEK[0],
    "meal": "lunch",
    "dish_code": "d02",
    "kind": "illness",
    "said": "three children of class 5-2 felt sick",
    "people_affected": 3,
}
ANSWER = {"answer": "the sample was sent to the laboratory", "answered_by": "county-7"}
CLOSING = {"outcome": "the sample is clean; they had shared sweets", "closed_by": "county-7"}


async def test_from_report_to_closing(world_of: WorldOf) -> None:
    """A problem shows lots and samples of its meal, holds the samples, and frees them when it is closed."""
    school = School(await world_of("nutrition"))
    meal = await a_lunch(school)
    problem = await ok(await school.http.post("/problems", json=REPORT))
    assert (problem["state"], problem["meal_id"], problem["headcount"]) == ("open", meal["meal_id"], 100)
    assert {one["lot_id"] for one in problem["used"]} == {"lot-1", "lot-2"}
    assert [(one["dish_code"], one["place"]) for one in problem["samples"]] == [
        ("d01", "fridge-1"),
        ("d02", "fridge-1"),
    ]
    url = f"/problems/{problem['problem_id']}"
    school.go_to(b.WEEK[2], 12)
    samples = await kept(school)
    held_for = [{"kind": "problem", "id": problem["problem_id"]}]
    assert [one["held_for"] for one in samples] == [held_for, held_for]
    refused(await discard(school, samples), 409, "sample-held")
    assert (await due(school))["held"]["total"] == 2
    answered = await ok(await school.http.post(f"{url}/answer", json=ANSWER))
    assert (answered["state"], answered["answered_at"]) == ("answered", "2026-12-02T04:00:00Z")
    refused(await discard(school, samples), 409, "sample-held")
    closed = await ok(await school.http.post(f"{url}/close", json=CLOSING))
    assert (closed["state"], closed["outcome"]) == ("closed", CLOSING["outcome"])
    assert {one["state"] for one in await ok(await discard(school, samples))} == {"discarded"}
    assert (await ok(await school.http.get(url)))["samples"][0]["state"] == "discarded"


async def test_every_open_problem_holds(world_of: WorldOf) -> None:
    """Samples stay until the last problem with their meal is closed, and under a recall even then."""
    school = School(await world_of("nutrition"))
    await a_lunch(school)
    problems = [await ok(await school.http.post("/problems", json=REPORT)) for _ in range(2)]
    school.go_to(b.WEEK[2], 12)
    await ok(await school.http.post(f"/problems/{problems[0]['problem_id']}/close", json=CLOSING))
    refused(await discard(school, await kept(school)), 409, "sample-held")
    await school.recall("lot-1")
    await ok(await school.http.post(f"/problems/{problems[1]['problem_id']}/close", json=CLOSING))
    refused(await discard(school, await kept(school)), 409, "sample-held")


async def test_before_the_meal_is_on_record(world_of: WorldOf) -> None:
    """Who finds a stone at noon need not wait until the cook has written the meal down."""
    school = School(await world_of("nutrition"))
    await a_lunch(school, served=False)
    problem = await ok(await school.http.post("/problems", json=REPORT))
    assert (problem["headcount"], problem["used"], len(problem["samples"])) == (None, [], 2)
    await school.serve()
    later = await ok(await school.http.get(f"/problems/{problem['problem_id']}"))
    assert (later["headcount"], len(later["used"])) == (100, 2)


async def test_lists(world_of: WorldOf) -> None:
    """A county sees its problems by state and kind, the oldest first."""
    school = School(await world_of("nutrition"))
    meal = await a_lunch(school)
    first = await ok(await school.http.post("/problems", json=REPORT))
    second = await ok(await school.http.post("/problems", json=REPORT | {"kind": "smell", "dish_code": None}))
    await ok(await school.http.post(f"/problems/{first['problem_id']}/close", json=CLOSING))

    async def listed(**query: str) -> list[str]:
        return [one["problem_id"] for one in (await ok(await school.http.get("/problems", params=query)))["items"]]

    both = [first["problem_id"], second["problem_id"]]
    assert await listed(county_code=b.COUNTY) == await listed(canteen_id="sch-1", meal_id=meal["meal_id"]) == both
    assert await listed(county_code=b.COUNTY, state="open") == await listed(kind="smell") == both[1:]
    assert await listed(county_code="520000") == await listed(day=b.WEEK[1]) == []
    page = await ok(await school.http.get("/problems", params={"limit": 1}))
    assert (page["items"][0]["problem_id"], await listed(after=page["next"])) == (both[0], both[1:])


async def test_answering_and_closing(world_of: WorldOf) -> None:
    """An answer can be changed until the problem is closed; closed, it stays as it is."""
    school = School(await world_of("nutrition"))
    await a_lunch(school)
    problem = await ok(await school.http.post("/problems", json=REPORT))
    url = f"/problems/{problem['problem_id']}"
    await ok(await school.http.post(f"{url}/answer", json=ANSWER))
    better = await ok(await school.http.post(f"{url}/answer", json=ANSWER | {"answer": "we are looking into it"}))
    assert better["answer"] == "we are looking into it"
    answers = await asyncio.gather(*(school.http.post(f"{url}/close", json=CLOSING) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    other = CLOSING | {"outcome": "nothing came of it"}
    assert refused(await school.http.post(f"{url}/close", json=other), 409, "problem-closed")["field"] == "outcome"
    refused(await school.http.post(f"{url}/answer", json=ANSWER), 409, "problem-closed")
    refused(await school.http.post("/problems/nothing/answer", json=ANSWER), 404, "unknown-problem")
    refused(await school.http.post("/problems/nothing/close", json=CLOSING), 404, "unknown-problem")


BAD: list[tuple[dict[str, Any], int, str, str]] = [
    ({"canteen_id": "sch-9"}, 404, "unknown-canteen", "canteen_id"),
    ({"day": b.WEEK[1]}, 422, "meal-in-future", "day"),
    ({"day": "2026-10-30"}, 422, "problem-too-late", "day"),
    ({"meal": "dinner"}, 422, "meal-not-planned", "meal"),
    ({"dish_code": "d03"}, 422, "dish-not-in-meal", "dish_code"),
    ({"kind": "boredom"}, 422, "invalid-input", "body.kind"),
    ({"said": "  "}, 422, "invalid-input", "body.said"),
    ({"said": "x" * 1001}, 422, "invalid-input", "body.said"),
    ({"people_affected": 0}, 422, "invalid-input", "body.people_affected"),
    ({"contact": "138 0000 0000"}, 422, "invalid-input", "body.contact"),
]


async def test_bad_reports(world_of: WorldOf) -> None:
    """A report that breaks a rule is refused naming field and rule; a contact is not even taken."""
    school = School(await world_of("nutrition"))
    await a_lunch(school)
    for body, status, rule, field in BAD:
        answer = refused(await school.http.post("/problems", json=REPORT | body), status, rule)
        assert answer["field"] == field
        assert REPORT["said"] not in str(answer)
    assert (await ok(await school.http.get("/problems")))["items"] == []


async def test_what_was_said_is_in_no_log_and_no_event(world_of: WorldOf) -> None:
    """What people wrote stays in the database: no event carries it, and no error of the database prints it."""
    school = School(await world_of("nutrition"))
    await a_lunch(school)
    await ok(await school.http.post("/problems", json=REPORT))
    await school.world.settle()
    assert not any(REPORT["said"].encode() in record.value for record in school.world.records)
    async with school.world.services["nutrition"].begin() as uow:
        await uow.session.execute(text("ALTER TABLE meal_problem DROP COLUMN people_affected"))
    with capture_logs() as logs:
        assert (await school.http.post("/problems", json=REPORT)).status_code == 500
    (failure,) = [one for one in logs if one["event"] == "request-failed"]
    assert "meal_problem" in str(failure["exc_info"])
    assert REPORT["said"] not in str(failure)
