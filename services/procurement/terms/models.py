"""Tables of what was agreed on settling."""

from datetime import date

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from services.procurement.tables import Table, big, table_of


class SettlementTerms(Table, table=True):
    """What a region agreed on, from a day on; both tolerances are there, or none."""

    __tablename__ = "settlement_terms"
    __table_args__ = (
        CheckConstraint("(weight_permille IS NULL) = (tolerance_fen IS NULL)", name="tolerance"),
        CheckConstraint("payment_days >= 0 AND dispute_days >= 0", name="days"),
    )

    region_code: str = Field(primary_key=True, max_length=6)
    valid_from: date = Field(primary_key=True)
    payment_days: int
    dispute_days: int
    weight_permille: int | None = None
    tolerance_fen: int | None = big(default=None, nullable=True)


class FundingShare(Table, table=True):
    """Which part of a school's food money each fund pays, in 1/1000, from a day on."""

    __tablename__ = "funding_share"
    __table_args__ = (
        CheckConstraint("central_permille + local_permille + parents_permille = 1000", name="whole"),
        CheckConstraint("central_permille >= 0 AND local_permille >= 0 AND parents_permille >= 0", name="parts"),
    )

    scope: str = Field(primary_key=True, max_length=80)
    valid_from: date = Field(primary_key=True)
    central_permille: int
    local_permille: int
    parents_permille: int


settlement_terms = table_of(SettlementTerms)
funding_share = table_of(FundingShare)
