"""Groups of canteens, the templates they cook by, and copies of weeks."""

from typing import Any

from tests import builders as b
from tests.api.nutrition.school import School
from tests.api.nutrition.test_cycles import GROUP, SLOT, three_schools
from tests.conftest import WorldOf
from tests.world import ok, refused

MEAL: dict[str, Any] = {"day": b.WEEK[0], "meal": "lunch", "dish_codes": ["d01"]}


async def test_a_group_holds_canteens_of_its_county(world_of: WorldOf) -> None:
    """Unknown canteens, another county's and one named twice are refused by row and field; the rest is taken."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/canteens", b.a_canteen(7, county_code="520000"))
    rows: list[dict[str, Any]] = [
        GROUP | {"canteen_ids": ["sch-1"]},
        GROUP | {"group_id": "g-2", "canteen_ids": ["sch-1", "sch-9"]},
        GROUP | {"group_id": "g-3", "canteen_ids": ["sch-7"]},
        GROUP | {"group_id": "g-4", "canteen_ids": ["sch-1", "sch-1"]},
        GROUP | {"canteen_ids": []},
    ]
    answer = await ok(await school.http.put("/canteen-groups", json={"rows": rows}))
    assert answer["created"] == 1
    assert [(one["index"], one["field"], one["rule"]) for one in answer["refused"]] == [
        (1, "canteen_ids.1", "unknown-canteen"),
        (2, "canteen_ids.0", "other-county"),
        (3, "canteen_ids", "value_error"),
        (4, "group_id", "twice-in-body"),
    ]
    moved = await ok(await school.http.put("/canteen-groups", json={"rows": [rows[0] | {"county_code": "520000"}]}))
    assert [(one["field"], one["rule"]) for one in moved["refused"]] == [("county_code", "county-fixed")]
    group = await ok(await school.http.get("/canteen-groups/g-1"))
    assert (group["canteen_ids"], group["version"]) == (["sch-1"], 1)
    assert (await ok(await school.http.get("/canteen-groups", params={"county_code": b.COUNTY})))["items"] == [group]
    await school.put("/canteens", b.a_canteen(1, county_code="520000"))
    assert (await ok(await school.http.get("/canteen-groups/g-1")))["canteen_ids"] == []
    refused(await school.http.get("/canteen-groups/g-9"), 404, "unknown-canteen-group")


async def test_a_group_drafts_by_its_template(world_of: WorldOf) -> None:
    """A nutritionist keeps one week; every school of the group makes its draft of it, and may change that."""
    school = await School(await world_of("nutrition")).set_up()
    await three_schools(school)
    body = {"group_id": "g-1", "name": "soup", "meals": [SLOT, SLOT | {"weekday": 6, "dish_codes": ["d02"]}]}
    template = await ok(await school.http.post("/menu-templates", json=body))
    route = f"/menu-templates/{template['template_id']}"
    made = await ok(await school.http.post(f"{route}/drafts", json={"week_start": b.MONDAY}))
    assert [draft["canteen_id"] for draft in made["drafts"]] == ["sch-1", "sch-2"]
    assert [left["rule"] for left in made["drafts"][0]["left_empty"]] == ["no-school-day"]
    draft = await ok(await school.http.get(f"/menu-drafts/{made['drafts'][1]['draft_id']}"))
    assert (draft["origin"], draft["source_id"]) == ("template", template["template_id"])
    edit = {"name": "more soup", "meals": [SLOT | {"dish_codes": ["d02"]}]}
    changed = await ok(await school.http.put(route, json=edit, headers={"If-Match": '"1"'}))
    assert (changed["version"], changed["meals"]) == (2, edit["meals"])
    refused(await school.http.put(route, json=edit, headers={"If-Match": '"1"'}), 412, "stale-version")
    assert (await ok(await school.http.get("/menu-templates", params={"group_id": "g-1"})))["items"] == [changed]
    assert (await school.http.delete(route, headers={"If-Match": '"2"'})).status_code == 204
    refused(await school.http.get(route), 404, "unknown-menu-template")
    assert (await ok(await school.http.get(f"/menu-drafts/{draft['draft_id']}")))["days"] == draft["days"]


BAD_TEMPLATES: list[tuple[dict[str, Any], int, str, str]] = [
    ({"group_id": "g-9"}, 404, "unknown-canteen-group", "group_id"),
    ({"meals": []}, 422, "invalid-input", "body.meals"),
    ({"meals": [SLOT, SLOT]}, 422, "meal-twice", "meals.1.meal"),
    ({"meals": [SLOT | {"dish_codes": ["dx"]}]}, 404, "unknown-dish", "meals.0.dish_codes.0"),
    ({"meals": [SLOT | {"dish_codes": ["d03"]}]}, 422, "banned-food", "meals.0.dish_codes.0"),
    ({"meals": [SLOT | {"dish_codes": []}]}, 422, "invalid-input", "body.meals.0.dish_codes"),
    ({"meals": [SLOT | {"weekday": 0}]}, 422, "invalid-input", "body.meals.0.weekday"),
]


async def test_what_no_template_can_be(world_of: WorldOf) -> None:
    """A template is for a group that exists, with dishes all of its canteens may cook; the field is named."""
    school = await School(await world_of("nutrition")).set_up()
    await three_schools(school)
    for other, status, rule, field in BAD_TEMPLATES:
        body = {"group_id": "g-1", "meals": [SLOT]} | other
        assert refused(await school.http.post("/menu-templates", json=body), status, rule)["field"] == field, other
    refused(
        await school.http.post("/menu-templates/none/drafts", json={"week_start": b.MONDAY}),
        404,
        "unknown-menu-template",
    )
    template = await ok(await school.http.post("/menu-templates", json={"group_id": "g-1", "meals": [SLOT]}))
    route = f"/menu-templates/{template['template_id']}/drafts"
    for body, rule in (
        ({"week_start": "2026-12-01"}, "week-starts-monday"),
        ({"week_start": "2030-12-02"}, "too-far-ahead"),
        ({"week_start": b.MONDAY, "canteen_ids": ["sch-3"]}, "not-a-member"),
        ({"week_start": b.MONDAY, "canteen_ids": []}, "invalid-input"),
    ):
        refused(await school.http.post(route, json=body), 422, rule)


async def test_a_menu_is_copied_to_another_week(world_of: WorldOf) -> None:
    """What a menu plans stands on the same weekdays of the other week; a dish retired since is named and left out."""
    school = await School(await world_of("nutrition")).set_up()
    days = [MEAL | {"dish_codes": ["d01", "d02"], "headcounts": {"9-11": 50}}, MEAL | {"day": b.WEEK[1]}]
    menu = await school.publish(b.a_menu() | {"days": days})
    await ok(await school.http.post("/dishes/d02/retire", json={"reason": "nobody eats it"}))
    answer = await school.http.post(f"/menus/{menu['menu_id']}/copy", json={"week_start": "2026-12-14"})
    draft = await ok(answer)
    assert answer.headers["location"] == f"/menu-drafts/{draft['draft_id']}"
    assert (draft["origin"], draft["source_id"], draft["status"]) == ("copy", menu["menu_id"], "draft")
    assert [(meal["day"], meal["dish_codes"], meal["headcounts"]) for meal in draft["days"]] == [
        ("2026-12-14", ["d01"], None),
        ("2026-12-15", ["d01"], None),
    ]
    assert [(left["day"], left["dish_code"], left["rule"]) for left in draft["left_empty"]] == [
        ("2026-12-14", "d02", "dish-retired")
    ]


async def test_a_draft_is_copied_to_another_canteen(world_of: WorldOf) -> None:
    """Its own dishes stay with a canteen and are named; its headcounts go along only where the canteen is the same."""
    school = await School(await world_of("nutrition")).set_up()
    await three_schools(school)
    await school.put("/dishes", b.a_dish("own", rice=50) | {"scope": "canteen", "canteen_id": "sch-1"})
    days = [MEAL | {"dish_codes": ["own", "d02"], "headcounts": {"9-11": 50}}]
    body = {"canteen_id": "sch-1", "week_start": b.MONDAY, "days": days, "name": "ours"}
    draft = await ok(await school.http.post("/menu-drafts", json=body))
    route = f"/menu-drafts/{draft['draft_id']}/copy"
    other = await ok(await school.http.post(route, json={"week_start": b.MONDAY, "canteen_id": "sch-2"}))
    assert (other["canteen_id"], other["name"], other["days"][0]["dish_codes"]) == ("sch-2", "ours", ["d02"])
    assert [(left["dish_code"], left["rule"]) for left in other["left_empty"]] == [("own", "foreign-dish")]
    assert other["days"][0]["headcounts"] is None
    same = await ok(await school.http.post(route, json={"week_start": "2026-12-07"}))
    assert same["days"] == [days[0] | {"day": "2026-12-07"}]


NOWHERE: list[tuple[dict[str, Any], int, str, str]] = [
    ({"week_start": "2026-12-08"}, 422, "week-starts-monday", "week_start"),
    ({"week_start": "2030-12-02"}, 422, "too-far-ahead", "week_start"),
    ({"week_start": "2026-11-16"}, 422, "nothing-served", "week_start"),
    ({"week_start": "2026-12-07", "canteen_id": "sch-9"}, 404, "unknown-canteen", "canteen_id"),
    ({"week_start": "2026-12-07", "canteen_id": "sch-7"}, 422, "other-county", "canteen_id"),
]


async def test_where_nothing_is_copied_to(world_of: WorldOf) -> None:
    """A copy goes to a week that can be planned, of the same county; nothing is made of one in which all is closed."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/canteens", b.a_canteen(7, county_code="520000"))
    menu = await school.publish()
    for body, status, rule, field in NOWHERE:
        answer = await school.http.post(f"/menus/{menu['menu_id']}/copy", json=body)
        assert refused(answer, status, rule)["field"] == field, body
    assert (await ok(await school.http.get("/menu-drafts")))["items"] == []
