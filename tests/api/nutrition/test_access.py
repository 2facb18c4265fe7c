"""Nutrition's table of rules: the walk over every route, and whose the things of real canteens are."""

from typing import Any

from shared.auth.principal import Principal
from tests import builders as b
from tests import people
from tests.api.nutrition.school import School
from tests.api.nutrition.test_cycles import CYCLE, SLOT, a_cycle, three_schools
from tests.api.nutrition.test_patterns import a_pattern
from tests.api.nutrition.test_problems import REPORT
from tests.api.nutrition.test_samples import a_lunch
from tests.api.walk import walk
from tests.conftest import WorldOf
from tests.world import ok, refused

NEXT, FAR = "2026-12-07", "520000"
COOK_1, COOK_2, COOK_3, COOK_9 = (people.canteen(f"sch-{number}") for number in (1, 2, 3, 9))
HERE, AWAY, PROVINCIAL = people.nutritionist(b.COUNTY), people.nutritionist(FAR), people.nutritionist()
EVERYBODY = (COOK_1, COOK_2, COOK_3, COOK_9, HERE, AWAY)
OF_CANTEEN = {"body": {"rows": [{"canteen_id": "sch-1"}]}}
LOG = {"person": "head-1", "taste": "good", "look": "good", "temperature": "good"}


async def test_walk(world_of: WorldOf) -> None:
    """Every route keeps its rule."""
    examples: dict[str, dict[str, Any]] = {
        "PUT /dishes": OF_CANTEEN,
        "PUT /meal-patterns": OF_CANTEEN,
        "DELETE /meal-patterns/{scope}/{meal}": {"scope": "canteen", "meal": "lunch"},
        "POST /dishes/{dish_code}/copies": {"body": {"dish_code": "d9", "scope": "canteen", "canteen_id": "sch-1"}},
    }
    await walk(await world_of("nutrition"), "nutrition", examples)


async def a_county(school: School) -> dict[str, str]:
    """Sch-1 with one of each thing, sch-2 in a group with it, sch-3 beside them, sch-9 far away; returns the ids."""
    meal = await a_lunch(school)
    await three_schools(school)
    await school.put("/canteens", b.a_canteen(9, county_code=FAR))
    await school.put("/meal-patterns", a_pattern("mixed"))
    county = {"scope": "county", "county_code": b.COUNTY}
    await school.put("/dishes", b.a_dish("c1") | county, b.a_dish("o1") | {"scope": "canteen", "canteen_id": "sch-1"})

    async def made(route: str, body: dict[str, Any], key: str) -> str:
        answer: dict[str, Any] = await ok(await school.http.post(route, json=body))
        return str(answer[key])

    lunch = {"canteen_id": "sch-1", "day": b.WEEK[0], "meal": "lunch"}
    asked = await ok(await school.http.post("/menu-plans", json={"canteen_id": "sch-1", "week_start": NEXT}))
    samples = await ok(await school.http.get("/samples"))
    return {
        "meal": meal["meal_id"],
        "menu": meal["menu_id"],
        "sample": samples["items"][0]["sample_id"],
        "draft": await made(f"/menus/{meal['menu_id']}/copy", {"week_start": NEXT}, "draft_id"),
        "plan": asked["plans"][0]["plan_id"],
        "run": asked["run_id"],
        "county-plan": await made("/county-plans", {"county_code": b.COUNTY, "week_start": NEXT}, "planning_id"),
        "problem": await made("/problems", REPORT, "problem_id"),
        "log": await made("/meal-logs", lunch | LOG, "log_id"),
        "template": await made("/menu-templates", {"group_id": "g-1", "meals": [SLOT]}, "template_id"),
        "own": (await a_cycle(school))["cycle_id"],
        "shared": (await a_cycle(school, canteen_id=None, group_id="g-1"))["cycle_id"],
    }


def seen_by(ids: dict[str, str]) -> dict[str, tuple[Principal, ...]]:
    """Who may read which thing of the county."""
    own, group = (COOK_1, HERE), (COOK_1, COOK_2, HERE)
    return {
        f"/menus/{ids['menu']}": own,
        f"/menu-drafts/{ids['draft']}": own,
        f"/menu-plans/{ids['plan']}": own,
        f"/menu-plans/batch/{ids['run']}": own,
        f"/county-plans/{ids['county-plan']}": (HERE,),
        f"/meals/{ids['meal']}": own,
        f"/samples/{ids['sample']}": own,
        f"/problems/{ids['problem']}": own,
        "/canteen-groups/g-1": group,
        f"/menu-templates/{ids['template']}": group,
        f"/cycles/{ids['own']}": own,
        f"/cycles/{ids['shared']}": group,
        "/dishes/o1/versions": own,
        "/dishes/c1/versions": (COOK_1, COOK_2, COOK_3, HERE),
        "/dishes/d01/versions": EVERYBODY,
    }


LISTED = {
    "/menus": (1, 1, 0),
    "/menu-drafts": (1, 1, 0),
    "/menu-plans": (1, 1, 0),
    "/meals": (1, 1, 0),
    "/samples": (2, 2, 0),
    "/meal-logs": (1, 1, 0),
    "/problems": (1, 1, 0),
    "/canteen-groups": (1, 1, 1),
    "/menu-templates": (1, 1, 1),
    "/cycles": (2, 2, 1),
}
"""How much a list tells the county, sch-1 and sch-2."""


async def test_everybody_reads_what_is_theirs(world_of: WorldOf) -> None:
    """Cooks read what is their canteen's, their group's, their county's library; the county reads all of its own."""
    school = School(await world_of("nutrition"))
    ids = await a_county(school)
    wrong = []
    for path, readers in seen_by(ids).items():
        for who in EVERYBODY:
            answer = await school.world.client("nutrition", as_=who).get(path)
            expected = (200,) if who in readers else (403, 404)
            if answer.status_code not in expected:
                wrong.append(f"{path} as {who}: {answer.status_code} {answer.text}")
    told = {"county_code": b.COUNTY}, {"canteen_id": "sch-1"}, {"canteen_id": "sch-2"}, {"county_code": FAR}
    for path, sizes in LISTED.items():
        for who, query, size in zip((HERE, COOK_1, COOK_2, AWAY), told, (*sizes, 0), strict=True):
            page = await ok(await school.world.client("nutrition", as_=who).get(path, params=query))
            if len(page["items"]) != size:
                wrong.append(f"{path} of {query}: {len(page['items'])} instead of {size}")
    assert wrong == []


async def test_everybody_changes_what_is_theirs(world_of: WorldOf) -> None:
    """A cook drafts for its own canteen of a group's week and changes its own dishes, the county those of all."""
    school = School(await world_of("nutrition"))
    ids = await a_county(school)
    cook, other, here, away, all_of_them = (
        school.world.client("nutrition", as_=who) for who in (COOK_1, COOK_2, HERE, AWAY, PROVINCIAL)
    )

    template, shared = f"/menu-templates/{ids['template']}/drafts", f"/cycles/{ids['shared']}"
    for client, route, canteens in (
        (cook, template, ["sch-1"]),
        (other, f"{shared}/drafts", ["sch-2"]),
        (here, template, ["sch-1", "sch-2"]),
    ):
        made = await ok(await client.post(route, json={"week_start": NEXT}))
        assert [draft["canteen_id"] for draft in made["drafts"]] == canteens
    theirs = {"week_start": NEXT, "canteen_ids": ["sch-2"]}
    refused(await cook.post(template, json=theirs), 404, "unknown-canteen")
    copy = {"week_start": NEXT, "canteen_id": "sch-2"}
    refused(await cook.post(f"/menus/{ids['menu']}/copy", json=copy), 404, "unknown-canteen")
    refused(await other.delete(shared, headers={"If-Match": '"1"'}), 404, "unknown-cycle")
    for_group = {name: value for name, value in CYCLE.items() if name != "canteen_id"} | {"group_id": "g-1"}
    refused(await cook.post("/cycles", json=for_group), 404, "unknown-canteen-group")
    refused(await other.post("/cycles", json=CYCLE), 404, "unknown-canteen")
    assert (await here.delete(shared, headers={"If-Match": '"1"'})).status_code == 204

    own = {"dish_code": "o2", "scope": "canteen", "canteen_id": "sch-2"}
    await ok(await other.post("/dishes/c1/copies", json=own))
    refused(await other.post("/dishes/o1/copies", json=own | {"dish_code": "o3"}), 404, "unknown-dish")
    refused(await other.post("/dishes/c1/copies", json={"dish_code": "p1"}), 403, "tenant-not-named")
    why = {"reason": "nobody eats it"}
    refused(await cook.post("/dishes/c1/retire", json=why), 404, "unknown-dish")
    refused(await here.post("/dishes/d01/retire", json=why), 404, "unknown-dish")
    for client, code in ((cook, "o1"), (here, "c1"), (all_of_them, "d01")):
        await ok(await client.post(f"/dishes/{code}/retire", json=why))
    refused(await cook.put("/dishes", json={"rows": [b.a_dish("d01")]}), 403, "tenant-not-named")
    week = b.a_menu("sch-2", dish="o1")
    refused(await other.post("/menu-analyses", json=week), 404, "unknown-dish")
    # A draft tells what its dishes come to, as an analysis does.
    refused(await other.post("/menu-drafts", json=week), 404, "unknown-dish")
    empty = await ok(await other.post("/menu-drafts", json=week | {"days": []}))
    mine, read = f"/menu-drafts/{empty['draft_id']}", {"If-Match": '"1"'}
    refused(await other.put(mine, json={"days": week["days"]}, headers=read), 404, "unknown-dish")

    moved = {"rows": [b.a_canteen(9)]}
    refused(await here.put("/canteens", json=moved), 404, "unknown-canteen")
    assert (await ok(await here.put("/canteens", json={"rows": [b.a_canteen(4)]})))["created"] == 1
    group = {"group_id": "g-1", "county_code": FAR, "name_zh": "x", "name_en": "x", "canteen_ids": []}
    refused(await away.put("/canteen-groups", json={"rows": [group]}), 404, "unknown-canteen-group")


async def test_a_file_of_dishes_is_for_one_library(world_of: WorldOf) -> None:
    """What a file does not say is as the library named has it; dishes that stand elsewhere, or should, are refused."""
    school = await School(await world_of("nutrition")).set_up()
    header = "dish_code,name_zh,name_en,category,food_code,grams_raw"
    plain = f"{header}\no1,青菜,greens,vegetable,cabbage,80\nd01,青菜,greens,vegetable,cabbage,80\n"
    said = f"{header},scope,county_code\no2,青菜,greens,vegetable,cabbage,80,county,{b.COUNTY}\n"

    async def imported(who: Principal, content: str, **library: str) -> tuple[int, list[tuple[int, str, str]]]:
        client = school.world.client("nutrition", as_=who)
        csv = {"content-type": "text/csv"}
        answer = await ok(await client.post("/dishes/import", params=library, content=content.encode(), headers=csv))
        return answer["created"], [(one["row"], one["field"], one["rule"]) for one in answer["refused"]]

    elsewhere = "dish-of-another-library"
    assert await imported(COOK_1, plain, canteen_id="sch-1") == (1, [(3, "scope", elsewhere)])
    assert await imported(COOK_1, said, canteen_id="sch-1") == (0, [(2, "canteen_id", "owner-of-scope")])
    assert await imported(HERE, said, county_code=b.COUNTY) == (1, [])
    assert await imported(PROVINCIAL, plain.replace("o1", "p1")) == (1, [])
    dish = await ok(await school.http.get("/dishes/o1"))
    assert (dish["scope"], dish["canteen_id"]) == ("canteen", "sch-1")
