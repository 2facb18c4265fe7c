"""A county's forecast: which weeks it covers, and how the plans of its canteens add up to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.nutrition.days import today
from shared.events.nutrition import DemandForecast, ForecastLine
from shared.weeks import monday_of

WEEKS = 20
"""A school term: longer than vegetables need from seed to harvest. An assumption of this project."""


@dataclass(frozen=True, slots=True)
class Week:
    """What a county needs in a week, g as bought by food: from cycles, and from menus that are published already."""

    week_start: date
    canteens: int
    cycle_ids: tuple[str, ...]
    from_cycles_g: Mapping[str, int]
    from_menus_g: Mapping[str, int]

    @property
    def lines(self) -> list[tuple[str, int, int]]:
        """Food, g from cycles, g from menus; by food code."""
        foods = sorted({*self.from_cycles_g, *self.from_menus_g})
        return [(food, self.from_cycles_g.get(food, 0), self.from_menus_g.get(food, 0)) for food in foods]


def weeks_ahead(now: datetime) -> list[date]:
    """Return the Mondays a forecast covers: from next week on, what begins sooner is bought already."""
    return [monday_of(today(now)) + timedelta(days=7 * number) for number in range(1, WEEKS + 1)]


def told(county_code: str, week: Week, version: int, now: datetime) -> DemandForecast:
    """Return what the others are told of a week."""
    lines: Sequence[ForecastLine] = [
        ForecastLine(food_code=food, from_cycles_g=cycles_g, from_menus_g=menus_g)
        for food, cycles_g, menus_g in week.lines
    ]
    return DemandForecast(
        county_code=county_code,
        week_start=week.week_start,
        version=version,
        canteens=week.canteens,
        cycle_ids=week.cycle_ids,
        lines=tuple(lines),
        forecast_at=now,
    )
