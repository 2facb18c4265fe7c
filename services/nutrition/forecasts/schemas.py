"""Answers of the routes of demand forecasts."""

from datetime import date

from pydantic import BaseModel, Field

from shared.fields import Instant


class LineRead(BaseModel):
    """Grams as bought of a food, the stores not looked at."""

    food_code: str
    from_cycles_g: int
    from_menus_g: int = Field(description="of menus that are published already")


class ForecastRead(BaseModel):
    """What a county's canteens will need in a week, as it was told last."""

    county_code: str
    week_start: date
    version: int
    canteens: int = Field(description="whose food is counted")
    cycle_ids: list[str]
    lines: list[LineRead]
    forecast_at: Instant
