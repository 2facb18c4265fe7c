"""A whole exchange between nutrition and whoever buys: played by a small buyer, and played again from a record."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from benchmarks.buying import Column, Composed, compose
from services.nutrition.planning.facts import Pool
from services.nutrition.planning.planner import PlanOptions
from services.nutrition.planning.problem import Weights
from services.nutrition.planning.sharing import limited_g
from services.nutrition.rounds import queries
from services.nutrition.rounds.domain import Prices
from services.nutrition.rounds.drafting import MOVES_PER_SLOT, WITHOUT_LIMIT, Task, bought_of, draft
from services.nutrition.rounds.reading import read_classes
from shared.events import Event
from shared.events.nutrition import CountyPlanEnded, CountyPlanRequested, DemandDrafted, PlanOutcome
from shared.events.procurement import DraftChosen, MarginalPricesPublished
from tests.api.nutrition.buyer import PREMIUM, Procurement, supplies_of
from tests.api.nutrition.exchange import recorded
from tests.api.nutrition.small_county import SmallCounty, asked, drafts, menus, needed, tell
from tests.conftest import WorldOf

E = TypeVar("E", bound=Event)


async def menus_first(county: SmallCounty, planning_id: str, *, in_shares: bool) -> Composed:
    """Plan each class at the quotes of offers, and supply these menus as well as it can be done.

    `in_shares`: with no more than its share of what is on offer, else as if there were enough for everybody.
    """
    async with county.world.services["nutrition"].begin(read_only=True) as uow:
        plan = await queries.plan(uow.session, planning_id)
        assert plan is not None
        read = await read_classes(uow, plan, 0, Prices.QUOTED)
    pool = Pool(limited_g(read.quotes), read.usual_g) if in_shares else WITHOUT_LIMIT
    options = PlanOptions(seed=1, moves_per_slot=MOVES_PER_SLOT, alternatives=0)
    found = draft(Task(tuple(read.classes), Weights(poor=PREMIUM, local=0.0), options, pool), lambda _: None)
    columns = [
        Column(
            draft_id=one.canteen_id,
            canteen_id=one.canteen_id,
            kg={code: grams / 1000 for code, grams in bought_of(one.needs).items()},
            points_fen=(of_class.shortfall_millipoints + of_class.taste_millipoints) * one.point_fen / 1000,
            shortfall=of_class.shortfall_millipoints / 1000,
            bound_fen=0,
        )
        for of_class in found
        for one in of_class.drafts
    ]
    assert len(columns) == len(county.canteens)
    request = county.world.told_of(CountyPlanRequested)[-1]
    return compose(columns, supplies_of(county.offers, request), PREMIUM)


async def test_planning_with_the_farms_beats_menus_first(world_of: WorldOf) -> None:
    """Against menus planned first and then supplied as well as can be: cheaper, more for poor households, and better in
    all. Against menus that keep to their share of what is on offer: cheaper and better fed. Every school has one menu.
    """
    county = await SmallCounty(await world_of("nutrition")).of_data(schools=8)
    planning_id = await county.request(publish=True)
    first = await menus_first(county, planning_id, in_shares=False)
    shared = await menus_first(county, planning_id, in_shares=True)
    procurement = Procurement(county.world, county.offers, rounds=5)
    buyer = await procurement.play()
    joint = procurement.final
    assert joint is not None
    assert joint.objective < 0.99 * first.objective
    assert joint.bill.cost < first.bill.cost
    assert joint.bill.poor_share > first.bill.poor_share
    assert joint.objective < 0.99 * shared.objective
    assert joint.bill.cost < shared.bill.cost
    assert joint.bill.shortfall < shared.bill.shortfall
    assert sorted(menus(county)) == sorted(one["canteen_id"] for one in county.canteens)
    (ended,) = county.world.told_of(CountyPlanEnded)
    assert (ended.outcome, ended.menus) == (PlanOutcome.SETTLED, 8)
    assert 0 < buyer.bound <= buyer.objective <= joint.objective * (1 + 1e-9)


def once(told: Sequence[MarginalPricesPublished]) -> list[MarginalPricesPublished]:
    """Each round once."""
    return list(told)


def twice(told: Sequence[MarginalPricesPublished]) -> list[MarginalPricesPublished]:
    """Each round twice in a row."""
    return [event for event in told for _ in range(2)]


def with_echoes(told: Sequence[MarginalPricesPublished]) -> list[MarginalPricesPublished]:
    """After each round all earlier ones again, the last round's final prices too."""
    return [event for number in range(len(told)) for event in (told[number], *told[:number])]


@pytest.mark.parametrize("disturbed", [once, twice, with_echoes])
async def test_a_recorded_exchange_can_be_played_again(
    world_of: WorldOf, disturbed: Callable[[Sequence[MarginalPricesPublished]], list[MarginalPricesPublished]]
) -> None:
    """The prices of a buyer that ran some time ago get the answers they got then, or better ones; what is told again or
    late gets none; every school cooks what was chosen for it.
    """
    record = recorded()
    county = await SmallCounty(await world_of("nutrition")).tiny()
    planning_id = await county.request(publish=True)
    (then,) = of_type(record, CountyPlanRequested)
    (now,) = county.world.told_of(CountyPlanRequested)
    volatile = {"planning_id", "requested_at", "wait_until"}
    assert now.model_dump(exclude=volatile) == then.model_dump(exclude=volatile)
    place = {one.draft_id: (one.canteen_id, one.round) for one in of_type(record, DemandDrafted)}
    picked: dict[str, int] = {}
    for told in disturbed(of_type(record, MarginalPricesPublished)):
        chosen = []
        for one in told.chosen:
            canteen_id, number = place[one.draft_id]
            picked[canteen_id] = number
            chosen.append(DraftChosen(canteen_id=canteen_id, draft_id=drafts(county, number)[canteen_id].draft_id))
        await tell(county, told.model_copy(update={"planning_id": planning_id, "chosen": tuple(chosen)}))
    for told in of_type(record, MarginalPricesPublished):
        before = {one.canteen_id: one for one in of_type(record, DemandDrafted) if one.round == told.round}
        after = drafts(county, told.round)
        assert after.keys() == before.keys()
        for canteen_id, draft_then in before.items():
            assert comes_to(after[canteen_id], told) <= 1.01 * comes_to(draft_then, told)
    wanted = {canteen_id: needed(drafts(county, number)[canteen_id]) for canteen_id, number in picked.items()}
    assert {canteen_id: asked(menu) for canteen_id, menu in menus(county).items()} == wanted
    (ended,) = county.world.told_of(CountyPlanEnded)
    (ended_then,) = of_type(record, CountyPlanEnded)
    assert ended.model_dump(exclude={"planning_id", "ended_at"}) == ended_then.model_dump(
        exclude={"planning_id", "ended_at"}
    )


def of_type(events: Sequence[Event], event_type: type[E]) -> list[E]:
    """Return the events of one type."""
    return [event for event in events if isinstance(event, event_type)]


def comes_to(draft: DemandDrafted, told: MarginalPricesPublished) -> float:
    """Return what a draft comes to at the prices of a round."""
    points = (draft.shortfall_millipoints + draft.taste_millipoints) * draft.point_fen / 1000
    fen = {price.food_code: price.price_fen_per_kg for price in told.prices}
    return points + sum(line.quantity_g * fen[line.food_code] / 1000 for line in draft.demand)
