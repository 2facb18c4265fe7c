"""Publishing, amending and withdrawing menus."""

import asyncio
from collections import Counter
from typing import Any

from shared.events.nutrition import MenuAmended, MenuPublished, MenuWithdrawn
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.statements import statements
from tests.world import ok, refused

MEAL = {"day": b.WEEK[0], "meal": "lunch", "dish_codes": ["d01"]}
LATER = ("2026-12-07", "2026-12-08", "2026-12-09", "2026-12-10", "2026-12-11")


BAD_MENUS: list[tuple[dict[str, Any], int, str, str]] = [
    ({"canteen_id": "sch-9"}, 404, "unknown-canteen", "canteen_id"),
    ({"week_start": "2026-12-01"}, 422, "week-starts-monday", "week_start"),
    ({"week_start": "2030-12-02"}, 422, "too-far-ahead", "week_start"),
    ({"week_start": "2026-11-23"}, 422, "outside-week", "days.0.day"),
    ({"days": [MEAL | {"day": "2026-12-05"}]}, 422, "no-school-day", "days.0.day"),
    ({"days": [MEAL | {"day": "2026-12-02"}]}, 422, "no-school-day", "days.0.day"),
    ({"days": [MEAL, MEAL]}, 422, "meal-twice", "days.1.meal"),
    ({"days": [MEAL | {"meal": "dinner"}]}, 422, "meal-not-served", "days.0.meal"),
    ({"days": [MEAL | {"dish_codes": ["d01", "d01"]}]}, 422, "dish-twice", "days.0.dish_codes.1"),
    ({"days": [MEAL | {"dish_codes": ["d01", "d09"]}]}, 404, "unknown-dish", "days.0.dish_codes.1"),
    ({"days": [MEAL | {"dish_codes": ["d03"]}]}, 422, "banned-food", "days.0.dish_codes.0"),
    ({"days": [MEAL | {"headcounts": {"9-11": 0}}]}, 422, "headcount-zero", "days.0.headcounts"),
    ({"days": [MEAL | {"headcounts": {"9-11": 301}}]}, 422, "headcount-absurd", "days.0.headcounts"),
    ({"days": [MEAL | {"headcounts": {"9-11": -1}}]}, 422, "invalid-input", "body.days.0.headcounts.9-11"),
    ({"days": []}, 422, "invalid-input", "body.days"),
    ({"days": [MEAL | {"dish_codes": []}]}, 422, "invalid-input", "body.days.0.dish_codes"),
    ({"days": [MEAL] * 22}, 422, "invalid-input", "body.days"),
]


async def test_refusals(world_of: WorldOf) -> None:
    """A menu that breaks a rule is refused naming field and rule, and nothing is written or told."""
    school = await School(await world_of("nutrition")).set_up()
    holiday = {"county_code": b.COUNTY, "day": "2026-12-02", "name_zh": "节日", "name_en": "Holiday"}
    await school.put("/holidays", holiday)
    for menu, status, rule, field in BAD_MENUS:
        answer = await school.http.post("/menus", json=b.a_menu(days=b.WEEK[:1]) | menu)
        assert refused(answer, status, rule)["field"] == field
    await school.world.settle()
    assert school.world.told_of(MenuPublished) == []
    assert (await ok(await school.http.get("/menus")))["items"] == []


async def test_day_that_has_begun_is_closed(world_of: WorldOf) -> None:
    """A day is closed as soon as it begins in Guizhou, eight hours before it begins in UTC."""
    school = await School(await world_of("nutrition")).set_up()
    school.go_to(b.WEEK[0], 0)
    assert refused(await school.http.post("/menus", json=b.a_menu()), 422, "day-closed")["field"] == "days.0.day"


async def test_make_up_day(world_of: WorldOf) -> None:
    """A Saturday the county's calendar makes a school day can be planned."""
    school = await School(await world_of("nutrition")).set_up()
    day = {"county_code": b.COUNTY, "day": "2026-12-05", "name_zh": "补课", "name_en": "Make-up day", "kind": "make_up"}
    await school.put("/holidays", day)
    published = await school.publish(b.a_menu(days=("2026-12-05",)))
    assert {line["delivery_day"] for line in published["demand"]} == {"2026-12-05"}


async def test_age_bands(world_of: WorldOf) -> None:
    """Portions follow age: 0.85, 1, 1.15 and 1.3 of the recipe, rounded up once per food and day."""
    school = await School(await world_of("nutrition")).set_up()
    heads = {"6-8": 10, "9-11": 10, "12-14": 10, "15-17": 3}
    published = await school.publish(b.a_menu() | {"days": [MEAL | {"headcounts": heads}]})
    grams = {line["food_code"]: line["gross_g"] for line in published["demand"]}
    portions = 10 * 850 + 10 * 1000 + 10 * 1150 + 3 * 1300
    assert grams["rice"] == portions * 100 // 1000
    assert grams["salt"] == -(-portions // 1000)
    assert grams["cabbage"] == -(-portions * 85 // 850)


async def test_one_menu_per_week(world_of: WorldOf) -> None:
    """Of menus published at the same moment for one canteen and week one stands, the others are conflicts."""
    school = await School(await world_of("nutrition")).set_up()
    answers = await asyncio.gather(*(school.http.post("/menus", json=b.a_menu()) for _ in range(5)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 4}
    await school.world.settle()
    assert len(school.world.told_of(MenuPublished)) == 1


async def test_nothing_is_asked_twice_for_a_menu(world_of: WorldOf) -> None:
    """What a canteen is and when it serves is read once, for the menu and for its budget."""
    school = await School(await world_of("nutrition")).set_up()
    with statements() as sent:
        await school.publish()
    asked = Counter(statement for statement in sent if statement.startswith("SELECT"))
    assert sum("FROM canteen_equipment" in statement for statement in asked.elements()) == 1
    assert {statement: times for statement, times in asked.items() if times > 1} == {}


async def test_stock_is_promised_once(world_of: WorldOf) -> None:
    """Two menus published at the same moment share what is in the store; earlier days take first, no gram twice."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("rice", 60_000)
    later = b.a_menu(days=LATER) | {"week_start": LATER[0]}
    menus = await asyncio.gather(school.publish(), school.publish(later))
    given = [sum(line["from_stock_g"] for line in menu["demand"]) for menu in menus]
    assert sorted(given) == [10_000, 50_000]
    short = menus[given.index(10_000)]
    rice = [line["from_stock_g"] for line in short["demand"] if line["food_code"] == "rice"]
    assert rice == [10_000, 0, 0, 0, 0]
    stock = (await school.stock())["rice"]
    assert (stock["on_hand_g"], stock["reserved_g"], stock["free_g"]) == (60_000, 60_000, 0)


async def test_amend(world_of: WorldOf) -> None:
    """An amendment replaces the demand of days that have not begun, holds stock anew and keeps both versions."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("rice", 25_000)
    menu = await school.publish()
    school.go_to(b.WEEK[0], 10)
    days = [MEAL, *({"day": day, "meal": "lunch", "dish_codes": ["d02"]} for day in b.WEEK[2:4])]
    body = {"reason": "trip on Tuesday", "days": days}
    answer = await school.http.put(f"/menus/{menu['menu_id']}", json=body, headers={"If-Match": '"1"'})
    amended = await ok(answer)
    assert (amended["version"], answer.headers["etag"]) == (2, '"2"')
    lines = await school.demand(menu["menu_id"])
    rice = {day: (line["from_stock_g"], line["quantity_g"]) for (day, food), line in lines.items() if food == "rice"}
    # Monday keeps its 10 kg; of the 15 kg that are left each of the two days takes its 5 kg.
    assert rice == {b.WEEK[0]: (10_000, 0), b.WEEK[2]: (5_000, 0), b.WEEK[3]: (5_000, 0)}
    assert (await school.stock())["rice"]["free_g"] == 5_000
    await school.world.settle()
    (told,) = school.world.told_of(MenuAmended)
    assert [line.model_dump(mode="json") for line in told.demand] == amended["demand"]
    first = await ok(await school.http.get(f"/menus/{menu['menu_id']}/versions/1"))
    assert first["demand"] == menu["demand"]
    assert len(first["days"]) == 5
    read = await ok(await school.http.get(f"/menus/{menu['menu_id']}"))
    assert [(one["version"], one["change"], one["reason"]) for one in read["versions"]] == [
        (1, "published", ""),
        (2, "amended", "trip on Tuesday"),
    ]
    assert [day["day"] for day in read["days"]] == [b.WEEK[0], *b.WEEK[2:4]]


async def test_closed_days_stand(world_of: WorldOf) -> None:
    """What stands for a day that has begun can neither be changed nor left out."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish()
    school.go_to(b.WEEK[0], 10)
    tuesday = MEAL | {"day": b.WEEK[1]}
    changed = (MEAL | {"dish_codes": ["d02"]}, MEAL | {"headcounts": {"9-11": 90}})
    for days, field in (([tuesday], "days"), *(([monday, tuesday], "days.0.dish_codes") for monday in changed)):
        answer = await school.http.put(f"/menus/{menu['menu_id']}", json={"reason": "?", "days": days})
        assert refused(answer, 422, "day-closed")["field"] == field
    assert (await ok(await school.http.get(f"/menus/{menu['menu_id']}")))["version"] == 1


async def test_stale_amendment(world_of: WorldOf) -> None:
    """Of two amendments of the version both have read, one stands."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish()
    url, match = f"/menus/{menu['menu_id']}", {"If-Match": '"1"'}
    body = {"reason": "less", "days": [MEAL]}
    answers = await asyncio.gather(*(school.http.put(url, json=body, headers=match) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    again = {"reason": "no", "days": [MEAL]}
    refused(await school.http.put(url, json=again, headers=match), 412, "stale-version")
    refused(await school.http.post(f"{url}/withdraw", json={"reason": "no"}, headers=match), 412, "stale-version")
    assert refused(await school.http.put(url, json=again, headers={"If-Match": "x"}), 422, "if-match")
    refused(await school.http.put("/menus/nothing", json=again), 404, "unknown-menu")


async def test_dish_versions(world_of: WorldOf) -> None:
    """A menu keeps the recipe it was published with; an amendment cooks the present one."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish(b.a_menu(days=b.WEEK[:2]))
    await school.put("/dishes", b.a_dish(rice=200))
    read = await ok(await school.http.get(f"/menus/{menu['menu_id']}"))
    assert {dish["version"] for day in read["days"] for dish in day["dishes"]} == {1}
    assert read["days"][0]["planned_g"]["rice"] == 10_000
    assert len((await ok(await school.http.get("/dishes/d01", params={"version": 1})))["ingredients"]) == 4
    body = {"reason": "new recipe", "days": [MEAL]}
    amended = await ok(await school.http.put(f"/menus/{menu['menu_id']}", json=body))
    assert [(line["food_code"], line["gross_g"]) for line in amended["demand"]] == [("rice", 20_000)]


async def test_withdraw(world_of: WorldOf) -> None:
    """A withdrawn menu stands for the days that have begun, frees the rest, and makes room for another."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("rice", 25_000)
    menu = await school.publish()
    url = f"/menus/{menu['menu_id']}"
    school.go_to(b.WEEK[1], 10)
    withdrawn = await ok(await school.http.post(f"{url}/withdraw", json={"reason": "flood"}))
    assert (withdrawn["status"], withdrawn["from_day"], withdrawn["version"]) == ("withdrawn", b.WEEK[2], 2)
    assert {line["delivery_day"] for line in withdrawn["demand"]} == set(b.WEEK[:2])
    assert (await school.stock())["rice"]["reserved_g"] == 20_000
    await school.world.settle()
    (told,) = school.world.told_of(MenuWithdrawn)
    assert (told.version, told.from_day.isoformat(), told.reason) == (2, b.WEEK[2], "flood")
    refused(await school.http.post(f"{url}/withdraw", json={"reason": "again"}), 409, "menu-withdrawn")
    refused(await school.http.put(url, json={"reason": "again", "days": [MEAL]}), 409, "menu-withdrawn")
    assert len((await ok(await school.http.get(url)))["days"]) == 2
    await school.publish(b.a_menu(days=b.WEEK[3:]))
    assert (await school.serve(day=b.WEEK[1]))["menu_id"] == menu["menu_id"]
    listed = await ok(await school.http.get("/menus", params={"canteen_id": "sch-1", "week_start": b.MONDAY}))
    assert sorted(one["status"] for one in listed["items"]) == ["published", "withdrawn"]


async def test_menu_that_is_over(world_of: WorldOf) -> None:
    """A menu whose days have all begun can neither be amended nor withdrawn."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish(b.a_menu(days=b.WEEK[:1]))
    school.go_to(b.WEEK[0], 10)
    url = f"/menus/{menu['menu_id']}"
    refused(await school.http.post(f"{url}/withdraw", json={"reason": "late"}), 409, "menu-closed")
    refused(await school.http.put(url, json={"reason": "late", "days": [MEAL]}), 409, "menu-closed")


async def test_same_request_twice(world_of: WorldOf) -> None:
    """A request sent again with its Idempotency-Key gets the first answer and publishes nothing new."""
    school = await School(await world_of("nutrition")).set_up()
    key = {"Idempotency-Key": "menu-1"}
    first = await school.http.post("/menus", json=b.a_menu(), headers=key)
    second = await school.http.post("/menus", json=b.a_menu(), headers=key)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    await school.world.settle()
    assert len(school.world.told_of(MenuPublished)) == 1


async def test_demand_pages(world_of: WorldOf) -> None:
    """Demand lines come in pages that join without a gap."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish()
    url, after, found = f"/menus/{menu['menu_id']}/demand", None, []
    while True:
        page = await ok(await school.http.get(url, params={"limit": 7} | ({"after": after} if after else {})))
        found += [(line["delivery_day"], line["food_code"]) for line in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == [(line["delivery_day"], line["food_code"]) for line in menu["demand"]]
    refused(await school.http.get(url, params={"after": "x"}), 422, "cursor")
    refused(await school.http.get("/menus/nothing/demand"), 404, "unknown-menu")


async def test_a_menu_is_served_once_its_meals_are_on_record(world_of: WorldOf) -> None:
    """Published, amended, and served when the last of its meals is recorded; each meal says which record is its.

    A record that is taken back, as the meal never took place, is none.
    """
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish(b.a_menu(days=b.WEEK[:2]))
    route = f"/menus/{menu['menu_id']}"
    assert menu["status"] == "published"
    change = {"reason": "more rice", "days": [MEAL | {"dish_codes": ["d02"]}, MEAL | {"day": b.WEEK[1]}]}
    assert (await ok(await school.http.put(route, json=change)))["status"] == "amended"
    first = await school.serve(day=b.WEEK[0])
    read = await ok(await school.http.get(route))
    assert read["status"] == "amended"
    assert [meal["meal_id"] for meal in read["days"]] == [first["meal_id"], None]
    second = await school.serve(day=b.WEEK[1])
    read = await ok(await school.http.get(route))
    assert (read["status"], [day["meal_id"] for day in read["days"]]) == (
        "served",
        [first["meal_id"], second["meal_id"]],
    )
    (listed,) = (await ok(await school.http.get("/menus")))["items"]
    assert (listed["status"], listed["days"][0]["meal_id"]) == ("served", first["meal_id"])
    told = await ok(await school.http.get(f"{route}/versions/1"))
    assert [meal["meal_id"] for meal in told["days"]] == [first["meal_id"], second["meal_id"]]
    nobody = {"reason": "entered for the wrong day", "headcount": 0}
    await ok(await school.http.post(f"/meals/{second['meal_id']}/corrections", json=nobody))
    read = await ok(await school.http.get(route))
    assert (read["status"], [day["meal_id"] for day in read["days"]]) == ("amended", [first["meal_id"], None])


async def test_a_menu_taken_back_is_not_served(world_of: WorldOf) -> None:
    """A menu withdrawn after its first meal stays withdrawn: what is left of it was served, the menu was not."""
    school = await School(await world_of("nutrition")).set_up()
    menu = await school.publish(b.a_menu(days=b.WEEK[:2]))
    await school.serve(day=b.WEEK[0])
    await ok(await school.http.post(f"/menus/{menu['menu_id']}/withdraw", json={"reason": "snow"}))
    read = await ok(await school.http.get(f"/menus/{menu['menu_id']}"))
    assert (read["status"], len(read["days"])) == ("withdrawn", 1)
    assert read["days"][0]["meal_id"] is not None


async def test_no_meal_needs_more_equipment_than_there_is(world_of: WorldOf) -> None:
    """Two steamed dishes do not fit one steamer; a meal planned while they did stays when its menu is amended."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/dishes", *(b.a_dish(f"s{n}", rice=40) | {"equipment": ["steamer"]} for n in (1, 2)))
    steamed = MEAL | {"dish_codes": ["s1", "s2"]}
    standing = await school.publish(b.a_menu() | {"days": [steamed]})
    await school.put("/equipment", {"canteen_id": "sch-1", "equipment_code": "steamer", "dishes_per_meal": 1})
    later = b.a_menu() | {"week_start": "2026-12-07", "days": [steamed | {"day": "2026-12-07"}]}
    answer = refused(await school.http.post("/menus", json=later), 422, "equipment-exceeded")
    assert (answer["field"], "s1, s2" in answer["detail"]) == ("days.0.dish_codes", True)
    route = f"/menus/{standing['menu_id']}"
    more = {"reason": "one more day", "days": [steamed, MEAL | {"day": b.WEEK[1], "dish_codes": ["s1"]}]}
    await ok(await school.http.put(route, json=more))
    twice = {"reason": "two more", "days": [steamed, steamed | {"day": b.WEEK[1]}]}
    assert refused(await school.http.put(route, json=twice), 422, "equipment-exceeded")["field"] == "days.1.dish_codes"
