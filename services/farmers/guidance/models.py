"""The tables of planting guidance: what nutrition foresees, how crops grow, and weekly sums of what is coming."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field

from services.farmers.tables import Table
from shared.database import SERIAL


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


class SupplyWeek(Table, table=True):
    """What is coming to a county of a food in a week, g, each gram once; forecasts by what of them is counted."""

    __tablename__ = "supply_week"

    county_code: str = Field(primary_key=True, max_length=64)
    food_code: str = Field(primary_key=True, max_length=64)
    week_start: date = Field(primary_key=True)
    contracts_g: int = Field(sa_type=BigInteger)
    offers_g: int = Field(sa_type=BigInteger)
    p10_g: int = Field(sa_type=BigInteger)
    p50_g: int = Field(sa_type=BigInteger)
    p90_g: int = Field(sa_type=BigInteger)
    expected_g: int = Field(sa_type=BigInteger)


class SupplyChange(Table, table=True):
    """What `supply_week` does not say yet: what a cooperative brings of a food has changed, or all of a county.

    Rows are only added and deleted, so that nobody waits for another's.
    """

    __tablename__ = "supply_change"
    __table_args__ = (
        CheckConstraint("(cooperative_id IS NULL) = (food_code IS NULL)", name="food"),
        CheckConstraint("(cooperative_id IS NULL) <> (county_code IS NULL)", name="place"),
    )

    change_id: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    cooperative_id: str | None = Field(default=None, max_length=64)
    food_code: str | None = Field(default=None, max_length=64)
    county_code: str | None = Field(default=None, max_length=64)


class SupplyCounty(Table, table=True):
    """A county whose `supply_week` is kept; who brings it up to date holds the row."""

    __tablename__ = "supply_county"

    county_code: str = Field(primary_key=True, max_length=64)
