"""The kitchen's day in one answer."""

from typing import Any

from tests import builders as b
from tests.api.nutrition.school import School
from tests.api.nutrition.test_samples import SAMPLES
from tests.conftest import WorldOf
from tests.world import ok, refused

HEADS = {"6-8": 40, "12-14": 60}
LUNCH = {"day": b.WEEK[0], "meal": "lunch", "dish_codes": ["d01", "d04"], "headcounts": HEADS}


async def a_kitchen(world_of: WorldOf) -> School:
    """A school that plans Monday's lunch of d01 and fruit, and Tuesday's."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/dishes", b.a_dish("d04", cabbage=34) | {"category": "fruit"})
    await school.publish(b.a_menu() | {"days": [LUNCH, LUNCH | {"day": b.WEEK[1]}]})
    return school


async def the_day(school: School, day: str = b.WEEK[0]) -> dict[str, Any]:
    """Return a day of the kitchen."""
    answer: dict[str, Any] = await ok(await school.http.get("/canteens/sch-1/day", params={"day": day}))
    return answer


def tasks(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Return what is to be done."""
    return [(one["task"], one["dish_code"]) for one in answer["tasks"]]


async def test_what_to_cook(world_of: WorldOf) -> None:
    """Each dish shows its grams per band and food, summing exactly; the day's foods show grams as bought."""
    school = await a_kitchen(world_of)
    day = await the_day(school)
    (meal,) = day["meals"]
    assert (meal["planned_headcount"], meal["planned_headcounts"], meal["served"]) == (100, HEADS, None)
    d01, d04 = meal["dishes"]
    assert (d01["dish_code"], d01["name_en"], d01["hot"], d04["hot"]) == (
        "d01",
        "Rice with cabbage and pork",
        True,
        False,
    )
    # 206 g for ages 9 to 11, 0.85 of it for 40 younger and 1.15 of it for 60 older children.
    assert d01["net_g"] == (206 * (40 * 850 + 60 * 1150) + 500) // 1000
    assert [(one["age_band"], one["eaters"], one["portion_g"]) for one in d01["bands"]] == [
        ("6-8", 40, 175),
        ("12-14", 60, 237),
    ]
    for dish in (d01, d04):
        assert sum(one["net_g"] for one in dish["bands"]) == dish["net_g"]
        assert sum(one["net_g"] for one in dish["ingredients"]) == dish["net_g"]
    foods = {one["food_code"]: one for one in day["foods"]}
    assert foods["rice"]["needed_g"] == meal["planned_g"]["rice"] == 10_300
    # (85 + 34) g of cabbage, of which 85 % can be eaten
    assert foods["cabbage"]["needed_g"] == 14_420
    assert foods["rice"]["name_zh"] == "大米"
    assert (day["tasks"], day["timers"]) == ([], [])


async def test_what_is_in_the_store(world_of: WorldOf) -> None:
    """The day's foods show what of the store is fit to be cooked, and what has to be cleared out of it."""
    school = await a_kitchen(world_of)
    await school.receive(("rice", "lot-1", 9_000), ("cabbage", "lot-2", 6_000), ("cabbage", "lot-3", 7_000))
    await school.receive(("cabbage", "lot-4", 500), day="2026-11-10", receipt_id="r-4")
    await school.recall("lot-3")
    foods = {one["food_code"]: one for one in (await the_day(school))["foods"]}
    names = ("usable_g", "recalled_g", "expired_g")
    assert [foods["rice"][name] for name in names] == [9_000, 0, 0]
    assert [foods["cabbage"][name] for name in names] == [6_000, 7_000, 500]
    assert tasks(await the_day(school)) == [("clear_store", None)]


async def test_what_is_to_be_done(world_of: WorldOf) -> None:
    """Through the day the tasks become fewer: samples, record, temperatures, log, leftovers; at last the samples go."""
    school = await a_kitchen(world_of)
    school.go_to(b.WEEK[0], 11)
    assert tasks(await the_day(school)) == [("take_sample", "d01"), ("take_sample", "d04"), ("record_meal", None)]
    samples = [{"dish_code": code, "quantity_g": 130} for code in ("d01", "d04")]
    await ok(await school.http.post("/samples", json=SAMPLES | {"samples": samples}))
    assert tasks(await the_day(school)) == [("record_meal", None)]
    meal = await school.serve(90)
    left = [("measure_temperature", "d01"), ("log_meal", None), ("weigh_leftovers", None)]
    assert tasks(await the_day(school)) == left
    url = f"/meals/{meal['meal_id']}"
    await ok(await school.http.post(f"{url}/temperatures", json={"temperatures": [{"dish_code": "d01", "core_c": 70}]}))
    entry = {"canteen_id": "sch-1", "day": b.WEEK[0], "meal": "lunch", "person": "head-1"}
    verdict = dict.fromkeys(("taste", "look", "temperature"), "good")
    await ok(await school.http.post("/meal-logs", json=entry | verdict))
    await ok(await school.http.put(f"{url}/leftovers", json={"leftovers": []}))
    day = await the_day(school)
    assert tasks(day) == []
    (shown,) = day["meals"]
    assert (shown["served"]["headcount"], shown["logged"], shown["open_problems"]) == (90, True, 0)
    assert shown["dishes"][0]["temperature"]["core_c"] == 70
    assert [(one["dish_code"], one["ready"], one["keep_until"]) for one in day["timers"]] == [
        ("d01", False, "2026-12-02T03:00:00Z"),
        ("d04", False, "2026-12-02T03:00:00Z"),
    ]
    school.go_to(b.WEEK[2], 11)
    day = await the_day(school, b.WEEK[2])
    assert (day["meals"], tasks(day)) == ([], [("discard_samples", None)])
    problem = {"canteen_id": "sch-1", "day": b.WEEK[0], "meal": "lunch", "kind": "smell", "said": "sour"}
    await ok(await school.http.post("/problems", json=problem))
    day = await the_day(school)
    assert (tasks(day), {one["ready"] for one in day["timers"]}) == ([], {False})
    assert (day["meals"][0]["open_problems"], day["timers"][0]["held_for"][0]["kind"]) == (1, "problem")


async def test_a_warm_fridge_is_a_task(world_of: WorldOf) -> None:
    """While samples lie in a place that is too warm, somebody is to look at it."""
    school = await a_kitchen(world_of)
    school.go_to(b.WEEK[0], 11)
    one = [{"dish_code": "d01", "quantity_g": 130}]
    warm = SAMPLES | {"samples": one, "temperature_c": 15, "remark": "power cut"}
    await ok(await school.http.post("/samples", json=warm))
    day = await the_day(school)
    assert (day["timers"][0]["alarm"], tasks(day)[-1]) == ("too_warm", ("look_at_place", None))


async def test_nobody_cooks(world_of: WorldOf) -> None:
    """A day without a menu is an empty day; a canteen nobody knows is not found."""
    school = await a_kitchen(world_of)
    day = await the_day(school, "2026-12-05")
    assert (day["meals"], day["foods"], day["tasks"]) == ([], [], [])
    refused(await school.http.get("/canteens/sch-9/day", params={"day": b.WEEK[0]}), 404, "unknown-canteen")
    refused(await school.http.get("/canteens/sch-1/day"), 422, "invalid-input")
