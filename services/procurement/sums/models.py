"""Tables of kept sums. Everything in them can be worked out from the ledger, the orders and the demand again."""

from datetime import date

from sqlalchemy import Index
from sqlmodel import Field

from services.procurement.tables import Table, big, table_of
from shared.database import SERIAL


class CountyDay(Table, table=True):
    """What the reports say of a county's delivery day, in fen and g: the columns are those of the reports' `Sums`."""

    __tablename__ = "county_day"

    delivery_day: date = Field(primary_key=True)
    county_code: str = Field(primary_key=True, max_length=64)
    spend_fen: int = big()
    accepted_g: int = big()
    orders: int = big()
    from_county_fen: int = big()
    from_province_fen: int = big()
    from_market_fen: int = big()
    poor_households_fen: int = big()
    households_fen: int = big()
    paid_fen: int = big()
    held_fen: int = big()
    disputed_fen: int = big()
    freight_fen: int = big()
    compensation_fen: int = big()
    demand_lines: int = big()
    demand_g: int = big()
    lines_unmet: int = big()
    unmet_g: int = big()
    compared_fen: int = big()
    reference_fen: int = big()


class ChangedDay(Table, table=True):
    """A county's delivery day of which something changed since its sums were kept; added with the change itself."""

    __tablename__ = "changed_day"
    __table_args__ = (Index("ix_changed_day_delivery_day", "delivery_day", "county_code"),)

    position: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    county_code: str = Field(max_length=64)
    delivery_day: date


class HouseholdMonth(Table, table=True):
    """What a household earned of a month's deliveries in a county, as far as the ledger is sealed."""

    __tablename__ = "household_month"

    month: str = Field(primary_key=True, max_length=7)
    county_code: str = Field(primary_key=True, max_length=64)
    account: str = Field(primary_key=True, max_length=100)
    poor: bool = Field(primary_key=True)
    amount_fen: int = big()
    accepted_g: int = big()


class ReachedMonth(Table, table=True):
    """Whom a month reached in a county, or (no code) in all, as far as the ledger is sealed: the reports' `Reached`."""

    __tablename__ = "reached_month"

    month: str = Field(primary_key=True, max_length=7)
    county_code: str = Field(primary_key=True, max_length=64)
    households: int
    poor_households: int
    earned_fen: int = big()
    ranked_fen: int = big()


class ChangedMonth(Table, table=True):
    """A county's month of which something was sealed since whom it reached was kept; added with the seal itself."""

    __tablename__ = "changed_month"
    __table_args__ = (Index("ix_changed_month_month", "month", "county_code"),)

    position: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    month: str = Field(max_length=7)
    county_code: str = Field(max_length=64)


county_day = table_of(CountyDay)
changed_day = table_of(ChangedDay)
household_month = table_of(HouseholdMonth)
reached_month = table_of(ReachedMonth)
changed_month = table_of(ChangedMonth)
