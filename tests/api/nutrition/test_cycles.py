"""Cycle menus: weeks that come round, the drafts made of them, and the food they will need."""

from typing import Any

from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused

SLOT: dict[str, Any] = {"weekday": 1, "meal": "lunch", "dish_codes": ["d01"]}
TWO_WEEKS = [
    {"meals": [SLOT, SLOT | {"weekday": 2, "dish_codes": ["d02"]}]},
    {"meals": [SLOT | {"weekday": 3, "dish_codes": ["d01", "d02"]}]},
]
CYCLE: dict[str, Any] = {"canteen_id": "sch-1", "starts_on": b.MONDAY, "weeks": TWO_WEEKS, "name": "winter"}
GROUP: dict[str, Any] = {
    "group_id": "g-1",
    "county_code": b.COUNTY,
    "name_zh": "北片（虚构）",
    "name_en": "North (fictional)",
}


async def a_cycle(school: School, **other: Any) -> dict[str, Any]:
    """A cycle of two weeks of sch-1, unless told otherwise."""
    body = {name: value for name, value in (CYCLE | other).items() if value is not None}
    cycle: dict[str, Any] = await ok(await school.http.post("/cycles", json=body))
    return cycle


async def three_schools(school: School) -> None:
    """A group of sch-1 and sch-2; sch-3 stands by itself."""
    await school.put("/canteens", b.a_canteen(2, pupils=40), b.a_canteen(3, pupils=10))
    await school.put("/canteen-groups", GROUP | {"canteen_ids": ["sch-1", "sch-2"]})


BAD_CYCLES: list[tuple[dict[str, Any], int, str, str]] = [
    ({"canteen_id": "sch-9"}, 404, "unknown-canteen", "canteen_id"),
    ({"canteen_id": None, "group_id": "g-9"}, 404, "unknown-canteen-group", "group_id"),
    ({"group_id": "g-1"}, 422, "invalid-input", "body"),
    ({"canteen_id": None}, 422, "invalid-input", "body"),
    ({"starts_on": "2026-12-01"}, 422, "week-starts-monday", "starts_on"),
    ({"ends_on": "2026-11-29"}, 422, "ends-before-start", "ends_on"),
    ({"weeks": []}, 422, "invalid-input", "body.weeks"),
    ({"weeks": TWO_WEEKS * 5}, 422, "invalid-input", "body.weeks"),
    ({"weeks": [{"meals": []}]}, 422, "nothing-planned", "weeks"),
    ({"weeks": [{"meals": [SLOT | {"weekday": 8}]}]}, 422, "invalid-input", "body.weeks.0.meals.0.weekday"),
    ({"weeks": [{"meals": [SLOT, SLOT]}]}, 422, "meal-twice", "weeks.0.meals.1.meal"),
    (
        {"weeks": [{"meals": []}, {"meals": [SLOT | {"dish_codes": ["d01", "d01"]}]}]},
        422,
        "dish-twice",
        "weeks.1.meals.0.dish_codes.1",
    ),
    (
        {"weeks": [{"meals": [SLOT | {"dish_codes": ["d01", "dx"]}]}]},
        404,
        "unknown-dish",
        "weeks.0.meals.0.dish_codes.1",
    ),
    ({"weeks": [{"meals": [SLOT | {"dish_codes": ["d03"]}]}]}, 422, "banned-food", "weeks.0.meals.0.dish_codes.0"),
]


async def test_what_no_cycle_can_be(world_of: WorldOf) -> None:
    """A cycle is for a canteen or a group, starts on a Monday, and its dishes may be cooked; the field is named."""
    school = await School(await world_of("nutrition")).set_up()
    for other, status, rule, field in BAD_CYCLES:
        body = {name: value for name, value in (CYCLE | other).items() if value is not None}
        assert refused(await school.http.post("/cycles", json=body), status, rule)["field"] == field, other
    own = b.a_dish("own", rice=50) | {"scope": "canteen", "canteen_id": "sch-1"}
    await school.put("/dishes", own)
    await three_schools(school)
    mine = {"weeks": [{"meals": [SLOT | {"dish_codes": ["own"]}]}]}
    theirs = {"starts_on": b.MONDAY, "group_id": "g-1"} | mine
    await a_cycle(school, **mine)
    answer = refused(await school.http.post("/cycles", json=theirs), 422, "foreign-dish")
    assert answer["field"] == "weeks.0.meals.0.dish_codes.0"
    assert len((await ok(await school.http.get("/cycles")))["items"]) == 1


async def test_a_cycle_is_changed_by_who_read_it(world_of: WorldOf) -> None:
    """Edited and deleted with the version that was read; an edit replaces all a cycle says."""
    school = await School(await world_of("nutrition")).set_up()
    cycle = await a_cycle(school)
    route = f"/cycles/{cycle['cycle_id']}"
    assert (cycle["version"], cycle["weeks"], cycle["county_code"]) == (1, TWO_WEEKS, b.COUNTY)
    edit = {"starts_on": b.MONDAY, "weeks": TWO_WEEKS[:1], "name": "", "ends_on": "2027-01-10"}
    refused(await school.http.put(route, json=edit, headers={"If-Match": '"2"'}), 412, "stale-version")
    changed = await ok(await school.http.put(route, json=edit, headers={"If-Match": '"1"'}))
    assert (changed["version"], changed["weeks"], changed["ends_on"]) == (2, TWO_WEEKS[:1], "2027-01-10")
    assert await ok(await school.http.get(route)) == changed
    refused(await school.http.delete(route, headers={"If-Match": '"1"'}), 412, "stale-version")
    assert (await school.http.delete(route, headers={"If-Match": '"2"'})).status_code == 204
    refused(await school.http.get(route), 404, "unknown-cycle")


async def test_the_weeks_come_round(world_of: WorldOf) -> None:
    """Two weeks alternate from the starting date on; before it and after its end there is nothing to draft."""
    school = await School(await world_of("nutrition")).set_up()
    cycle = await a_cycle(school, ends_on="2026-12-20")
    route = f"/cycles/{cycle['cycle_id']}/drafts"
    days = {}
    for monday in ("2026-11-30", "2026-12-07", "2026-12-14"):
        (made,) = (await ok(await school.http.post(route, json={"week_start": monday})))["drafts"]
        draft = await ok(await school.http.get(f"/menu-drafts/{made['draft_id']}"))
        assert (draft["origin"], draft["source_id"], draft["name"]) == ("cycle", cycle["cycle_id"], "winter")
        days[monday] = [(meal["day"], meal["dish_codes"]) for meal in draft["days"]]
    assert days == {
        "2026-11-30": [("2026-11-30", ["d01"]), ("2026-12-01", ["d02"])],
        "2026-12-07": [("2026-12-09", ["d01", "d02"])],
        "2026-12-14": [("2026-12-14", ["d01"]), ("2026-12-15", ["d02"])],
    }
    for monday, rule in (("2026-11-23", "outside-cycle"), ("2026-12-21", "outside-cycle")):
        assert refused(await school.http.post(route, json={"week_start": monday}), 422, rule)["field"] == "week_start"
    refused(await school.http.post(route, json={"week_start": "2026-12-01"}), 422, "week-starts-monday")
    answer = await school.http.post(route, json={"week_start": b.MONDAY, "canteen_ids": ["sch-2"]})
    assert refused(answer, 422, "not-a-member")["field"] == "canteen_ids.0"


async def test_closed_days_are_skipped_and_lost_dishes_named(world_of: WorldOf) -> None:
    """Closures and holidays take their meals out of a draft, a retired dish its place; each is named with its rule."""
    school = await School(await world_of("nutrition")).set_up()
    slots = [SLOT | {"weekday": day, "dish_codes": ["d01", "d02"]} for day in (1, 2, 3)]
    cycle = await a_cycle(school, weeks=[{"meals": slots}])
    await school.put("/closures", {"canteen_id": "sch-1", "day": b.WEEK[0], "kind": "exam", "meals": []})
    holiday = {"county_code": b.COUNTY, "day": b.WEEK[1], "name_zh": "节日", "name_en": "Holiday"}
    await school.put("/holidays", holiday)
    await ok(await school.http.post("/dishes/d02/retire", json={"reason": "nobody eats it"}))
    answer = await ok(await school.http.post(f"/cycles/{cycle['cycle_id']}/drafts", json={"week_start": b.MONDAY}))
    (made,) = answer["drafts"]
    assert (made["meals"], answer["without"]) == (1, [])
    assert [(left["day"], left["dish_code"], left["rule"]) for left in made["left_empty"]] == [
        (b.WEEK[0], None, "canteen-closed"),
        (b.WEEK[1], None, "no-school-day"),
        (b.WEEK[2], "d02", "dish-retired"),
    ]
    draft = await ok(await school.http.get(f"/menu-drafts/{made['draft_id']}"))
    assert [(meal["day"], meal["dish_codes"]) for meal in draft["days"]] == [(b.WEEK[2], ["d01"])]


async def test_a_group_drafts_at_once(world_of: WorldOf) -> None:
    """Every canteen of a group gets its draft, or is named with what stands against it."""
    school = await School(await world_of("nutrition")).set_up()
    await three_schools(school)
    cycle = await a_cycle(school, canteen_id=None, group_id="g-1")
    for day in b.WEEK[:2]:
        await school.put("/closures", {"canteen_id": "sch-2", "day": day, "kind": "weather", "meals": []})
    route = f"/cycles/{cycle['cycle_id']}/drafts"
    made = await ok(await school.http.post(route, json={"week_start": b.MONDAY}))
    assert [draft["canteen_id"] for draft in made["drafts"]] == ["sch-1"]
    assert [(one["canteen_id"], one["rule"]) for one in made["without"]] == [("sch-2", "nothing-served")]
    one = await ok(await school.http.post(route, json={"week_start": "2026-12-07", "canteen_ids": ["sch-2"]}))
    assert [draft["canteen_id"] for draft in one["drafts"]] == ["sch-2"]
    await school.put("/canteen-groups", GROUP | {"canteen_ids": []})
    refused(await school.http.post(route, json={"week_start": b.MONDAY}), 422, "no-canteens")


async def test_forward_demand_is_headcount_times_portions(world_of: WorldOf) -> None:
    """100 pupils: d01 has 100 g of rice and 85 g edible of 100 g cabbage, d02 50 g and 34 of 40 g; weeks alternate."""
    school = await School(await world_of("nutrition")).set_up()
    cycle = await a_cycle(school)
    found = await ok(
        await school.http.get(f"/cycles/{cycle['cycle_id']}/demand", params={"from": "2026-12-02", "weeks": 3})
    )
    weeks = {
        week["week_start"]: {food["food_code"]: food["quantity_g"] for food in week["foods"]} for week in found["weeks"]
    }
    both = {"cabbage": 14_000, "pork": 2_000, "rice": 15_000, "salt": 100}
    assert weeks == {"2026-11-30": both, "2026-12-07": both, "2026-12-14": both}
    assert [(week["number"], week["canteens"], week["headcount"]) for week in found["weeks"]] == [
        (1, 1, 100),
        (2, 1, 100),
        (1, 1, 100),
    ]
    assert {food["food_code"]: food["quantity_g"] for food in found["total"]}["rice"] == 45_000


async def test_forward_demand_knows_closures_ages_and_what_is_to_come(world_of: WorldOf) -> None:
    """Closed days need nothing, ages eat their portions, and pupils who come later count from their day on."""
    school = await School(await world_of("nutrition")).set_up()
    cycle = await a_cycle(school, weeks=TWO_WEEKS[:1])
    await school.put("/closures", {"canteen_id": "sch-1", "day": b.WEEK[0], "kind": "event", "meals": []})
    young = {
        "canteen_id": "sch-1",
        "valid_from": "2026-12-07",
        "headcounts": [{"age_band": "6-8", "sex": "m", "pupils": 10}],
    }
    await school.put("/enrolments", young)
    route = f"/cycles/{cycle['cycle_id']}/demand"
    found = await ok(await school.http.get(route, params={"from": b.MONDAY, "weeks": 2}))
    rice = [next(f["quantity_g"] for f in week["foods"] if f["food_code"] == "rice") for week in found["weeks"]]
    assert rice == [100 * 50, (100 + 50) * 850 * 10 // 1000]
    for query, field in (("weeks=2", "query.from"), (f"from={b.MONDAY}&weeks=0", "query.weeks")):
        assert refused(await school.http.get(f"{route}?{query}"), 422, "invalid-input")["field"] == field
    refused(await school.http.get("/cycles/none/demand", params={"from": b.MONDAY}), 404, "unknown-cycle")


async def test_an_own_cycle_goes_before_the_groups(world_of: WorldOf) -> None:
    """A canteen with a cycle of its own needs that one's food; the group's need is that of the other canteens."""
    school = await School(await world_of("nutrition")).set_up()
    await three_schools(school)
    theirs = await a_cycle(school, canteen_id=None, group_id="g-1", weeks=TWO_WEEKS[:1])
    await a_cycle(school, weeks=TWO_WEEKS[:1])
    found = await ok(await school.http.get(f"/cycles/{theirs['cycle_id']}/demand", params={"from": b.MONDAY}))
    assert {(week["canteens"], week["headcount"]) for week in found["weeks"]} == {(1, 40)}
    assert found["weeks"][0]["foods"][-2] == {"food_code": "rice", "quantity_g": 40 * 150}
