"""What is coming anyway, counted once in plain steps: what the database's sums must agree with."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from services.farmers.guidance.domain import Cell, Supply
from shared.weeks import monday_of

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a contract has a cooperative deliver in a week, g."""

    contract_id: str
    cooperative_id: str
    food_code: str
    week_start: date
    quantity_g: int


@dataclass(frozen=True, slots=True)
class Offered:
    """What offers bring from one day until another, g; under one contract, or freely (None)."""

    food_code: str
    available_from: date
    available_until: date
    quantity_g: int
    contract_id: str | None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a cooperative expects to harvest in a week and has not offered yet, g.

    Without a cooperative it is the sum of those that are not bound by a contract for the food.
    """

    cooperative_id: str | None
    food_code: str
    week_start: date
    quantity_g: int


def by_week(first: date, last: date, quantity_g: int) -> Iterable[tuple[date, int]]:
    """Yield the weeks of a window and what falls into each, day by day alike; the parts sum to the whole exactly."""
    days, passed = (last - first).days + 1, 7 - first.weekday()
    week, given_g = monday_of(first), 0
    while passed < days:
        so_far_g = quantity_g * passed // days
        yield week, so_far_g - given_g
        week, passed, given_g = week + WEEK, passed + 7, so_far_g
    yield week, quantity_g - given_g


def supplies_by_hand(
    agreed: Iterable[Agreed], offered: Iterable[Offered], expected: Iterable[Expected]
) -> dict[Cell, Supply]:
    """Sum up what is coming, each gram once.

    An offer under a contract fills that contract's delivery of the same week; a cooperative's forecast is the harvest
    its contract's rest comes from, only what goes beyond counts by itself.
    """
    offers: dict[Cell, int] = defaultdict(int)
    filled: dict[tuple[str, date], int] = defaultdict(int)
    for each in offered:
        food, contract = each.food_code, each.contract_id
        for week, grams in by_week(each.available_from, each.available_until, each.quantity_g):
            offers[food, week] += grams
            if contract is not None:
                filled[contract, week] += grams
    contracts: dict[Cell, int] = defaultdict(int)
    bound: dict[tuple[str, str, date], int] = defaultdict(int)
    for one in agreed:
        food, week = one.food_code, one.week_start
        left_g = max(0, one.quantity_g - filled.get((one.contract_id, week), 0))
        contracts[food, week] += left_g
        bound[one.cooperative_id, food, week] += left_g
    forecasts: dict[Cell, int] = defaultdict(int)
    for harvest in expected:
        food, week, owner = harvest.food_code, harvest.week_start, harvest.cooperative_id
        beyond_g = harvest.quantity_g if owner is None else harvest.quantity_g - bound.get((owner, food, week), 0)
        if beyond_g > 0:
            forecasts[food, week] += beyond_g
    return {
        cell: Supply(contracts.get(cell, 0), offers.get(cell, 0), forecasts.get(cell, 0))
        for cell in {*contracts, *offers, *forecasts}
    }
