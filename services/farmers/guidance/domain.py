"""What is still wanted of a food in a week, and what to sow for it.

For every food and week of a county: demand = supply + wanted - surplus, where one of wanted and surplus is 0. A surplus
stays in its week. Areas are 1/100 mu (亩; 15 mu are a hectare), rounded up.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from shared.errors import DomainError

MOST_WEEKS = 52
_SUNDAY = timedelta(days=6)
Number = TypeVar("Number", int, npt.NDArray[np.int64])
Cell = tuple[str, date]
"""A food and the Monday of a week."""


class Advice(StrEnum):
    """What there is to do about a food in a week.

    COVERED        nothing: the week has enough
    SOW            sow it, there is time
    TOO_LATE       its sowing week is over
    OUT_OF_SEASON  it is not sown in that season
    NO_CROP        nobody has said how it grows; it may be raised or made instead
    """

    COVERED = "covered"
    SOW = "sow"
    TOO_LATE = "too_late"
    OUT_OF_SEASON = "out_of_season"
    NO_CROP = "no_crop"


@dataclass(frozen=True, slots=True)
class Crop:
    """How a food grows in the open: weeks from sowing to the first harvest, weeks of harvest, and what it yields.

    The yield is that of the whole harvest, as sold. Both months are included; from 10 until 2 goes over the new year.
    """

    food_code: str
    name_zh: str
    growing_weeks: int
    harvest_weeks: int
    yield_kg_per_mu: int
    sow_from_month: int
    sow_until_month: int

    def sown_in(self, week_start: date) -> bool:
        """Return whether a day of the week lies in the months it is sown in."""
        length = (self.sow_until_month - self.sow_from_month) % 12
        first, last = week_start.month, (week_start + _SUNDAY).month
        return (first - self.sow_from_month) % 12 <= length or (last - self.sow_from_month) % 12 <= length


@dataclass(frozen=True, slots=True)
class Needed:
    """What canteens will need, g as bought."""

    from_cycles_g: int
    from_menus_g: int

    @property
    def demand_g(self) -> int:
        """All of it; a canteen counts in one of the two."""
        return self.from_cycles_g + self.from_menus_g


@dataclass(frozen=True, slots=True)
class Supply:
    """What is coming anyway, g: left of contracts, offered, and expected beyond what contracts say."""

    contracts_g: int = 0
    offers_g: int = 0
    forecasts_g: int = 0

    @property
    def supply_g(self) -> int:
        """All of it."""
        return self.contracts_g + self.offers_g + self.forecasts_g


@dataclass(frozen=True, slots=True)
class Guidance:
    """What a week still wants of a food, and what to sow for it.

    `planned_g` is what comes of areas sown for earlier weeks, should this guidance be followed; `mu_hundredths` is the
    area for the rest. Without a crop there is no sowing week and no area.
    """

    food_code: str
    week_start: date
    needed: Needed
    supply: Supply
    wanted_g: int
    surplus_g: int
    advice: Advice
    sowing_week: date | None
    planned_g: int
    mu_hundredths: int


def check_first_week(first_week: date) -> None:
    """Raise DomainError for a week that begins on another day."""
    if first_week.weekday():
        raise DomainError("not-a-monday", "a week begins on a Monday", field="from")


def area(weekly_g: Number, harvest_weeks: Number, yield_kg_per_mu: Number) -> Number:
    """Return the area that yields so much in each week of its harvest, in 1/100 mu, rounded up."""
    return -(-weekly_g * harvest_weeks // (yield_kg_per_mu * 10))


def weekly_yield_g(mu_hundredths: Number, harvest_weeks: Number, yield_kg_per_mu: Number) -> Number:
    """Return what an area yields in a week of its harvest, g, rounded down."""
    return mu_hundredths * yield_kg_per_mu * 10 // harvest_weeks
