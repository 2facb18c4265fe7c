"""The table of capacities."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from services.farmers.tables import Table


class Capacity(Table, table=True):
    """What a cooperative can bring of a food in a season. What of it is offered follows from its offers."""

    __tablename__ = "capacity"
    __table_args__ = (
        CheckConstraint("season_until >= season_from", name="season"),
        CheckConstraint("quantity_g >= 0", name="quantity"),
        Index("ix_capacity_cooperative_id", "cooperative_id", "food_code"),
    )

    capacity_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64, foreign_key="cooperative.cooperative_id")
    food_code: str = Field(max_length=64)
    season_from: date
    season_until: date
    quantity_g: int = Field(sa_type=BigInteger)
    area_m2: int | None = Field(default=None, sa_type=BigInteger)
    yield_g_per_m2: int | None = Field(default=None)
    changed_at: datetime
