"""The tables of contracts."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from services.farmers.contracts.domain import ContractStatus
from services.farmers.contracts.pricing import PriceKind
from services.farmers.tables import Table


class Contract(Table, table=True):
    """A contract as it was amended last. What is left of it follows from its offers (`offer.contract_id`).

    `told_version` counts how often others were told how it stands, on `told_on` the last time; None is never.
    """

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint(f"status IN ({', '.join(repr(str(status)) for status in ContractStatus)})", name="status"),
        CheckConstraint(f"price_kind IN ({', '.join(repr(str(kind)) for kind in PriceKind)})", name="price_kind"),
        CheckConstraint("season_until >= season_from", name="season"),
        CheckConstraint("quantity_g > 0", name="quantity"),
        Index("ix_contract_cooperative_id", "cooperative_id", "food_code"),
        Index("ix_contract_food_code", "food_code", "contract_id"),
    )

    contract_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64, foreign_key="cooperative.cooperative_id")
    food_code: str = Field(max_length=64)
    season_from: date
    season_until: date
    quantity_g: int = Field(sa_type=BigInteger)
    grade: str = Field(max_length=200)
    price_kind: str = Field(max_length=16)
    price_fen_per_kg: int | None = Field(default=None)
    difference_permille: int | None = Field(default=None)
    floor_at_market_mean: bool
    status: str = Field(max_length=16)
    version: int
    signed_at: datetime
    changed_at: datetime
    reason: str | None = Field(default=None, max_length=500)
    told_version: int = Field(sa_column_kwargs={"server_default": "0"})
    told_on: date | None = Field(default=None)


class ContractDelivery(Table, table=True):
    """What is agreed for one week of a contract, as it was amended last."""

    __tablename__ = "contract_delivery"
    __table_args__ = (CheckConstraint("quantity_g > 0", name="quantity"),)

    contract_id: str = Field(primary_key=True, max_length=64, foreign_key="contract.contract_id")
    week_start: date = Field(primary_key=True)
    quantity_g: int = Field(sa_type=BigInteger)


class ContractVersion(Table, table=True):
    """Everything that was ever agreed: `said` is the whole version as JSON. Rows are only added."""

    __tablename__ = "contract_version"

    contract_id: str = Field(primary_key=True, max_length=64, foreign_key="contract.contract_id")
    version: int = Field(primary_key=True)
    status: str = Field(max_length=16)
    changed_at: datetime
    reason: str | None = Field(default=None, max_length=500)
    said: str
