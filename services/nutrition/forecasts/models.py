"""The tables of demand forecasts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from services.nutrition.tables import Table


class ForecastCounty(Table, table=True):
    """A county whose demand is forecast: whether something changed since, and in which week it was reckoned last."""

    __tablename__ = "forecast_county"

    county_code: str = Field(primary_key=True, max_length=64)
    due: bool
    reckoned_in: date | None = None


class DemandForecast(Table, table=True):
    """What was told last of a county's week; `lines` are food, g from cycles and g from published menus."""

    __tablename__ = "demand_forecast"

    county_code: str = Field(primary_key=True, max_length=64)
    week_start: date = Field(primary_key=True)
    canteens: int
    cycle_ids: list[str] = Field(sa_type=JSON)
    lines: list[list[Any]] = Field(sa_type=JSON)
    version: int
    digest: str = Field(max_length=64)
    forecast_at: datetime
