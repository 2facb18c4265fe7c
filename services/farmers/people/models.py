"""The tables of people: everything personal is sealed (`shared.sealing`); columns end in `_sealed`."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from services.farmers.tables import Table


class HouseholdPerson(Table, table=True):
    """Who answers for a household, and by which phone."""

    __tablename__ = "household_person"

    household_id: str = Field(primary_key=True, max_length=64, foreign_key="household.household_id")
    name_sealed: str = Field(max_length=600)
    phone_sealed: str | None = Field(default=None, max_length=600)
    changed_at: datetime


class Disclosure(Table, table=True):
    """Somebody asked for a household's name and phone."""

    __tablename__ = "disclosure"
    __table_args__ = (Index("ix_disclosure_household_id", "household_id", "disclosure_id"),)

    disclosure_id: str = Field(primary_key=True, max_length=64)
    household_id: str = Field(max_length=64, foreign_key="household.household_id")
    asked_by: str = Field(max_length=64)
    reason: str = Field(max_length=500)
    disclosed_at: datetime
