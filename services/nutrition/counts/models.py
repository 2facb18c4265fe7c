"""The table of counts."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from services.nutrition.tables import Table


class StockCount(Table, table=True):
    """Grams as bought that were counted of one food and lot, and what the books said; rows are added, never changed."""

    __tablename__ = "stock_count"
    __table_args__ = (
        CheckConstraint("before_g >= 0 AND counted_g >= 0", name="not_negative"),
        Index("ix_stock_count_canteen_id", "canteen_id", "count_id"),
    )

    count_id: str = Field(primary_key=True, max_length=64)
    canteen_id: str = Field(max_length=64, foreign_key="canteen.canteen_id")
    food_code: str = Field(max_length=64)
    lot_id: str = Field(max_length=64)
    before_g: int = Field(sa_type=BigInteger)
    counted_g: int = Field(sa_type=BigInteger)
    reason: str = Field(max_length=500)
    counted_by: str | None = Field(default=None, max_length=64)
    counted_at: datetime
