"""A whole exchange between nutrition and procurement is played again from a record."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from shared.events import Event
from shared.events.nutrition import CountyPlanEnded, CountyPlanRequested, DemandDrafted
from shared.events.procurement import DraftChosen, MarginalPricesPublished
from tests.api.nutrition.exchange import recorded
from tests.api.nutrition.small_county import SmallCounty, asked, drafts, menus, needed, tell
from tests.conftest import WorldOf

E = TypeVar("E", bound=Event)


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
