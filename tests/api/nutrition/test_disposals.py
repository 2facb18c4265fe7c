"""Food that leaves the store uneaten."""

import asyncio
from collections import Counter
from typing import Any

from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused

URL = "/canteens/sch-1/disposals"


def disposal(food: str = "cabbage", lot: str | None = "lot-1", grams: int = 1_000, **other: Any) -> dict[str, Any]:
    """A disposal of one lot."""
    row = {"food_code": food, "lot_id": lot, "quantity_g": grams, "cause": "spoilt"} | other
    return {"disposed_by": "cook-1", "witnessed_by": "head-1", "rows": [row]}


async def a_store(world_of: WorldOf) -> School:
    """9 kg of cabbage in lot-1 from Monday, 5 kg in the recalled lot-2, 3 kg of salt nobody knows the lot of."""
    school = await School(await world_of("nutrition")).set_up()
    await school.count("salt", 3_000)
    await school.receive(("cabbage", "lot-1", 9_000), ("cabbage", "lot-2", 5_000))
    await school.recall("lot-2")
    return school


async def test_causes(world_of: WorldOf) -> None:
    """Food is disposed of for a cause that is true: it is spoilt, recalled, or past its day."""
    school = await a_store(world_of)
    await ok(await school.http.post(URL, json=disposal()))
    await ok(await school.http.post(URL, json=disposal(lot="lot-2", grams=5_000, cause="recalled")))
    for row in (disposal(cause="recalled"), disposal(cause="expired")):
        assert refused(await school.http.post(URL, json=row), 422, "cause-not-true")["field"] == "rows.0.cause"
    school.go_to("2026-12-11", 8)
    await ok(await school.http.post(URL, json=disposal(grams=8_000, cause="expired")))
    await ok(await school.http.post(URL, json=disposal("salt", None, 1_000)))
    stock = await school.stock()
    assert ("cabbage" in stock, stock["salt"]["on_hand_g"]) == (False, 2_000)
    page = await ok(await school.http.get(URL, params={"limit": 3}))
    rest = await ok(await school.http.get(URL, params={"after": page["next"]}))
    kept = [(one["lot_id"], one["quantity_g"], one["cause"]) for one in page["items"] + rest["items"]]
    assert kept == [
        ("lot-1", 1_000, "spoilt"),
        ("lot-2", 5_000, "recalled"),
        ("lot-1", 8_000, "expired"),
        (None, 1_000, "spoilt"),
    ]


async def test_no_more_than_is_there(world_of: WorldOf) -> None:
    """What is disposed of at the same moment and twice in a body is there, or nothing of it goes."""
    school = await a_store(world_of)
    answers = await asyncio.gather(*(school.http.post(URL, json=disposal(grams=4_000)) for _ in range(3)))
    assert Counter(answer.status_code for answer in answers) == {201: 2, 409: 1}
    twice = disposal(grams=600)
    twice["rows"] *= 2
    assert refused(await school.http.post(URL, json=twice), 409, "more-than-there")["field"] == "rows.1.quantity_g"
    refused(await school.http.post(URL, json=disposal(lot="lot-9")), 409, "more-than-there")
    lots = {lot["lot_id"]: lot["on_hand_g"] for lot in (await school.stock())["cabbage"]["lots"]}
    assert lots == {"lot-1": 1_000, "lot-2": 5_000}


async def test_bad_disposals(world_of: WorldOf) -> None:
    """Nobody is a witness of what he does himself; a canteen nobody knows has no store."""
    school = await a_store(world_of)
    own = disposal() | {"witnessed_by": "cook-1"}
    refused(await school.http.post(URL, json=own), 422, "invalid-input")
    refused(await school.http.post(URL, json=disposal(grams=0)), 422, "invalid-input")
    refused(await school.http.post("/canteens/sch-9/disposals", json=disposal()), 404, "unknown-canteen")
    refused(await school.http.get("/canteens/sch-9/disposals"), 404, "unknown-canteen")
    assert (await ok(await school.http.get(URL)))["items"] == []


async def test_what_was_disposed_of_is_not_cooked(world_of: WorldOf) -> None:
    """A meal cooks what is left after food was disposed of."""
    school = await a_store(world_of)
    await school.publish(b.a_menu(days=b.WEEK[:1]))
    school.go_to(b.WEEK[0], 8)
    await ok(await school.http.post(URL, json=disposal(grams=2_000)))
    meal = await school.serve()
    assert {one["lot_id"]: one["quantity_g"] for one in meal["used"]} == {"lot-1": 7_000, None: 100}
