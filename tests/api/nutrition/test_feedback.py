"""How eaters like dishes, and what they leave on their plates."""

import asyncio
from typing import Any

import httpx
from sqlalchemy import select

from services.nutrition.dishes.usecases import sum_up_feedback
from services.nutrition.feedback.models import DishVote
from services.nutrition.tables import table_of
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused

LUNCH = {"day": b.WEEK[0], "meal": "lunch", "dish_codes": ["d01", "d02"]}


async def a_lunch(world_of: WorldOf, headcount: int = 100) -> tuple[School, str]:
    """Monday's lunch of d01 and d02, served; returns the school and the meal's id."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu() | {"days": [LUNCH]})
    return school, (await school.serve(headcount))["meal_id"]


async def vote(school: School, meal_id: str, voter: str, **points: int) -> httpx.Response:
    """Vote for dishes."""
    votes = [{"dish_code": code, "points": given} for code, given in points.items()]
    return await school.http.post(f"/meals/{meal_id}/votes", json={"voter": voter, "role": "pupil", "votes": votes})


async def noted(school: School, code: str = "d01") -> tuple[int, int, int, int]:
    """Return what the dish was told in the county: votes, points, waste in g, portions it was left of."""
    dish = await ok(await school.http.get(f"/dishes/{code}", params={"county_code": b.COUNTY}))
    told = dish["feedback"] or dict.fromkeys(("ratings", "rating_sum", "waste_g", "served_portions"), 0)
    return told["ratings"], told["rating_sum"], told["waste_g"], told["served_portions"]


async def test_one_voter_one_vote(world_of: WorldOf) -> None:
    """A voter votes once per meal and dish: told again nothing changes, a second vote replaces the first."""
    school, meal_id = await a_lunch(world_of)
    answers = await asyncio.gather(*(vote(school, meal_id, "token-aaaa", d01=5, d02=2) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await noted(school))[:2] == (1, 5)
    await ok(await vote(school, meal_id, "token-bbbb", d01=4))
    changed = await ok(await vote(school, meal_id, "token-aaaa", d01=1))
    assert [(one["dish_code"], one["ratings"], one["mean_points"]) for one in changed["dishes"]] == [
        ("d01", 2, 2.5),
        ("d02", 1, 2.0),
    ]
    assert (await noted(school))[:2] == (2, 5)
    assert (await noted(school, "d02"))[:2] == (1, 2)
    assert await ok(await school.http.get(f"/meals/{meal_id}/feedback")) == changed


async def test_a_vote_is_taken_back_where_it_was_counted(world_of: WorldOf) -> None:
    """A school that came to another county meanwhile corrects what it told the county it was in."""
    school, meal_id = await a_lunch(world_of)
    await ok(await vote(school, meal_id, "token-aaaa", d01=5))
    await school.put("/canteens", b.a_canteen(county_code="520602"))
    await ok(await vote(school, meal_id, "token-aaaa", d01=1))
    assert (await noted(school))[:2] == (1, 1)
    assert await sum_up_feedback(school.world.services["nutrition"]) == 2
    assert (await noted(school))[:2] == (1, 1)


async def test_many_at_once(world_of: WorldOf) -> None:
    """Votes at the same moment all count, once each."""
    school, meal_id = await a_lunch(world_of)
    voters = [f"token-{number:04}" for number in range(12)] * 2
    for answer in await asyncio.gather(*(vote(school, meal_id, voter, d02=3, d01=4) for voter in voters)):
        await ok(answer)
    assert (await noted(school))[:2] == (12, 48)
    assert (await noted(school, "d02"))[:2] == (12, 36)


async def test_nobody_can_be_followed(world_of: WorldOf) -> None:
    """A voter's token is not kept, and what is kept instead differs from meal to meal."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish()
    meals = [(await school.serve(day=day))["meal_id"] for day in b.WEEK[:2]]
    for meal_id in meals:
        await ok(await vote(school, meal_id, "token-of-a-child", d01=3))
    async with school.world.services["nutrition"].begin(read_only=True) as uow:
        voters = (await uow.session.scalars(select(table_of(DishVote).c.voter))).all()
    assert len(set(voters)) == 2
    assert not any("token" in voter for voter in voters)


async def test_a_class_raises_hands(world_of: WorldOf) -> None:
    """A class's counts are votes, too; told again they replace what the class said."""
    school, meal_id = await a_lunch(world_of)
    url = f"/meals/{meal_id}/class-ratings/5-2"
    body = {"told_by": "teacher-1", "ratings": [{"dish_code": "d01", "counts": {"5": 20, "3": 10, "1": 0}}]}
    await ok(await school.http.put(url, json=body))
    await ok(await school.http.put(url, json=body))
    assert (await noted(school))[:2] == (30, 130)
    body["ratings"] = [{"dish_code": "d01", "counts": {"4": 25}}, {"dish_code": "d02", "counts": {}}]
    await ok(await school.http.put(url, json=body))
    assert (await noted(school))[:2] == (25, 100)
    await ok(await school.http.put(f"/meals/{meal_id}/class-ratings/5-3", json=body))
    assert (await noted(school))[:2] == (50, 200)


async def test_waste(world_of: WorldOf) -> None:
    """Plate waste is weighed once per dish, with the portions it was left of; weighed again the change is told."""
    school, meal_id = await a_lunch(world_of)
    url = f"/meals/{meal_id}/plate-waste"
    body: dict[str, Any] = {"weighed_by": "helper-1", "waste": [{"dish_code": "d01", "quantity_g": 4_000}]}
    for _ in range(2):
        answer = await ok(await school.http.put(url, json=body))
    assert (answer["dishes"][0]["waste_g"], answer["dishes"][0]["waste_g_per_eater"]) == (4_000, 40.0)
    assert answer["dishes"][1]["waste_g"] is None
    assert await noted(school) == (0, 0, 4_000, 100)
    body["waste"] = [{"dish_code": "d01", "quantity_g": 1_500}, {"dish_code": "d02", "quantity_g": 0}]
    await ok(await school.http.put(url, json=body))
    assert await noted(school) == (0, 0, 1_500, 100)
    assert await noted(school, "d02") == (0, 0, 0, 100)


async def test_corrected_meal(world_of: WorldOf) -> None:
    """When the number that ate is corrected, the waste was left of so many portions."""
    school, meal_id = await a_lunch(world_of)
    body = {"weighed_by": "helper-1", "waste": [{"dish_code": "d01", "quantity_g": 4_000}]}
    await ok(await school.http.put(f"/meals/{meal_id}/plate-waste", json=body))
    why = {"headcount": 40, "reason": "typed wrong"}
    await ok(await school.http.post(f"/meals/{meal_id}/corrections", json=why))
    assert await noted(school) == (0, 0, 4_000, 40)
    read = await ok(await school.http.get(f"/meals/{meal_id}/feedback"))
    assert (read["headcount"], read["dishes"][0]["waste_g_per_eater"]) == (40, 100.0)
    await ok(await school.http.put(f"/meals/{meal_id}/plate-waste", json=body))
    assert await noted(school) == (0, 0, 4_000, 40)


async def test_a_meal_nobody_ate_has_no_feedback(world_of: WorldOf) -> None:
    """A meal corrected to nobody never took place: nothing was left of it, not even nothing, and nobody liked it."""
    school, meal_id = await a_lunch(world_of)
    why = {"headcount": 0, "reason": "typed wrong"}
    await ok(await school.http.post(f"/meals/{meal_id}/corrections", json=why))
    body = {"weighed_by": "helper-1", "waste": [{"dish_code": "d01", "quantity_g": 0}]}
    answer = await school.http.put(f"/meals/{meal_id}/plate-waste", json=body)
    assert refused(answer, 409, "nobody-ate")["field"] == "meal_id"
    refused(await vote(school, meal_id, "token-aaaa", d01=5), 409, "nobody-ate")
    assert await noted(school) == (0, 0, 0, 0)


async def test_bad_feedback(world_of: WorldOf) -> None:
    """Feedback on dishes that were not served, of more than can have eaten, or twice in a body is refused."""
    school, meal_id = await a_lunch(world_of, headcount=3)
    one = {"dish_code": "d01", "points": 5}
    ballots: list[tuple[dict[str, Any], str, str]] = [
        ({"votes": [one | {"dish_code": "d03"}]}, "dish-not-in-meal", "votes.0.dish_code"),
        ({"votes": [one, one]}, "dish-twice", "votes.1.dish_code"),
        ({"votes": [one | {"points": 6}]}, "invalid-input", "body.votes.0.points"),
        ({"votes": [one | {"points": 0}]}, "invalid-input", "body.votes.0.points"),
        ({"votes": [one | {"points": 4.5}]}, "invalid-input", "body.votes.0.points"),
        ({"voter": "short"}, "invalid-input", "body.voter"),
        ({"role": "cook"}, "invalid-input", "body.role"),
    ]
    ballot = {"voter": "token-aaaa", "role": "parent", "votes": [one]}
    for body, rule, field in ballots:
        answer = await school.http.post(f"/meals/{meal_id}/votes", json=ballot | body)
        assert refused(answer, 422, rule)["field"] == field
    refused(await school.http.post("/meals/nothing/votes", json=ballot), 404, "unknown-meal")
    hands = {"told_by": "teacher-1", "ratings": [{"dish_code": "d01", "counts": {"5": 4}}]}
    answer = await school.http.put(f"/meals/{meal_id}/class-ratings/5-2", json=hands)
    assert refused(answer, 422, "more-votes-than-eaters")["field"] == "ratings.0.counts"
    waste = {"weighed_by": "helper-1", "waste": [{"dish_code": "d01", "quantity_g": 6_001}]}
    answer = await school.http.put(f"/meals/{meal_id}/plate-waste", json=waste)
    assert refused(answer, 422, "waste-absurd")["field"] == "waste.0.quantity_g"
    assert await noted(school) == (0, 0, 0, 0)
    for number in range(6):
        await ok(await vote(school, meal_id, f"token-{number:04}", d01=5))
    refused(await vote(school, meal_id, "token-of-one-too-many", d02=5, d01=5), 409, "more-votes-than-eaters")
    assert (await noted(school))[:2] == (6, 30)
    assert (await noted(school, "d02"))[:2] == (0, 0)


async def test_closed(world_of: WorldOf) -> None:
    """Feedback is taken for a week after the meal's day, and not before the meal was served."""
    school, meal_id = await a_lunch(world_of)
    school.go_to("2026-12-07", 23)
    await ok(await vote(school, meal_id, "token-aaaa", d01=5))
    school.go_to("2026-12-08", 0)
    assert refused(await vote(school, meal_id, "token-bbbb", d01=5), 409, "feedback-closed")["field"] == "meal_id"
    waste = {"weighed_by": "helper-1", "waste": [{"dish_code": "d01", "quantity_g": 1}]}
    refused(await school.http.put(f"/meals/{meal_id}/plate-waste", json=waste), 409, "feedback-closed")
    assert (await ok(await school.http.get(f"/meals/{meal_id}/feedback")))["dishes"][0]["ratings"] == 1
