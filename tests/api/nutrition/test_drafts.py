"""Drafts: menus nobody was told of yet."""

import asyncio
from collections import Counter
from typing import Any

from shared.events.nutrition import MenuPublished
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused

MEAL: dict[str, Any] = {"day": b.WEEK[0], "meal": "lunch", "dish_codes": ["d01"]}


async def a_draft(school: School, **other: Any) -> dict[str, Any]:
    """A draft of sch-1, by default with one lunch on Monday."""
    body = {"canteen_id": "sch-1", "week_start": b.MONDAY, "days": [MEAL]} | other
    draft: dict[str, Any] = await ok(await school.http.post("/menu-drafts", json=body))
    return draft


async def test_drafts_stand_side_by_side(world_of: WorldOf) -> None:
    """A canteen has several drafts of a week, incomplete and with dishes nobody knows, and nobody is told."""
    school = await School(await world_of("nutrition")).set_up()
    first = await a_draft(school, name="cheap")
    second = await a_draft(school, days=[MEAL | {"dish_codes": []}, MEAL | {"day": b.WEEK[1], "dish_codes": ["dx"]}])
    await a_draft(school, week_start="2026-12-07", days=[])
    page = await ok(await school.http.get("/menu-drafts", params={"canteen_id": "sch-1", "week_start": b.MONDAY}))
    assert [draft["draft_id"] for draft in page["items"]] == sorted([first["draft_id"], second["draft_id"]])
    assert (first["status"], first["origin"], first["name"], first["left_empty"]) == ("draft", "hand", "cheap", [])
    assert second["days"][1]["dish_codes"] == ["dx"]
    await school.world.settle()
    assert school.world.told_of(MenuPublished) == []


BAD_DRAFTS: list[tuple[dict[str, Any], int, str, str]] = [
    ({"canteen_id": "sch-9"}, 404, "unknown-canteen", "canteen_id"),
    ({"week_start": "2026-12-01"}, 422, "week-starts-monday", "week_start"),
    ({"week_start": "2030-12-02"}, 422, "too-far-ahead", "week_start"),
    ({"days": [MEAL | {"day": "2026-12-07"}]}, 422, "outside-week", "days.0.day"),
    ({"days": [MEAL, MEAL]}, 422, "meal-twice", "days.1.meal"),
    ({"days": [MEAL | {"dish_codes": ["d01", "d01"]}]}, 422, "dish-twice", "days.0.dish_codes.1"),
    ({"days": [MEAL | {"headcounts": {"9-11": -1}}]}, 422, "invalid-input", "body.days.0.headcounts.9-11"),
    ({"days": [MEAL] * 22}, 422, "invalid-input", "body.days"),
    ({"name": "x" * 201}, 422, "invalid-input", "body.name"),
    ({"diets_apart": 1}, 422, "invalid-input", "body.diets_apart"),
]


async def test_what_no_draft_can_be(world_of: WorldOf) -> None:
    """A draft lies in one week of a known canteen, each meal and dish once; the refusal names field and rule."""
    school = await School(await world_of("nutrition")).set_up()
    for other, status, rule, field in BAD_DRAFTS:
        body = {"canteen_id": "sch-1", "week_start": b.MONDAY, "days": [MEAL]} | other
        assert refused(await school.http.post("/menu-drafts", json=body), status, rule)["field"] == field
    assert (await ok(await school.http.get("/menu-drafts")))["items"] == []
    refused(await school.http.get("/menu-drafts/none"), 404, "unknown-menu-draft")


async def test_edit(world_of: WorldOf) -> None:
    """An edit replaces a whole draft for whoever read its present version; of two editors one must read again."""
    school = await School(await world_of("nutrition")).set_up()
    draft = await a_draft(school)
    route = f"/menu-drafts/{draft['draft_id']}"
    bodies = [{"name": name, "days": [MEAL | {"dish_codes": ["d02"]}]} for name in ("mine", "yours")]
    answers = await asyncio.gather(*(school.http.put(route, json=body, headers={"If-Match": '"1"'}) for body in bodies))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 1}
    answer = await school.http.get(route)
    read = await ok(answer)
    assert (read["version"], answer.headers["etag"], read["days"][0]["dish_codes"]) == (2, '"2"', ["d02"])
    assert read["name"] in ("mine", "yours")
    refused(await school.http.put(route, json={"days": [MEAL, MEAL]}), 422, "meal-twice")
    refused(await school.http.put(route, json={"days": [MEAL | {"day": "2026-12-07"}]}), 422, "outside-week")


async def test_delete(world_of: WorldOf) -> None:
    """A draft is thrown away by whoever read its present version."""
    school = await School(await world_of("nutrition")).set_up()
    draft = await a_draft(school)
    route = f"/menu-drafts/{draft['draft_id']}"
    refused(await school.http.delete(route, headers={"If-Match": '"7"'}), 412, "stale-version")
    assert (await school.http.delete(route, headers={"If-Match": '"1"'})).status_code == 204
    refused(await school.http.get(route), 404, "unknown-menu-draft")
    refused(await school.http.delete(route), 404, "unknown-menu-draft")


async def test_so_many_drafts_and_no_more(world_of: WorldOf) -> None:
    """A canteen has at most 50 drafts of a week; another week is free."""
    school = await School(await world_of("nutrition")).set_up()
    for _ in range(50):
        await a_draft(school)
    body = {"canteen_id": "sch-1", "week_start": b.MONDAY, "days": []}
    assert refused(await school.http.post("/menu-drafts", json=body), 409, "too-many-drafts")["field"] == "week_start"
    await a_draft(school, week_start="2026-12-07", days=[])
