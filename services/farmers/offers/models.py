"""The table of offers."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from services.farmers.offers.domain import OfferStatus
from services.farmers.tables import Table


class Offer(Table, table=True):
    """What a cooperative can deliver in all between two days, and how much of it is promised to orders."""

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint("promised_g BETWEEN 0 AND quantity_g", name="promised"),
        CheckConstraint(f"status IN ({', '.join(repr(str(status)) for status in OfferStatus)})", name="status"),
        CheckConstraint("available_until >= available_from", name="window"),
        Index("ix_offer_cooperative_id", "cooperative_id", "offer_id"),
        Index("ix_offer_food_code", "food_code", "offer_id"),
        Index("ix_offer_contract_id", "contract_id"),
        CheckConstraint("pack_size_g > 0", name="pack_size"),
    )

    offer_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64, foreign_key="cooperative.cooperative_id")
    food_code: str = Field(max_length=64)
    available_from: date
    available_until: date
    quantity_g: int = Field(sa_type=BigInteger)
    promised_g: int = Field(sa_type=BigInteger)
    price_fen_per_kg: int
    shelf_life_days: int
    minimum_lot_g: int = Field(sa_type=BigInteger)
    harvest_day: date | None = Field(default=None)
    pack_size_g: int | None = Field(default=None, sa_type=BigInteger)
    contract_id: str | None = Field(default=None, max_length=64, foreign_key="contract.contract_id")
    poor_share_permille: int
    status: str = Field(max_length=16)
    version: int
    published_at: datetime
    withdrawn_at: datetime | None = Field(default=None)
