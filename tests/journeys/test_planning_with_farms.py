"""Nutrition and procurement plan a county's week together, over the bus."""

from collections.abc import Mapping

from services.nutrition.planning.planner import PlanOptions
from services.nutrition.planning.problem import Weights
from services.nutrition.rounds import queries
from services.nutrition.rounds.domain import Prices
from services.nutrition.rounds.drafting import MOVES_PER_SLOT, WITHOUT_LIMIT, Task, bought_of, draft
from services.nutrition.rounds.reading import read_classes
from services.procurement.joint.composing import Composed, Program
from services.procurement.joint.steps import Column
from services.procurement.joint.supply import Supply
from shared.events.nutrition import CountyPlanEnded, CountyPlanRequested, DemandDrafted, MenuPublished, PlanOutcome
from shared.events.procurement import MarginalPricesPublished
from tests.api.nutrition.small_county import SmallCounty, asked, needed
from tests.conftest import WorldOf
from tests.world import ok


async def test_a_county_plans_its_week_with_its_farms(world_of: WorldOf) -> None:
    """Rounds of prices and drafts end with one menu for each school, the one procurement chose of all its drafts. By
    money, nutrition and the poor households' part together that is better than the first round's menus, as is told, and
    better than menus nutrition makes by itself.
    """
    county = await SmallCounty(await world_of("nutrition", "procurement")).of_data(schools=8)
    planning_id = await county.request(publish=True)
    (ended,) = county.world.told_of(CountyPlanEnded)
    assert (ended.outcome, ended.menus) == (PlanOutcome.SETTLED, 8)
    told = county.world.told_of(MarginalPricesPublished)
    assert [(one.round, one.final) for one in told] == [(n, n == len(told)) for n in range(1, len(told) + 1)]
    assert len(told) > 3
    drafts = {one.draft_id: one for one in county.world.told_of(DemandDrafted)}
    chosen = {one.canteen_id: needed(drafts[one.draft_id]) for one in told[-1].chosen}
    menus = {one.canteen_id: one for one in county.world.told_of(MenuPublished)}
    assert {canteen: asked(menu) for canteen, menu in menus.items()} == chosen
    plan = await ok(await county.world.client("procurement").get(f"/joint-plans/{planning_id}"))
    assert (plan["status"], plan["outcome"], plan["menus"]) == ("done", "settled", 8)
    assert [one["drafts"] for one in plan["rounds"]] == [8] * (len(told) - 1) + [None]
    assert plan["weighed_fen"] < 0.99 * plan["first_weighed_fen"]
    assert plan["poor_share_change"] > 0.02
    assert plan["cost_change"] < 0.01
    assert 0 < plan["gap_ppm"] < 100_000
    alone = await menus_alone(county, planning_id, plan["premium_permille"] / 1000)
    assert plan["weighed_fen"] < 0.99 * alone.objective


async def menus_alone(county: SmallCounty, planning_id: str, premium: float) -> Composed:
    """Plan each class at the quotes of offers as if there were enough, and supply these menus as well as can be."""
    async with county.world.services["nutrition"].begin(read_only=True) as uow:
        plan = await queries.plan(uow.session, planning_id)
        assert plan is not None
        read = await read_classes(uow, plan, 0, Prices.QUOTED)
    options = PlanOptions(seed=1, moves_per_slot=MOVES_PER_SLOT, alternatives=0)
    found = draft(Task(tuple(read.classes), Weights(local=0.0), options, WITHOUT_LIMIT), lambda _: None)
    columns = [
        Column(
            draft_id=one.canteen_id,
            canteen_id=one.canteen_id,
            round=1,
            kg={(code, 0): grams / 1000 for code, grams in bought_of(one.needs).items()},
            points_fen=(of_class.shortfall_millipoints + of_class.taste_millipoints) * one.point_fen / 1000,
            shortfall=of_class.shortfall_millipoints / 1000,
            bound_fen=None,
        )
        for of_class in found
        for one in of_class.drafts
    ]
    assert len(columns) == len(county.canteens)
    return Program(columns, supplies_of(county)).supplied(range(len(columns)), premium)


def supplies_of(county: SmallCounty) -> list[Supply]:
    """Return what can be bought: the county's offers, all week, and every food that has a market price."""
    (request,) = county.world.told_of(CountyPlanRequested)
    market: Mapping[str, int | None] = {one.food_code: one.reference_price_fen_per_kg for one in request.foods}
    offered = [
        Supply(((one.food_code, 0),), one.price_fen_per_kg, one.quantity_g / 1000, poor, poor)
        for one in county.offers
        for poor in (one.poor_share_permille / 1000,)
    ]
    return offered + [Supply(((code, 0),), price) for code, price in market.items() if price is not None]
