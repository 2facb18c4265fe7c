"""Request bodies and answers about planting guidance."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.farmers.guidance.domain import Advice, Guidance
from services.farmers.guidance.usecases import FoodGuidance
from shared.bulk import Rows
from shared.fields import Code, FenPerKg, Grams, Name
from shared.market import RegionCode
from shared.routing import Input

Month = Annotated[int, Field(ge=1, le=12)]
Source = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=True, pattern=r"^[^\x00]+$")]


class Quantile(StrEnum):
    """How much of harvest forecasts counts as covered: what is reached 9 times in 10 (p10), 5 (p50), 1 (p90); mean."""

    P10 = "p10"
    P50 = "p50"
    P90 = "p90"
    MEAN = "mean"

    @property
    def column(self) -> str:
        """The column of forecasts that holds it."""
        return "expected_g" if self is Quantile.MEAN else f"{self}_g"


class CropIn(Input):
    """How a food grows in the open, and who says so; the yield is that of the whole harvest, as sold.

    `growing_weeks` run from sowing to the first harvest, `harvest_weeks` from the first to the last. It is sown from
    one month until another, both included, over the new year where the second is smaller.
    """

    food_code: Code
    name_zh: Name
    name_en: Name
    growing_weeks: int = Field(ge=1, le=104)
    harvest_weeks: int = Field(ge=1, le=52)
    yield_kg_per_mu: int = Field(ge=1, le=50_000, description="kg per mu (亩)")
    sow_from_month: Month
    sow_until_month: Month
    source: Source
    estimate: bool


class CropRows(Rows):
    """Up to 1,000 crops."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rows": [
                        {
                            "food_code": "napa_cabbage",
                            "name_zh": "大白菜",
                            "name_en": "Napa cabbage",
                            "growing_weeks": 11,
                            "harvest_weeks": 2,
                            "yield_kg_per_mu": 4000,
                            "sow_from_month": 7,
                            "sow_until_month": 10,
                            "source": "county agricultural station (fictional)",
                            "estimate": True,
                        }
                    ]
                }
            ]
        }
    )


class CropRead(BaseModel):
    """How a food grows, and who says so."""

    model_config = ConfigDict(from_attributes=True)

    food_code: Code
    name_zh: str
    name_en: str
    growing_weeks: int
    harvest_weeks: int
    yield_kg_per_mu: int
    sow_from_month: int
    sow_until_month: int
    source: str
    estimate: bool


class Crops(BaseModel):
    """Crops by food code."""

    items: list[CropRead]


class WeekGuidance(BaseModel):
    """What a week still wants of a food. demand_g = contracts_g + offers_g + forecasts_g + wanted_g - surplus_g.

    `planned_g` of what is wanted comes of areas sown for earlier weeks, should this guidance be followed;
    `mu_hundredths` (1/100 mu, rounded up) is to be sown for the rest in `sowing_week`.
    """

    week_start: date
    demand_g: Grams
    from_cycles_g: Grams
    from_menus_g: Grams
    contracts_g: Grams
    offers_g: Grams
    forecasts_g: Grams
    wanted_g: Grams
    surplus_g: Grams
    planned_g: Grams
    advice: Advice
    sowing_week: date | None
    mu_hundredths: int

    @classmethod
    def of(cls, each: Guidance) -> Self:
        """Return what is shown of a week."""
        return cls(
            week_start=each.week_start,
            demand_g=each.needed.demand_g,
            from_cycles_g=each.needed.from_cycles_g,
            from_menus_g=each.needed.from_menus_g,
            contracts_g=each.supply.contracts_g,
            offers_g=each.supply.offers_g,
            forecasts_g=each.supply.forecasts_g,
            wanted_g=each.wanted_g,
            surplus_g=each.surplus_g,
            planned_g=each.planned_g,
            advice=each.advice,
            sowing_week=each.sowing_week,
            mu_hundredths=each.mu_hundredths,
        )


class MarketPrice(BaseModel):
    """What the food costs on the public market today, and who says so."""

    model_config = ConfigDict(from_attributes=True)

    price_fen_per_kg: FenPerKg
    day: date
    region_code: RegionCode
    source: str
    verified: bool


class FoodGuidanceRead(BaseModel):
    """What the weeks still want of a food; sums of what is wanted, of areas to sow, and when that begins."""

    food_code: Code
    wanted_g: int
    mu_hundredths: int
    next_sowing_week: date | None
    reference: MarketPrice | None
    weeks: list[WeekGuidance]

    @classmethod
    def of(cls, each: FoodGuidance) -> Self:
        """Return what is shown of a food."""
        sown = [week for week in each.weeks if week.advice is Advice.SOW]
        return cls(
            food_code=each.food_code,
            wanted_g=sum(week.wanted_g for week in each.weeks),
            mu_hundredths=sum(week.mu_hundredths for week in sown),
            next_sowing_week=min((week.sowing_week for week in sown if week.sowing_week), default=None),
            reference=None if each.reference is None else MarketPrice.model_validate(each.reference),
            weeks=[WeekGuidance.of(week) for week in each.weeks],
        )


class GuidancePage(BaseModel):
    """Guidance by food; `next` is the `after` of the next page, null on the last one."""

    county_code: Code
    first_week: date
    weeks: int
    items: list[FoodGuidanceRead]
    next: Code | None


class Recounting(BaseModel):
    """How many counties are counted anew."""

    counties: int
