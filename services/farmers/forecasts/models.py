"""The table of forecasts."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from services.farmers.forecasts.domain import ForecastStatus
from services.farmers.tables import Table


class Forecast(Table, table=True):
    """What a cooperative expects to harvest of a food in a week; `expected_g` is its mean."""

    __tablename__ = "forecast"
    __table_args__ = (
        CheckConstraint(f"status IN ({', '.join(repr(str(status)) for status in ForecastStatus)})", name="status"),
        CheckConstraint("expected_g >= 0", name="expected"),
        CheckConstraint("(status = 'confirmed') = (offer_id IS NOT NULL)", name="confirmed"),
        Index("uq_forecast_cooperative_id", "cooperative_id", "food_code", "week_start", unique=True),
        Index("ix_forecast_week_start", "week_start", "food_code"),
    )

    forecast_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64, foreign_key="cooperative.cooperative_id")
    food_code: str = Field(max_length=64)
    week_start: date
    p10_g: int | None = Field(default=None, sa_type=BigInteger)
    p50_g: int | None = Field(default=None, sa_type=BigInteger)
    p90_g: int | None = Field(default=None, sa_type=BigInteger)
    quantity_g: int | None = Field(default=None, sa_type=BigInteger)
    probability_permille: int | None = Field(default=None)
    expected_g: int = Field(sa_type=BigInteger)
    status: str = Field(max_length=16)
    offer_id: str | None = Field(default=None, max_length=64, foreign_key="offer.offer_id")
    version: int
    changed_at: datetime
