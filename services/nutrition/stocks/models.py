"""The tables of the store."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from services.nutrition.tables import Table

COUNTED = ""
"""The lot of food whose lot nobody knows: it was there, and somebody counted it."""


class StockLot(Table, table=True):
    """Grams of one food of one lot that came into a canteen's store and went out of it.

    On hand is what came less what was used, never below nothing: a receipt corrected downwards after the food was eaten
    leaves `used_g` above `came_g`, so that a second correction still adds up.
    """

    __tablename__ = "stock_lot"
    __table_args__ = (
        CheckConstraint("came_g >= 0 AND used_g >= 0", name="not_negative"),
        Index("ix_stock_lot_lot_id", "lot_id"),
    )

    canteen_id: str = Field(primary_key=True, max_length=64, foreign_key="canteen.canteen_id")
    food_code: str = Field(primary_key=True, max_length=64)
    lot_id: str = Field(primary_key=True, max_length=64)
    came_g: int = Field(sa_type=BigInteger)
    used_g: int = Field(sa_type=BigInteger)
    use_by: date
    counted_g: int | None = Field(default=None, sa_type=BigInteger)
    counted_on: date | None = None


class RecalledLot(Table, table=True):
    """A lot nobody may cook any more, in whichever store it lies or will arrive."""

    __tablename__ = "recalled_lot"

    lot_id: str = Field(primary_key=True, max_length=64)
    recall_id: str = Field(max_length=64)
    reason: str = Field(max_length=500)
    raised_at: datetime
