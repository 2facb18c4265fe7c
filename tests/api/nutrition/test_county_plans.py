"""Asking for a county's week to be planned with its farms, calling it off, and what becomes of each school."""

from datetime import timedelta
from typing import Any

import pytest

from services.nutrition.main import definition
from shared.events.nutrition import (
    CountyPlanEnded,
    CountyPlanRequested,
    PlanOutcome,
)
from tests import builders as b
from tests.api.nutrition.small_county import MONDAY, SCHOOLS, USUAL, SmallCounty, menus, prices, tell
from tests.conftest import WorldOf
from tests.world import ok, refused


@pytest.fixture
async def county(world_of: WorldOf) -> SmallCounty:
    """Return the tiny county."""
    return await SmallCounty(await world_of("nutrition")).tiny()


async def test_a_county_asks_for_prices(county: SmallCounty) -> None:
    """Whoever buys is told which schools are planned and which foods may be bought, with their market price."""
    await ok(await county.http.put("/canteens", json={"rows": [b.a_canteen(4), b.a_canteen(5, headcounts=[])]}))
    await ok(await county.http.post("/menus", json=b.a_menu("sch-4", dish="m-egg")))
    planning_id = await county.request()
    (told,) = county.world.told_of(CountyPlanRequested)
    assert (told.planning_id, told.county_code, told.week_start) == (planning_id, b.COUNTY, MONDAY)
    assert list(told.canteen_ids) == SCHOOLS
    assert {food.food_code: food.reference_price_fen_per_kg for food in told.foods} == USUAL
    plan = await county.read(planning_id)
    assert (plan["status"], plan["canteens"], plan["rounds"]) == ("waiting", 3, [])
    assert plan["note"] == "waiting for the prices of round 1"


async def test_a_menu_published_meanwhile_stands(county: SmallCounty) -> None:
    """Who has published a menu by hand while the county was planned keeps it, and the plan says why."""
    planning_id = await county.request(publish=True)
    await tell(county, prices(planning_id, 1))
    own = await ok(await county.http.post("/menus", json=b.a_menu("sch-2", dish="m-egg", days=b.WEEK[:1])))
    await tell(county, prices(planning_id, 2, chosen={}))
    assert menus(county)["sch-2"].menu_id == own["menu_id"]
    assert sorted(menus(county)) == SCHOOLS
    row = (await county.outcomes(planning_id))[1]
    assert (row["menu_id"], own["menu_id"] in row["reason"]) == (None, True)


async def test_calling_a_plan_off(county: SmallCounty) -> None:
    """A plan called off makes no menu, whatever prices come; said twice it stays called off; then the week is free."""
    planning_id = await county.request(publish=True)
    await tell(county, prices(planning_id, 1))
    for _ in range(2):
        plan = await ok(await county.http.post(f"/county-plans/{planning_id}/cancel"))
        assert (plan["status"], plan["outcome"]) == ("cancelled", "cancelled")
    await tell(county, prices(planning_id, 2, chosen={}))
    county.world.clock.advance(timedelta(hours=1))
    await county.world.settle()
    (ended,) = county.world.told_of(CountyPlanEnded)
    assert (ended.outcome, ended.rounds, ended.menus) == (PlanOutcome.CANCELLED, 1, 0)
    assert menus(county) == {}
    assert await county.request() != planning_id


async def test_what_has_ended_cannot_be_called_off(county: SmallCounty) -> None:
    """Menus that are made are withdrawn one by one, by those whose they are."""
    planning_id = await county.request(publish=True)
    await tell(county, prices(planning_id, 1, chosen={}))
    answer = await county.http.post(f"/county-plans/{planning_id}/cancel")
    refused(answer, 409, "county-plan-has-ended")
    refused(await county.http.post("/county-plans/nobody/cancel"), 404, "unknown-county-plan")


async def test_a_week_is_planned_once_at_a_time(county: SmallCounty) -> None:
    """A county's week that is being planned is not planned beside it; another week is."""
    await county.request()
    body = {"county_code": b.COUNTY, "week_start": b.MONDAY}
    assert (
        refused(await county.http.post("/county-plans", json=body), 409, "county-plan-exists")["field"] == "week_start"
    )
    await county.request(week_start="2026-12-07")


@pytest.mark.parametrize(
    ("other", "rule", "field"),
    [
        ({"week_start": "2026-12-01"}, "week-starts-monday", "week_start"),
        ({"week_start": "2026-11-23"}, "week-began", "week_start"),
        ({"week_start": "2028-11-27"}, "too-far-ahead", "week_start"),
        ({"county_code": "520602"}, "nobody-to-plan-for", "county_code"),
    ],
)
async def test_what_cannot_be_asked_for(county: SmallCounty, other: dict[str, Any], rule: str, field: str) -> None:
    """A week that has begun or is none, and a county without schools, are refused by name."""
    body = {"county_code": b.COUNTY, "week_start": b.MONDAY} | other
    assert refused(await county.http.post("/county-plans", json=body), 422, rule)["field"] == field


async def test_plans_are_listed(county: SmallCounty) -> None:
    """Plans come in pages, of a county or a week or all."""
    first = await county.request()
    second = await county.request(week_start="2026-12-07")
    page = await ok(await county.http.get("/county-plans", params={"limit": 1}))
    rest = await ok(await county.http.get("/county-plans", params={"after": page["next"]}))
    assert [one["planning_id"] for one in page["items"] + rest["items"]] == [first, second]
    page = await ok(await county.http.get("/county-plans", params={"week_start": "2026-12-07"}))
    assert [one["planning_id"] for one in page["items"]] == [second]
    assert (await ok(await county.http.get("/county-plans", params={"county_code": "520602"})))["items"] == []


async def test_drafts_nobody_chose_are_forgotten(county: SmallCounty) -> None:
    """What was only tried is kept no longer than the planning takes; what was chosen explains the menu."""
    planning_id = await county.request(publish=True)
    await tell(county, prices(planning_id, 1))
    await tell(county, prices(planning_id, 2))
    assert await kept(county) == 6
    await tell(county, prices(planning_id, 3, chosen={}))
    assert await kept(county) == 3
    rows = await county.outcomes(planning_id)
    assert all(row["cost_fen"] > 0 and row["shortfall_millipoints"] is not None for row in rows)


async def kept(county: SmallCounty) -> int:
    """Return how many drafts are kept."""
    drafts = definition.metadata.tables["county_draft"]
    async with county.world.services["nutrition"].begin(read_only=True) as uow:
        return len((await uow.session.execute(drafts.select())).all())
