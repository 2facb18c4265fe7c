"""Request bodies and answers about what is still wanted."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from services.farmers.guidance.domain import Advice
from services.farmers.guidance.schemas import MarketPrice
from services.farmers.wanted.usecases import StillWanted, Told
from shared.fields import Code, Grams, Version
from shared.routing import Input


class PublicationIn(Input):
    """Which county is to be told anew."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"county_code": "520628"}]})

    county_code: Code


class PublicationRead(BaseModel):
    """What was published in a week (its Monday), and in which version."""

    model_config = ConfigDict(from_attributes=True)

    county_code: Code
    published_week: date
    version: Version
    published_at: datetime


class Publications(BaseModel):
    """A county's publications of the last twelve weeks, newest first."""

    items: list[PublicationRead]


class WantedWeek(BaseModel):
    """What a week still wants of a food, and by how much that moved since the publication before.

    `change_g` is null where that one said nothing; `mu_hundredths` (1/100 mu, whole county) is for `sowing_week`.
    """

    model_config = ConfigDict(from_attributes=True)

    week_start: date
    wanted_g: Grams
    change_g: int | None
    advice: Advice
    sowing_week: date | None
    mu_hundredths: int


class WantedFood(BaseModel):
    """A food that is still wanted in the county, its price on the public market today, and sums over the weeks."""

    food_code: Code
    grown: bool
    wanted_g: int
    mu_hundredths: int
    next_sowing_week: date | None
    reference: MarketPrice | None
    weeks: list[WantedWeek]

    @classmethod
    def of(cls, each: StillWanted) -> Self:
        """Return what is shown of a food."""
        sown = [week.sowing_week for week in each.weeks if week.advice == Advice.SOW and week.sowing_week]
        return cls(
            food_code=each.food_code,
            grown=each.grown,
            wanted_g=sum(week.wanted_g for week in each.weeks),
            mu_hundredths=sum(week.mu_hundredths for week in each.weeks),
            next_sowing_week=min(sown, default=None),
            reference=None if each.reference is None else MarketPrice.model_validate(each.reference),
            weeks=[WantedWeek.model_validate(week) for week in each.weeks],
        )


class StillWantedRead(BaseModel):
    """What a cooperative is told: what its county's canteens still want of what it grows or has time to sow.

    Changes are against `compared_with`, the Monday of the publication before (null: there was none).
    """

    county_code: Code
    published_week: date
    version: Version
    compared_with: date | None
    items: list[WantedFood]

    @classmethod
    def of(cls, told: Told) -> Self:
        """Return what is shown to a cooperative."""
        return cls(
            county_code=told.county_code,
            published_week=told.published_week,
            version=told.version,
            compared_with=told.before,
            items=[WantedFood.of(each) for each in told.foods],
        )
