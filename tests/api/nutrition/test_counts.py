"""Counting single lots, what is about to expire, and what happened to a food."""

from typing import Any

import pytest

from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused

URL = "/canteens/sch-1/stock-counts"
STOCK = "/canteens/sch-1/stock"


def counted(grams: int, lot: str | None = "lot-1", food: str = "cabbage", **other: Any) -> dict[str, Any]:
    """What somebody found of one lot."""
    row = {"food_code": food, "lot_id": lot, "counted_g": grams, "reason": "outer leaves taken off"} | other
    return {"counted_by": "cook-1", "rows": [row]}


async def a_store(world_of: WorldOf) -> School:
    """9 kg of cabbage in lot-1 and 5 kg in lot-2 from Monday, 3 kg of salt nobody knows the lot of."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("salt", 3_000)
    await school.receive(("cabbage", "lot-1", 9_000), receipt_id="r-1")
    await school.receive(("cabbage", "lot-2", 5_000), receipt_id="r-2", day=b.WEEK[2])
    return school


async def lots(school: School, food: str = "cabbage") -> dict[str | None, int]:
    """Return the grams on hand by lot."""
    there = (await school.stock()).get(food, {"lots": []})
    return {lot["lot_id"]: lot["on_hand_g"] for lot in there["lots"]}


async def test_a_lot_is_what_was_counted(world_of: WorldOf) -> None:
    """A count sets one lot, up or down to nothing; its day and other lots stay; what the books said is kept."""
    school = await a_store(world_of)
    before = (await school.stock())["cabbage"]["lots"]
    (kept,) = await ok(await school.http.post(URL, json=counted(8_200)))
    assert (kept["before_g"], kept["counted_g"], kept["counted_by"]) == (9_000, 8_200, "cook-1")
    assert await lots(school) == {"lot-1": 8_200, "lot-2": 5_000}
    assert (await school.stock())["cabbage"]["lots"][0]["use_by"] == before[0]["use_by"]
    await ok(await school.http.post(URL, json=counted(0)))
    assert await lots(school) == {"lot-2": 5_000}
    await ok(await school.http.post(URL, json=counted(300, reason="found behind the shelf")))
    await ok(await school.http.post(URL, json=counted(2_900, None, "salt")))
    assert (await lots(school), await lots(school, "salt")) == ({"lot-1": 300, "lot-2": 5_000}, {None: 2_900})
    page = await ok(await school.http.get(URL, params={"food_code": "cabbage"}))
    assert [(one["before_g"], one["counted_g"]) for one in page["items"]] == [(9_000, 8_200), (8_200, 0), (0, 300)]
    everything = (await ok(await school.http.get(URL)))["items"]
    assert [(one["food_code"], one["before_g"], one["reason"]) for one in everything if one["food_code"] == "salt"] == [
        ("salt", 0, ""),
        ("salt", 3_000, "outer leaves taken off"),
    ]


@pytest.mark.parametrize(
    ("body", "status", "rule", "field"),
    [
        (counted(10, "lot-9"), 404, "unknown-lot", "rows.0.lot_id"),
        (counted(10, None), 404, "unknown-lot", "rows.0.lot_id"),
        (counted(-1), 422, "invalid-input", "body.rows.0.counted_g"),
        (counted(1, reason=" "), 422, "invalid-input", "body.rows.0.reason"),
        ({"counted_by": "cook-1", "rows": 2 * counted(10)["rows"]}, 422, "twice-in-body", "rows.1.lot_id"),
    ],
)
async def test_nonsense_is_refused(world_of: WorldOf, body: dict[str, Any], status: int, rule: str, field: str) -> None:
    """Lots that never came, fewer grams than none, no reason and a lot named twice are refused; nothing is changed."""
    school = await a_store(world_of)
    assert refused(await school.http.post(URL, json=body), status, rule)["field"] == field
    assert await lots(school) == {"lot-1": 9_000, "lot-2": 5_000}


async def test_counts_of_an_unknown_canteen(world_of: WorldOf) -> None:
    """Nobody counts where there is no store."""
    school = await a_store(world_of)
    refused(await school.http.post("/canteens/nowhere/stock-counts", json=counted(10)), 404, "unknown-canteen")
    refused(await school.http.get("/canteens/nowhere/stock-counts"), 404, "unknown-canteen")


async def test_what_was_counted_stands(world_of: WorldOf) -> None:
    """A receipt corrected after the lot was counted on a later day changes the lot no more, nor does a meal."""
    school = await a_store(world_of)
    await school.publish(b.a_menu(days=b.WEEK[:1]))
    meal = await school.serve(50)
    school.go_to(b.WEEK[1], 9)
    await ok(await school.http.post(URL, json=counted(3_900)))
    await school.receive(("cabbage", "lot-1", 8_000), receipt_id="r-1", version=2)
    body = {"headcount": 20, "reason": "two figures were swapped"}
    await ok(await school.http.post(f"/meals/{meal['meal_id']}/corrections", json=body))
    assert (await lots(school))["lot-1"] == 3_900
    await school.receive(("cabbage", "lot-2", 4_500), receipt_id="r-2", version=2, day=b.WEEK[2])
    assert (await lots(school))["lot-2"] == 4_500


async def test_what_expires(world_of: WorldOf) -> None:
    """Lots that expire within some days are listed with what of them no menu takes by then; recalled ones are not."""
    school = await a_store(world_of)
    await school.receive(("pork", "lot-3", 4_000), receipt_id="r-3")
    await school.recall("lot-3")
    await school.publish(b.a_menu(days=b.WEEK[3:4]))
    school.go_to(b.WEEK[3], 7)
    near = await ok(await school.http.get(f"{STOCK}/expiring"))
    assert near == []
    near = await ok(await school.http.get(f"{STOCK}/expiring", params={"days": 7}))
    assert [(lot["lot_id"], lot["use_by"], lot["days_left"], lot["on_hand_g"], lot["at_risk_g"]) for lot in near] == [
        ("lot-1", "2026-12-10", 7, 9_000, 0)
    ]
    both = await ok(await school.http.get(f"{STOCK}/expiring", params={"days": 9}))
    assert [(lot["lot_id"], lot["at_risk_g"]) for lot in both] == [("lot-1", 0), ("lot-2", 4_000)]
    school.go_to("2026-12-12", 7)
    late = await ok(await school.http.get(f"{STOCK}/expiring", params={"days": 0}))
    assert [(lot["lot_id"], lot["days_left"], lot["at_risk_g"]) for lot in late] == [
        ("lot-1", -2, 9_000),
        ("lot-2", 0, 5_000),
    ]
    refused(await school.http.get(f"{STOCK}/expiring", params={"days": 61}), 422, "invalid-input")
    refused(await school.http.get("/canteens/nowhere/stock/expiring"), 404, "unknown-canteen")


async def test_movements_sum_to_what_is_there(world_of: WorldOf) -> None:
    """Received, cooked, disposed of and counted: a lot's movements make what is on hand, each with its source."""
    school = await a_store(world_of)
    await school.publish(b.a_menu(days=b.WEEK[:1]))
    meal = await school.serve(50)
    gone = {"food_code": "cabbage", "lot_id": "lot-1", "quantity_g": 500, "cause": "spoilt"}
    await ok(await school.http.post("/canteens/sch-1/disposals", json={"disposed_by": "cook-1", "rows": [gone]}))
    await ok(await school.http.post(URL, json=counted(3_400)))
    params = {"food_code": "cabbage", "from": b.WEEK[0], "to": b.WEEK[4]}
    told = await ok(await school.http.get(f"{STOCK}/movements", params=params))
    assert [(one["day"], one["movement"], one["lot_id"], one["change_g"]) for one in told] == [
        (b.WEEK[0], "received", "lot-1", 9_000),
        (b.WEEK[0], "cooked", "lot-1", -5_000),
        (b.WEEK[0], "disposed", "lot-1", -500),
        (b.WEEK[0], "counted", "lot-1", -100),
        (b.WEEK[2], "received", "lot-2", 5_000),
    ]
    assert told[1]["source_id"] == meal["meal_id"]
    one_lot = await ok(await school.http.get(f"{STOCK}/movements", params=params | {"lot_id": "lot-1"}))
    assert sum(one["change_g"] for one in one_lot) == (await lots(school))["lot-1"] == 3_400
    backwards = await school.http.get(f"{STOCK}/movements", params=params | {"to": "2026-11-29"})
    assert refused(backwards, 422, "ends-before-it-begins")["field"] == "to"
    refused(await school.http.get(f"{STOCK}/movements", params=params | {"to": "2027-11-29"}), 422, "too-many-days")
