"""The tables of households: pseudonyms, memberships and dated statuses. Names of people are elsewhere, sealed."""

from datetime import date

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from services.farmers.households.domain import STATUSES
from services.farmers.tables import Table


class Household(Table, table=True):
    """A household and the cooperative of its newest membership."""

    __tablename__ = "household"
    __table_args__ = (Index("ix_household_cooperative_id", "cooperative_id", "household_id"),)

    household_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64, foreign_key="cooperative.cooperative_id")
    town_code: str = Field(max_length=64)


class Membership(Table, table=True):
    """To which cooperative a household belongs from one day until another, both included; an open end lasts."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("until_day IS NULL OR until_day >= from_day", name="period"),
        Index("ix_membership_cooperative_id", "cooperative_id", "household_id"),
    )

    household_id: str = Field(primary_key=True, max_length=64, foreign_key="household.household_id")
    from_day: date = Field(primary_key=True)
    until_day: date | None = Field(default=None)
    cooperative_id: str = Field(max_length=64, foreign_key="cooperative.cooperative_id")


class HouseholdStatus(Table, table=True):
    """What the registry says of a household from one day until another; rows are added, never changed."""

    __tablename__ = "household_status"
    __table_args__ = (
        CheckConstraint(f"status IN ({', '.join(repr(str(status)) for status in STATUSES)})", name="status"),
        CheckConstraint("until_day IS NULL OR until_day >= from_day", name="period"),
    )

    household_id: str = Field(primary_key=True, max_length=64, foreign_key="household.household_id")
    from_day: date = Field(primary_key=True)
    until_day: date | None = Field(default=None)
    status: str = Field(max_length=32)
    source: str = Field(max_length=200)
