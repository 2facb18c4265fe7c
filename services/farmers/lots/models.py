"""The tables of lots and of what households brought to them."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from services.farmers.tables import Table

_ON_HAND = text("remaining_g > 0")


class Lot(Table, table=True):
    """One product of one cooperative and one harvest day.

    `remaining_g` of it is neither packed nor moved, `moved_g` went into lots made of it. `failed_at` is set while its
    own tests speak against it, `unfit_at` while they do or those of a lot it was made of.
    """

    __tablename__ = "lot"
    __table_args__ = (
        CheckConstraint("quantity_g > 0", name="quantity"),
        CheckConstraint("remaining_g BETWEEN 0 AND quantity_g", name="remaining"),
        Index("ix_lot_cooperative_id", "cooperative_id", "lot_id"),
        Index(
            "ix_lot_on_hand",
            "cooperative_id",
            "food_code",
            "harvest_day",
            "lot_id",
            sqlite_where=_ON_HAND,
            postgresql_where=_ON_HAND,
        ),
    )

    lot_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64, foreign_key="cooperative.cooperative_id")
    food_code: str = Field(max_length=64)
    harvest_day: date
    certificate_no: str = Field(max_length=64)
    quantity_g: int = Field(sa_type=BigInteger)
    remaining_g: int = Field(sa_type=BigInteger)
    harvested_at: datetime
    best_before: date | None = Field(default=None)
    moved_g: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    recalled_at: datetime | None = Field(default=None)
    failed_at: datetime | None = Field(default=None)
    unfit_at: datetime | None = Field(default=None)


class LotContribution(Table, table=True):
    """What one household brought to a lot, whether it counted as poor then, and what of it went into other lots."""

    __tablename__ = "lot_contribution"
    __table_args__ = (
        CheckConstraint("quantity_g > 0", name="quantity"),
        Index("ix_lot_contribution_household_id", "household_id", "lot_id"),
    )

    lot_id: str = Field(primary_key=True, max_length=64, foreign_key="lot.lot_id")
    household_id: str = Field(primary_key=True, max_length=64, foreign_key="household.household_id")
    poor: bool
    quantity_g: int = Field(sa_type=BigInteger)
    moved_g: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})


class LotParent(Table, table=True):
    """Grams of one lot that went into another, by mixing or splitting."""

    __tablename__ = "lot_parent"
    __table_args__ = (
        CheckConstraint("quantity_g > 0", name="quantity"),
        Index("ix_lot_parent_parent_id", "parent_id", "lot_id"),
    )

    lot_id: str = Field(primary_key=True, max_length=64, foreign_key="lot.lot_id")
    parent_id: str = Field(primary_key=True, max_length=64, foreign_key="lot.lot_id")
    quantity_g: int = Field(sa_type=BigInteger)
