"""The standards' routes."""

from pathlib import Path
from typing import Any

import pytest

from services.nutrition.standards.library import FOLDER, library
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused


async def test_standards_are_listed_with_what_was_refused(world_of: WorldOf) -> None:
    """Everybody sees which standards there are; none of the committed files is refused."""
    http = (await world_of("nutrition")).client("nutrition")
    found = await ok(await http.get("/standards"))
    assert [item["standard_id"] for item in found["items"]] == ["br-pnae-2020", "us-nslp-2024", "wst554-2017"]
    assert found["refused"] == []


async def test_a_standard_is_shown_as_its_file_says_it(world_of: WorldOf) -> None:
    """Numbers and their state of verification are those of the file."""
    http = (await world_of("nutrition")).client("nutrition")
    shown = await ok(await http.get("/standards/wst554-2017"))
    assert shown["nutrients"][0]["daily"]["m"] == [1700, 2100, 2450, 2900]
    assert "FROM MEMORY" in shown["nutrients"][0]["verified"]
    refused(await http.get("/standards/moon-2030"), 404, "unknown-standard")


async def test_the_requirement_of_a_canteen_is_that_of_its_pupils(world_of: WorldOf) -> None:
    """sch-1 feeds girls of 9 to 11 at lunch: 35 % of 1,900 kcal, less the tolerance."""
    school = await School(await world_of("nutrition")).set_up()
    asked = await ok(await school.http.get("/standards/wst554-2017/requirement", params={"canteen_id": "sch-1"}))
    energy = next(target for target in asked["targets"] if target["key"] == "energy_kcal")
    assert round(energy["low"], 1) == 598.5
    assert (asked["meals"], asked["pupils"]) == (["lunch"], 100)
    nobody = await school.http.get("/standards/wst554-2017/requirement", params={"canteen_id": "sch-9"})
    refused(nobody, 404, "unknown-canteen")


async def test_an_empty_school_has_no_requirement(world_of: WorldOf) -> None:
    """Nobody enrolled: refused, naming the rule, not divided by zero."""
    school = await School(await world_of("nutrition")).set_up(headcounts=[])
    asked = await school.http.get("/standards/wst554-2017/requirement", params={"canteen_id": "sch-1"})
    refused(asked, 422, "headcount-zero")


async def test_a_requirement_is_worked_out_for_any_headcount(world_of: WorldOf) -> None:
    """So many pupils at such meals, on a day: what a standard would ask; nonsense is refused by field and rule."""
    http = (await world_of("nutrition")).client("nutrition")
    eaters = [{"age_band": "9-11", "sex": "m", "pupils": 3}, {"age_band": "9-11", "sex": "f", "pupils": 1}]
    body = {"headcounts": eaters, "meals": ["lunch"]}
    asked = await ok(await http.post("/standards/wst554-2017/requirement", json=body))
    energy = next(target for target in asked["targets"] if target["key"] == "energy_kcal")
    assert energy["low"] == pytest.approx((3 * 2100 + 1900) / 4 * 0.35 * 0.9)
    assert (asked["pupils"], asked["canteen_id"], "green_bean" in asked["banned"]) == (4, None, True)
    later = await ok(await http.post("/standards/us-nslp-2024/requirement", json=body | {"day": "2027-09-01"}))
    assert [target["high"] for target in later["targets"] if target["key"] == "sodium_mg"] == [935]
    for spoilt, status, rule, field in (
        ({"headcounts": []}, 422, "headcount-zero", "headcounts"),
        ({"headcounts": [*eaters, eaters[0]]}, 422, "headcount-twice", "headcounts"),
        ({"headcounts": [eaters[0] | {"pupils": -1}]}, 422, "invalid-input", "body.headcounts.0.pupils"),
        ({"meals": []}, 422, "meal-not-in-standard", "meals"),
    ):
        answer = refused(await http.post("/standards/wst554-2017/requirement", json=body | spoilt), status, rule)
        assert answer["field"] == field


async def test_what_a_food_stands_for_raw_and_cooked(world_of: WorldOf) -> None:
    """Annex A by food: tofu as dry soya, rice as cooked rice; a food that counts nowhere says so."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/foods", b.a_food("tofu_firm", food_group="soy"), b.a_food("rice_white", food_group="cereal"))
    await school.put("/foods", b.a_food("honey", food_group="sugar"))

    async def chinese(food: str) -> dict[str, Any]:
        found = await ok(await school.http.get(f"/foods/{food}/equivalents"))
        return next(item for item in found["items"] if item["standard_id"] == "wst554-2017")

    tofu = await chinese("tofu_firm")
    assert (tofu["group"], tofu["permille"]) == ("soy_nut", 345)
    assert [(row["anchor"], row["anchor_g"], row["item_g"]) for row in tofu["rows"]] == [("dry soybean", 50, 145)]
    assert "annex A" in tofu["verified"]
    cooked = {row["item"]: row["item_g"] for row in (await chinese("rice_white"))["rows"] if row["weighed"] == "cooked"}
    assert (cooked["cooked indica rice"], cooked["rice porridge"]) == (150, 375)
    honey = await chinese("honey")
    assert (honey["group"], honey["permille"], honey["rows"]) == (None, None, [])
    refused(await school.http.get("/foods/gold/equivalents"), 404, "unknown-food")


async def test_a_broken_file_is_shown_to_everybody(
    world_of: WorldOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GET /standards says which file was refused, where and why; the others serve."""
    for file in FOLDER.glob("*.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "us-nslp-2024.json").write_text('{"standard_id": "us-nslp-2024"}', encoding="utf-8")
    monkeypatch.setenv("CLOUD_STANDARDS", str(tmp_path))
    library.cache_clear()
    try:
        http = (await world_of("nutrition")).client("nutrition")
        found = await ok(await http.get("/standards"))
    finally:
        monkeypatch.undo()
        library.cache_clear()
    assert [item["standard_id"] for item in found["items"]] == ["br-pnae-2020", "wst554-2017"]
    assert {(hole["file"], hole["path"], hole["rule"]) for hole in found["refused"]} >= {
        ("us-nslp-2024.json", "bands", "missing"),
        ("us-nslp-2024.json", "nutrients", "missing"),
    }
