"""Tables of comparing a week with what it would be if orders nobody has answered were given anew."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from services.procurement.tables import Table, big, table_of


class UnsettledWeek(Table, table=True):
    """A county's week of which something was sourced again, since when; it waits to be compared."""

    __tablename__ = "unsettled_week"

    county_code: str = Field(primary_key=True, max_length=64)
    week_start: date = Field(primary_key=True)
    since: datetime


class SourcingDifference(Table, table=True):
    """What a week's orders without an answer came to, and what they would come to if they were given anew."""

    __tablename__ = "sourcing_difference"

    run_id: str = Field(primary_key=True, max_length=64)
    good_until: datetime | None = None
    version: int
    taken_at: datetime | None = None
    replaced_by: str | None = Field(default=None, max_length=64)
    changes: int
    before_food_fen: int = big()
    before_poor_fen: int = big()
    before_stops: int
    before_unmet_g: int = big()
    after_food_fen: int = big()
    after_poor_fen: int = big()
    after_stops: int
    after_unmet_g: int = big()


class SourcingChange(Table, table=True):
    """What a demand line would get from an offer instead of what is ordered there."""

    __tablename__ = "sourcing_change"
    __table_args__ = (CheckConstraint("before_g >= 0 AND after_g >= 0 AND before_g <> after_g", name="grams"),)

    change_id: str = Field(primary_key=True, max_length=64)
    run_id: str = Field(max_length=64, index=True)
    demand_id: str = Field(max_length=64)
    offer_id: str = Field(max_length=64)
    cooperative_id: str = Field(max_length=64)
    price_fen_per_kg: int
    poor_share_permille: int
    before_g: int = big()
    after_g: int = big()


unsettled_week = table_of(UnsettledWeek)
sourcing_difference = table_of(SourcingDifference)
sourcing_change = table_of(SourcingChange)
