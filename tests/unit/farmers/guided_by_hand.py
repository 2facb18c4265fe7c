"""Guidance food by food and week by week in plain steps: what the arrays of a province must agree with."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from services.farmers.guidance.domain import (
    Advice,
    Cell,
    Crop,
    Guidance,
    Needed,
    Supply,
    area,
    weekly_yield_g,
)
from services.farmers.guidance.grid import grid_of
from services.farmers.guidance.reckoning import reckon
from shared.weeks import monday_of

COUNTY = "520628"


def guide(
    needed: Mapping[Cell, Needed], supply: Mapping[Cell, Supply], crops: Mapping[str, Crop], today: date
) -> list[Guidance]:
    """Return what the service reckons for a county, by food and week."""
    first, last = min(week for _, week in needed), max(week for _, week in needed)
    rows = []
    for (food, week), need in needed.items():
        has = supply.get((food, week), Supply())
        sums = (has.contracts_g, has.offers_g, has.forecasts_g)
        rows.append((COUNTY, food, week, need.from_cycles_g, need.from_menus_g, *sums))
    grid = grid_of(rows, first, (last - first) // timedelta(weeks=1) + 1)
    return [guidance for _, guidance in reckon(grid, crops, today).guidance()]


def guided_by_hand(
    needed: Mapping[Cell, Needed], supply: Mapping[Cell, Supply], crops: Mapping[str, Crop], today: date
) -> list[Guidance]:
    """Go through each food's weeks in order: an area sown for one goes on bearing in the next ones."""
    found = []
    coming: dict[Cell, int] = defaultdict(int)
    for food, week in sorted(needed):
        need, has, crop = needed[food, week], supply.get((food, week), Supply()), crops.get(food)
        gap_g = need.demand_g - has.supply_g
        wanted_g = max(0, gap_g)
        planned_g = min(wanted_g, coming[food, week])
        missing_g = wanted_g - planned_g
        sowing = None if crop is None else week - timedelta(weeks=crop.growing_weeks)
        advice = _advice(crop, sowing, missing_g, monday_of(today))
        mu = 0 if crop is None else area(missing_g, crop.harvest_weeks, crop.yield_kg_per_mu)
        if crop is not None and advice is Advice.SOW:
            for later in range(1, crop.harvest_weeks):
                yields = weekly_yield_g(mu, crop.harvest_weeks, crop.yield_kg_per_mu)
                coming[food, week + timedelta(weeks=later)] += yields
        surplus_g = wanted_g - gap_g
        found.append(Guidance(food, week, need, has, wanted_g, surplus_g, advice, sowing, planned_g, mu))
    return found


def _advice(crop: Crop | None, sowing: date | None, missing_g: int, this_week: date) -> Advice:
    if not missing_g:
        return Advice.COVERED
    if crop is None or sowing is None:
        return Advice.NO_CROP
    if sowing < this_week:
        return Advice.TOO_LATE
    return Advice.SOW if crop.sown_in(sowing) else Advice.OUT_OF_SEASON
