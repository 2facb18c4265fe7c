"""The tables of planting guidance: the copy of what nutrition foresees, and how crops grow."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field

from services.farmers.tables import Table


class DemandWeek(Table, table=True):
    """The highest version heard of what a county's canteens will need in a week."""

    __tablename__ = "demand_week"

    county_code: str = Field(primary_key=True, max_length=64)
    week_start: date = Field(primary_key=True)
    version: int
    canteens: int
    forecast_at: datetime


class DemandLine(Table, table=True):
    """What the week needs of a food, g as bought."""

    __tablename__ = "demand_line"
    __table_args__ = (CheckConstraint("from_cycles_g >= 0 AND from_menus_g >= 0", name="quantity"),)

    county_code: str = Field(primary_key=True, max_length=64)
    week_start: date = Field(primary_key=True)
    food_code: str = Field(primary_key=True, max_length=64)
    from_cycles_g: int = Field(sa_type=BigInteger)
    from_menus_g: int = Field(sa_type=BigInteger)


class Crop(Table, table=True):
    """How a food grows in the open, and who says so."""

    __tablename__ = "crop"
    __table_args__ = (
        CheckConstraint("growing_weeks BETWEEN 1 AND 104", name="growing_weeks"),
        CheckConstraint("harvest_weeks BETWEEN 1 AND 52", name="harvest_weeks"),
        CheckConstraint("yield_kg_per_mu > 0", name="yield"),
        CheckConstraint("sow_from_month BETWEEN 1 AND 12 AND sow_until_month BETWEEN 1 AND 12", name="months"),
    )

    food_code: str = Field(primary_key=True, max_length=64)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    growing_weeks: int
    harvest_weeks: int
    yield_kg_per_mu: int
    sow_from_month: int
    sow_until_month: int
    source: str = Field(max_length=400)
    estimate: bool
