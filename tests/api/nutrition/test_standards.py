"""The standards' routes."""

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
