"""Nutrition and procurement plan a county's week together, over the bus."""

from shared.events.nutrition import CountyPlanEnded, DemandDrafted, MenuPublished, PlanOutcome
from shared.events.procurement import MarginalPricesPublished
from tests.api.nutrition.small_county import SmallCounty, asked, needed
from tests.conftest import WorldOf
from tests.world import ok


async def test_a_county_plans_its_week_with_its_farms(world_of: WorldOf) -> None:
    """Rounds of prices and drafts end with one menu for each school, the one procurement chose of all its drafts. What
    that gains against menus first is told: by money, nutrition and the poor households' part together never a loss.
    """
    county = await SmallCounty(await world_of("nutrition", "procurement")).of_data(schools=8)
    planning_id = await county.request(publish=True)
    (ended,) = county.world.told_of(CountyPlanEnded)
    assert (ended.outcome, ended.menus) == (PlanOutcome.SETTLED, 8)
    told = county.world.told_of(MarginalPricesPublished)
    assert [(one.round, one.final) for one in told] == [(n, n == len(told)) for n in range(1, len(told) + 1)]
    assert len(told) > 3
    drafts = {one.draft_id: one for one in county.world.told_of(DemandDrafted)}
    chosen = {one.canteen_id: drafts[one.draft_id] for one in told[-1].chosen}
    menus = {one.canteen_id: one for one in county.world.told_of(MenuPublished)}
    assert {canteen: asked(menu) for canteen, menu in menus.items()} == {
        canteen: needed(draft) for canteen, draft in chosen.items()
    }
    plan = await ok(await county.world.client("procurement").get(f"/joint-plans/{planning_id}"))
    assert (plan["status"], plan["outcome"], plan["menus"]) == ("done", "settled", 8)
    assert plan["weighed_fen"] < plan["first_weighed_fen"]
    assert plan["poor_share_change"] > 0.02
    assert plan["cost_change"] < 0.01
    assert [one["drafts"] for one in plan["rounds"]] == [8] * (len(told) - 1) + [None]
    assert 0 < plan["gap_ppm"] < 100_000
