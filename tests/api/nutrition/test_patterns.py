"""Meal patterns: what a meal is made of, for the province, a county or one canteen."""

from typing import Any

import pytest

from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import ok, refused


@pytest.fixture
async def school(world_of: WorldOf) -> School:
    """Return sch-1 with its dishes."""
    return await School(await world_of("nutrition")).set_up()


def a_pattern(*slots: str, **other: Any) -> dict[str, Any]:
    """What the province's lunch is made of: a place for each category."""
    places = [{"slot": slot, "categories": [slot]} for slot in slots or ("staple", "mixed")]
    return {"scope": "province", "meal": "lunch", "places": places} | other


async def _read(school: School, **query: str) -> list[tuple[str, str, list[str]]]:
    page = await ok(await school.http.get("/meal-patterns", params=query))
    return [(row["scope"], row["meal"], [place["slot"] for place in row["places"]]) for row in page["items"]]


async def test_the_narrowest_scope_is_listed_last(school: School) -> None:
    """A canteen sees the province's, its county's and its own patterns, the one that holds last; others see theirs."""
    county = a_pattern("staple", "soup", scope="county", county_code=b.COUNTY)
    own = a_pattern("soup", scope="canteen", canteen_id="sch-1")
    await school.put("/meal-patterns", own, county, a_pattern(), a_pattern(meal="breakfast"))
    assert await _read(school, canteen_id="sch-1") == [
        ("province", "breakfast", ["staple", "mixed"]),
        ("province", "lunch", ["staple", "mixed"]),
        ("county", "lunch", ["staple", "soup"]),
        ("canteen", "lunch", ["soup"]),
    ]
    assert len(await _read(school, county_code=b.COUNTY)) == 3
    assert len(await _read(school, county_code="520102")) == 2
    refused(await school.http.get("/meal-patterns", params={"canteen_id": "sch-9"}), 404, "unknown-canteen")
    elsewhere = {"canteen_id": "sch-1", "county_code": "520102"}
    refused(await school.http.get("/meal-patterns", params=elsewhere), 422, "other-county")


async def test_a_pattern_said_twice_changes_nothing(school: School) -> None:
    """A changed pattern gets a new version, one that says nothing new does not."""
    assert (await school.put("/meal-patterns", a_pattern()))["created"] == 1
    assert (await school.put("/meal-patterns", a_pattern()))["unchanged"] == 1
    assert (await school.put("/meal-patterns", a_pattern("staple")))["changed"] == 1
    assert await _read(school) == [("province", "lunch", ["staple"])]


async def test_taking_a_pattern_back(school: School) -> None:
    """Without the county's pattern the province's holds again; what is not there cannot be taken back."""
    await school.put("/meal-patterns", a_pattern(), a_pattern("soup", scope="county", county_code=b.COUNTY))
    gone = await school.http.delete("/meal-patterns/county/lunch", params={"county_code": b.COUNTY})
    assert gone.status_code == 204
    assert await _read(school, county_code=b.COUNTY) == [("province", "lunch", ["staple", "mixed"])]
    again = await school.http.delete("/meal-patterns/county/lunch", params={"county_code": b.COUNTY})
    refused(again, 404, "unknown-meal-pattern")
    for scope, query, field in (
        ("county", {"canteen_id": "sch-1"}, "county_code"),
        ("county", {"county_code": b.COUNTY, "canteen_id": "sch-1"}, "canteen_id"),
        ("province", {"county_code": b.COUNTY}, "county_code"),
        ("canteen", {}, "canteen_id"),
    ):
        answer = await school.http.delete(f"/meal-patterns/{scope}/lunch", params=query)
        assert refused(answer, 422, "owner-of-scope")["field"] == field


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (a_pattern(scope="county"), ""),
        (a_pattern(canteen_id="sch-1"), ""),
        (a_pattern("soup", "soup"), ""),
        (a_pattern(places=[]), "places"),
        (a_pattern(places=[{"slot": "staple"}]), "places.0"),
        (a_pattern(places=[{"slot": "staple", "categories": ["staple"], "optional": True}]), ""),
        (a_pattern(meal="supper"), "meal"),
    ],
)
async def test_nonsense_rows_are_named(school: School, row: dict[str, Any], field: str) -> None:
    """An owner that does not fit the scope, a place twice, one that takes nothing, a meal of nothing: refused."""
    answer = await ok(await school.http.put("/meal-patterns", json={"rows": [row, a_pattern()]}))
    assert answer["created"] == 1
    assert [(refusal["index"], refusal["field"]) for refusal in answer["refused"]] == [(0, field)]
