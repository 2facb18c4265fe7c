"""Request bodies and answers about forecasts."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonValue

from services.farmers.forecasts.domain import Expected, Forecast, ForecastStatus
from services.farmers.forecasts.usecases import Said
from services.farmers.offers.domain import Terms
from services.farmers.offers.schemas import OfferGrams, OfferPrice, OfferRead, ShelfLife
from shared.bulk import Rows
from shared.fields import Code, Day, Grams, Id, Version
from shared.routing import Input

HarvestGrams = Annotated[int, Field(ge=0, le=1_000_000_000, description="g; 1,000 t at most")]

_EXAMPLES: list[JsonValue] = [
    {
        "cooperative_id": "coop-520628-001",
        "food_code": "napa_cabbage",
        "week_start": "2026-12-14",
        "p10_g": 150_000,
        "p50_g": 240_000,
        "p90_g": 300_000,
    },
    {
        "cooperative_id": "coop-520628-001",
        "food_code": "egg",
        "week_start": "2026-12-14",
        "quantity_g": 60_000,
        "probability_permille": 900,
    },
]


class ForecastIn(Input):
    """What a cooperative expects to harvest in a week: three quantiles, or an amount and how likely it is.

    `p10_g` is reached but one time in ten, `p90_g` only one time in ten.
    """

    cooperative_id: Id
    food_code: Code
    week_start: Day
    p10_g: HarvestGrams | None = None
    p50_g: HarvestGrams | None = None
    p90_g: HarvestGrams | None = None
    quantity_g: OfferGrams | None = None
    probability_permille: Annotated[int, Field(ge=1, le=1000, description="1/1000")] | None = None

    def said(self) -> Said:
        """Return the values the use case works with."""
        harvest = self.model_dump(exclude={"cooperative_id", "food_code", "week_start"})
        return Said(self.cooperative_id, self.food_code, self.week_start, Expected(**harvest))


class ForecastRows(Rows):
    """Up to 1,000 forecasts; cooperative, food and week say which one is meant."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": _EXAMPLES}]})


class Confirmation(Input):
    """What is really there: the terms of the offer the forecast becomes, from a day of its week."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "available_from": "2026-12-14",
                    "available_until": "2026-12-20",
                    "quantity_g": 230_000,
                    "price_fen_per_kg": 154,
                    "shelf_life_days": 20,
                    "minimum_lot_g": 1_000,
                    "harvest_day": "2026-12-14",
                    "pack_size_g": 500,
                }
            ]
        }
    )

    available_from: Day
    available_until: Day
    quantity_g: OfferGrams
    price_fen_per_kg: OfferPrice
    shelf_life_days: ShelfLife
    minimum_lot_g: OfferGrams
    harvest_day: Day | None = None
    pack_size_g: OfferGrams | None = None
    contract_id: Id | None = None

    def terms(self) -> Terms:
        """Return the values the rules work with; the food is the forecast's."""
        return Terms(food_code="", **self.model_dump())


class ForecastRead(BaseModel):
    """A forecast; `expected_g` is its mean (30 % P10, 40 % P50, 30 % P90), `offer_id` what it became."""

    forecast_id: Id
    cooperative_id: Id
    food_code: Code
    week_start: date
    p10_g: Grams | None
    p50_g: Grams | None
    p90_g: Grams | None
    quantity_g: Grams | None
    probability_permille: int | None
    expected_g: Grams
    status: ForecastStatus
    offer_id: Id | None
    version: Version
    changed_at: datetime

    @classmethod
    def of(cls, forecast: Forecast) -> Self:
        """Return what is shown of a forecast."""
        values: dict[str, Any] = asdict(forecast)
        return cls(**values.pop("expected"), **values, expected_g=forecast.expected.expected_g)


class ForecastPage(BaseModel):
    """Forecasts ordered by id; `next` is the `after` of the next page, null on the last one."""

    items: list[ForecastRead]
    next: Id | None


class ConfirmedRead(BaseModel):
    """A confirmed forecast and the offer it became."""

    forecast: ForecastRead
    offer: OfferRead


class WeekExpected(BaseModel):
    """What a county's cooperatives still expect of a food in a week, offers not counted."""

    model_config = ConfigDict(from_attributes=True)

    food_code: Code
    week_start: date
    cooperatives: int
    expected_g: Grams


class WeeksExpected(BaseModel):
    """Expected harvests by food and week."""

    items: list[WeekExpected]
