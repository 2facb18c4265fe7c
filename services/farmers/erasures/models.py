"""The tables of erasures. What was erased stands in none of them."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from services.farmers.tables import Table


class Erasure(Table, table=True):
    """Who asked for a household to be forgotten, why and when; and who let it be known again, if anybody did."""

    __tablename__ = "erasure"
    __table_args__ = (Index("ix_erasure_household_id", "household_id", "erasure_id"),)

    erasure_id: str = Field(primary_key=True, max_length=64)
    household_id: str = Field(max_length=64, foreign_key="household.household_id")
    asked_by: str = Field(max_length=64)
    reason: str = Field(max_length=500)
    erased_at: datetime
    lifted_by: str | None = Field(default=None, max_length=64)
    lifted_reason: str | None = Field(default=None, max_length=500)
    lifted_at: datetime | None = Field(default=None)


class ErasedNumber(Table, table=True):
    """A registry number that is not to come back by itself: keyed, and without a link to any household."""

    __tablename__ = "erased_number"

    number_index: str = Field(primary_key=True, max_length=64)


class ErasureKey(Table, table=True):
    """The key of those indexes, sealed: a number that is forgotten cannot be indexed anew when other keys change."""

    __tablename__ = "erasure_key"

    number: int = Field(primary_key=True)
    key_sealed: str = Field(max_length=300)
