"""Tables of reasons: kept with the run, a row for each offer and demand line it looked at; figures, not sentences."""

from sqlalchemy import Index
from sqlmodel import Field

from services.procurement.sourcing.reasons.limits import LineLimit, OfferLimit
from services.procurement.tables import Table, big, one_of, table_of


class OfferReason(Table, table=True):
    """Why an offer got what it got in a run's first pass; -1 where a figure does not apply.

    `lacks` are the kinds of certificates it was held back for, with commas between.
    """

    __tablename__ = "sourcing_offer_reason"
    __table_args__ = (
        Index("ix_sourcing_offer_reason_cooperative_id", "cooperative_id", "run_id"),
        one_of("reason", OfferLimit),
    )

    run_id: str = Field(primary_key=True, max_length=64)
    offer_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64)
    food_code: str = Field(max_length=64)
    reason: str = Field(max_length=16)
    planned_g: int = big()
    left_g: int = big()
    price: int
    cut: int
    worth: int
    missing_m: int
    missing_days: int
    lines: int
    demand_g: int = big()
    minimum_lot_g: int = big()
    lacks: str | None = Field(default=None, max_length=700)


class LineReason(Table, table=True):
    """Why a demand line got what it got in a run's first pass; `held` offers of its food lacked a certificate."""

    __tablename__ = "sourcing_line_reason"
    __table_args__ = (one_of("reason", LineLimit),)

    run_id: str = Field(primary_key=True, max_length=64)
    demand_id: str = Field(primary_key=True, max_length=64)
    reason: str = Field(max_length=20)
    planned_g: int = big()
    needed_g: int = big()
    offers: int
    cheapest_offer_id: str | None = Field(default=None, max_length=64)
    above: int
    price: int
    held: int = 0


offer_reason = table_of(OfferReason)
line_reason = table_of(LineReason)
