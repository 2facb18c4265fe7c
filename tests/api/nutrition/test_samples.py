"""Samples: what is kept of every dish of every meal."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from shared.events.kitchen import SamplesKept
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused

LUNCH = {"day": b.WEEK[0], "meal": "lunch", "dish_codes": ["d01", "d02"]}
SAMPLES: dict[str, Any] = {
    "canteen_id": "sch-1",
    "day": b.WEEK[0],
    "meal": "lunch",
    "place": "fridge-1",
    "temperature_c": 4.0,
    "taken_by": "cook-1",
    "samples": [{"dish_code": "d01", "quantity_g": 125}, {"dish_code": "d02", "quantity_g": 140}],
}


async def a_lunch(school: School, *, served: bool = True) -> dict[str, Any]:
    """Monday's lunch of d01 and d02, cooked from lot-1 and lot-2, and its samples taken at noon; returns the meal."""
    await school.set_up()
    await school.publish(b.a_menu() | {"days": [LUNCH, LUNCH | {"day": b.WEEK[1]}]})
    await school.receive(("rice", "lot-1", 15_000), ("cabbage", "lot-2", 20_000))
    school.go_to(b.WEEK[0], 12)
    await ok(await school.http.post("/samples", json=SAMPLES))
    return await school.serve() if served else {}


async def due(school: School, **query: Any) -> dict[str, Any]:
    """Return what is due at the school."""
    answer: dict[str, Any] = await ok(await school.http.get("/samples/due", params=query or {"canteen_id": "sch-1"}))
    return answer


async def kept(school: School, **query: Any) -> list[dict[str, Any]]:
    """Return samples by dish."""
    items = (await ok(await school.http.get("/samples", params=query)))["items"]
    return sorted(items, key=lambda sample: sample["dish_code"])


async def discard(school: School, samples: list[dict[str, Any]]) -> httpx.Response:
    """Ask for samples to be discarded."""
    body = {"sample_ids": [sample["sample_id"] for sample in samples], "discarded_by": "cook-2"}
    return await school.http.post("/samples/discards", json=body)


async def test_others_hear_what_is_kept_and_what_is_gone(world_of: WorldOf) -> None:
    """A meal's samples are told when they are taken, and each once more when it has left the cold, once."""
    school = School(await world_of("nutrition"))
    meal = await a_lunch(school)
    await ok(await school.http.post("/samples", json=SAMPLES))
    samples = await kept(school, meal_id=meal["meal_id"])
    given = {"handed_to": "county-lab", "handed_by": "cook-1", "reason": "pupils felt sick"}
    for _ in range(2):
        await ok(await school.http.post(f"/samples/{samples[0]['sample_id']}/hand-over", json=given))
    school.go_to(b.WEEK[2], 12)
    for _ in range(2):
        await ok(await discard(school, samples[1:]))
    await school.world.settle()
    told = school.world.told_of(SamplesKept)
    assert {(one.meal_id, one.canteen_id, str(one.day)) for one in told} == {(meal["meal_id"], "sch-1", b.WEEK[0])}
    states = [sorted((one.dish_code, one.quantity_g, one.state) for one in each.samples) for each in told]
    assert states == [
        [("d01", 125, "kept"), ("d02", 140, "kept")],
        [("d01", 125, "handed_over")],
        [("d02", 140, "discarded")],
    ]
    assert [one.ended_at is None for each in told for one in each.samples] == [True, True, False, False]


async def test_48_hours(world_of: WorldOf) -> None:
    """A sample is kept 48 hours to the minute; then it may be discarded, which is written down once."""
    school = School(await world_of("nutrition"))
    meal = await a_lunch(school)
    samples = await kept(school, meal_id=meal["meal_id"])
    assert [(one["dish_code"], one["quantity_g"], one["state"]) for one in samples] == [
        ("d01", 125, "kept"),
        ("d02", 140, "kept"),
    ]
    assert samples[0]["keep_until"] == "2026-12-02T04:00:00Z"
    now = await due(school)
    assert (now["discardable"]["total"], now["waiting"], now["next_at"]) == (0, 2, "2026-12-02T04:00:00Z")
    school.go_to(b.WEEK[2], 11)
    refusal = refused(await discard(school, samples), 409, "sample-too-young")
    assert refusal["field"] == "sample_ids.0"
    assert "2026-12-02T04:00:00" in refusal["detail"]
    school.go_to(b.WEEK[2], 12)
    assert [one["dish_code"] for one in (await due(school))["discardable"]["items"]] == ["d01", "d02"]
    gone = await ok(await discard(school, samples))
    assert {(one["state"], one["ended_by"], one["ended_at"]) for one in gone} == {
        ("discarded", "cook-2", "2026-12-02T04:00:00Z")
    }
    school.go_to(b.WEEK[2], 13)
    assert await ok(await discard(school, samples)) == gone
    assert (await due(school))["discardable"] == {"total": 0, "items": []}


async def test_told_again(world_of: WorldOf) -> None:
    """The same samples told twice, at the same moment too, are kept once; told differently it is a conflict."""
    school = School(await world_of("nutrition"))
    await a_lunch(school, served=False)
    answers = await asyncio.gather(*(school.http.post("/samples", json=SAMPLES) for _ in range(3)))
    assert Counter(answer.status_code for answer in answers) == {200: 3}
    heavier = SAMPLES | {"samples": [SAMPLES["samples"][0], {"dish_code": "d02", "quantity_g": 150}]}
    refusal = refused(await school.http.post("/samples", json=heavier), 409, "sample-taken")
    assert refusal["field"] == "samples.1.dish_code"
    assert len(await kept(school)) == 2
    tuesday = SAMPLES | {"day": b.WEEK[1]}
    school.go_to(b.WEEK[1], 12)
    answers = await asyncio.gather(*(school.http.post("/samples", json=tuesday) for _ in range(3)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 2}
    assert len(await kept(school)) == 4


def _rows(**other: Any) -> dict[str, Any]:
    return {"samples": [{"dish_code": "d01", "quantity_g": 130} | other]}


BAD: list[tuple[dict[str, Any], int, str, str]] = [
    ({"canteen_id": "sch-9"}, 404, "unknown-canteen", "canteen_id"),
    ({"day": b.WEEK[1]}, 422, "other-day", "taken_at"),
    ({"meal": "dinner"}, 422, "meal-not-planned", "meal"),
    ({"taken_at": "2026-11-30T12:30:00+08:00"}, 422, "in-future", "taken_at"),
    ({"taken_at": "2026-11-29T12:00:00+08:00"}, 422, "other-day", "taken_at"),
    ({"taken_at": "0001-01-01T00:00:00+14:00"}, 422, "long-ago", "taken_at"),
    ({"temperature_c": 8.1}, 422, "remark-required", "remark"),
    ({"temperature_c": -0.5}, 422, "remark-required", "remark"),
    ({"temperature_c": 500}, 422, "invalid-input", "body.temperature_c"),
    (_rows(quantity_g=1), 422, "sample-too-small", "samples.0.quantity_g"),
    (_rows(quantity_g=124), 422, "sample-too-small", "samples.0.quantity_g"),
    (_rows(quantity_g=0, not_enough="?"), 422, "invalid-input", "body.samples.0.quantity_g"),
    (_rows(quantity_g=5_001), 422, "invalid-input", "body.samples.0.quantity_g"),
    (_rows(quantity_g=5, not_enough=" "), 422, "invalid-input", "body.samples.0.not_enough"),
    (_rows(dish_code="d03"), 422, "dish-not-in-meal", "samples.0.dish_code"),
    ({"samples": _rows()["samples"] * 2}, 422, "sample-twice", "samples.1.dish_code"),
    ({"samples": []}, 422, "invalid-input", "body.samples"),
]


async def test_bad_samples(world_of: WorldOf) -> None:
    """Samples that break a rule are refused naming field and rule, and none of them is kept."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu() | {"days": [LUNCH, LUNCH | {"day": b.WEEK[1]}]})
    school.go_to(b.WEEK[0], 12)
    for body, status, rule, field in BAD:
        assert refused(await school.http.post("/samples", json=SAMPLES | body), status, rule)["field"] == field
    assert await kept(school) == []


async def test_not_enough_left(world_of: WorldOf) -> None:
    """Where less was left, less is kept, with the reason; written down after its day it is marked as late."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu() | {"days": [LUNCH]})
    school.go_to(b.WEEK[1], 8)
    body = SAMPLES | _rows(quantity_g=60, not_enough="all was eaten") | {"taken_at": "2026-11-30T12:00:00+08:00"}
    (sample,) = await ok(await school.http.post("/samples", json=body))
    assert (sample["quantity_g"], sample["not_enough"], sample["late"]) == (60, "all was eaten", True)
    assert await ok(await school.http.get(f"/samples/{sample['sample_id']}")) == sample
    refused(await school.http.get("/samples/nothing"), 404, "unknown-sample")


async def test_missing(world_of: WorldOf) -> None:
    """Of a meal that was served the dishes without a sample are listed, for a week; elsewhere nothing is missing."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu() | {"days": [LUNCH, LUNCH | {"day": b.WEEK[1]}]})
    meal = await school.serve()
    await ok(await school.http.post("/samples", json=SAMPLES | {"samples": SAMPLES["samples"][:1]}))
    for query in ({"canteen_id": "sch-1"}, {"county_code": b.COUNTY}):
        assert (await due(school, **query))["missing"] == {
            "total": 1,
            "items": [
                {
                    "meal_id": meal["meal_id"],
                    "canteen_id": "sch-1",
                    "day": b.WEEK[0],
                    "meal": "lunch",
                    "dish_code": "d02",
                }
            ],
        }
    assert (await due(school, county_code="520000"))["missing"]["total"] == 0
    school.go_to("2026-12-07", 12)
    assert (await due(school))["missing"]["total"] == 1
    school.go_to("2026-12-08", 12)
    assert (await due(school))["missing"]["total"] == 0
    refused(await school.http.get("/samples/due"), 422, "scope-missing")
    refused(await school.http.get("/samples/due", params={"canteen_id": "sch-9"}), 404, "unknown-canteen")


@pytest.mark.parametrize("corrected", [False, True])
@pytest.mark.parametrize("recalled_first", [False, True])
async def test_recall_holds_the_sample(world_of: WorldOf, recalled_first: bool, corrected: bool) -> None:
    """Samples of a meal cooked from a recalled lot stay, whenever the recall comes, and leave only to be tested."""
    school = School(await world_of("nutrition"))
    meal = await a_lunch(school)
    if recalled_first:
        await school.recall("lot-2")
    school.go_to(b.WEEK[2], 12)
    if corrected:
        body = {"headcount": 40, "reason": "typed wrong"}
        await ok(await school.http.post(f"/meals/{meal['meal_id']}/corrections", json=body))
    if not recalled_first:
        await school.recall("lot-2")
    samples = await kept(school, lot_id="lot-2")
    assert len(samples) == 2
    assert samples[0]["held_for"] == [{"kind": "recall", "id": "lot-2"}]
    assert refused(await discard(school, samples), 409, "sample-held")["field"] == "sample_ids.0"
    now = await due(school)
    assert (now["discardable"]["total"], now["held"]["total"]) == (0, 2)
    body = {"handed_to": "lab-1", "handed_by": "cook-1", "reason": "recall of cabbage"}
    url = f"/samples/{samples[0]['sample_id']}/hand-over"
    given = await ok(await school.http.post(url, json=body))
    assert (given["state"], given["handed_to"], given["held_for"]) == ("handed_over", "lab-1", [])
    assert await ok(await school.http.post(url, json=body)) == given
    refused(await school.http.post(url, json=body | {"handed_to": "lab-2"}), 409, "sample-gone")
    refused(await discard(school, samples[:1]), 409, "sample-handed-over")
    refused(await school.http.post("/samples/nothing/hand-over", json=body), 404, "unknown-sample")


async def test_a_correction_frees_no_sample(world_of: WorldOf) -> None:
    """A lot that a meal took before it was corrected still holds the meal's samples: it may have been in the pot."""
    school = School(await world_of("nutrition"))
    meal = await a_lunch(school)
    url = f"/meals/{meal['meal_id']}/corrections"
    corrected = await ok(await school.http.post(url, json={"headcount": 1, "reason": "typed wrong"}))
    assert {one["lot_id"] for one in corrected["used"]} == {"lot-1", "lot-2"}
    tuesday = await school.serve(day=b.WEEK[1])
    assert [one["lot_id"] for one in tuesday["used"]] == ["lot-2", "lot-1"]
    body = SAMPLES | {"day": b.WEEK[1]}
    await ok(await school.http.post("/samples", json=body))
    await school.receive(("rice", "lot-9", 90_000), day=b.WEEK[1], receipt_id="r-9")
    url = f"/meals/{tuesday['meal_id']}/corrections"
    more = await ok(await school.http.post(url, json={"headcount": 200, "reason": "two classes came late"}))
    assert "lot-9" in {one["lot_id"] for one in more["used"]}
    less = await ok(await school.http.post(url, json={"headcount": 20, "reason": "they did not"}))
    assert "lot-9" not in {one["lot_id"] for one in less["used"]}
    await school.recall("lot-9")
    samples = await kept(school, lot_id="lot-9")
    assert [one["day"] for one in samples] == [b.WEEK[1]] * 2
    assert samples[0]["held_for"] == [{"kind": "recall", "id": "lot-9"}]


async def test_samples_of_a_lot(world_of: WorldOf) -> None:
    """From a lot the kept samples of all meals cooked from it are found, and of no others."""
    school = School(await world_of("nutrition"))
    meal = await a_lunch(school)
    school.go_to(b.WEEK[1], 12)
    await ok(await school.http.post("/samples", json=SAMPLES | {"day": b.WEEK[1]}))
    await school.serve(day=b.WEEK[1])
    # Monday took all of lot-1's rice; of lot-2's cabbage something was left for Tuesday.
    assert {one["meal_id"] for one in await kept(school, lot_id="lot-1")} == {meal["meal_id"]}
    assert len(await kept(school, lot_id="lot-2")) == 4
    assert await kept(school, lot_id="lot-3") == []
    assert len(await kept(school, day=b.WEEK[1], state="kept")) == 2


async def test_a_meal_nobody_recorded(world_of: WorldOf) -> None:
    """Without its meal on record nobody knows a sample's lots: it stays until the meal is recorded."""
    school = School(await world_of("nutrition"))
    await a_lunch(school, served=False)
    school.go_to(b.WEEK[3], 12)
    samples = await kept(school)
    refused(await discard(school, samples), 409, "meal-not-recorded")
    await school.serve(go=False)
    assert {one["state"] for one in await ok(await discard(school, samples))} == {"discarded"}


async def test_all_or_none(world_of: WorldOf) -> None:
    """Of samples to be discarded together none goes when one may not."""
    school = School(await world_of("nutrition"))
    await a_lunch(school)
    school.go_to(b.WEEK[1], 12)
    await ok(await school.http.post("/samples", json=SAMPLES | {"day": b.WEEK[1]}))
    school.go_to(b.WEEK[2], 12)
    monday, tuesday = await kept(school, day=b.WEEK[0]), await kept(school, day=b.WEEK[1])
    assert refused(await discard(school, [*monday, *tuesday]), 409, "sample-too-young")["field"] == "sample_ids.2"
    unknown = {"sample_id": "nothing"}
    assert refused(await discard(school, [*monday, unknown]), 404, "unknown-sample")["field"] == "sample_ids.2"
    assert {one["state"] for one in await kept(school)} == {"kept"}


async def test_the_place_is_looked_at(world_of: WorldOf) -> None:
    """The last look at a place since a sample was put there says whether it is kept too warm."""
    school = School(await world_of("nutrition"))
    await a_lunch(school)
    look = {"canteen_id": "sch-1", "place": "fridge-1", "temperature_c": 11.5, "measured_by": "cook-1"}
    refused(await school.http.post("/sample-readings", json=look), 422, "remark-required")
    before = look | {"measured_at": "2026-11-30T07:00:00+08:00", "remark": "door open"}
    assert (await ok(await school.http.post("/sample-readings", json=before)))["alarm"] == "too_warm"
    assert (await due(school))["out_of_range"]["total"] == 0
    school.go_to(b.WEEK[0], 15)
    warm = look | {"remark": "power cut; moved to the other fridge"}
    await ok(await school.http.post("/sample-readings", json=warm))
    bad = (await due(school))["out_of_range"]
    assert [(one["sample"]["dish_code"], one["alarm"], one["latest_c"]) for one in bad["items"]] == [
        ("d01", "too_warm", 11.5),
        ("d02", "too_warm", 11.5),
    ]
    again = await school.http.post("/sample-readings", json=warm | {"temperature_c": 3})
    assert refused(again, 409, "reading-taken")["field"] == "temperature_c"
    school.go_to(b.WEEK[0], 16)
    await ok(await school.http.post("/sample-readings", json=look | {"temperature_c": 3}))
    assert (await due(school))["out_of_range"]["total"] == 0
    page = await ok(await school.http.get("/sample-readings", params={"canteen_id": "sch-1", "limit": 2}))
    rest = {"canteen_id": "sch-1", "after": page["next"]}
    items = page["items"] + (await ok(await school.http.get("/sample-readings", params=rest)))["items"]
    assert [one["temperature_c"] for one in items] == [11.5, 11.5, 3]
    refused(await school.http.get("/sample-readings", params=rest | {"after": "x"}), 422, "cursor")


async def test_put_into_a_warm_place(world_of: WorldOf) -> None:
    """A sample put into a place that is too warm is kept with a remark, and is shown until somebody looked again."""
    school = await School(await world_of("nutrition")).set_up()
    await school.publish(b.a_menu() | {"days": [LUNCH]})
    await school.serve()
    body = SAMPLES | {"temperature_c": 12, "remark": "the fridge was just switched on"}
    await ok(await school.http.post("/samples", json=body))
    assert (await due(school))["out_of_range"]["total"] == 2
