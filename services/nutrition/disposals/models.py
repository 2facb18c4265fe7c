"""The table of disposals."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from services.nutrition.disposals.domain import Cause
from services.nutrition.tables import Table, one_of


class FoodDisposal(Table, table=True):
    """Grams as bought that left a store uneaten; rows are added, never changed."""

    __tablename__ = "food_disposal"
    __table_args__ = (
        one_of("cause", Cause),
        CheckConstraint("quantity_g > 0", name="quantity_g"),
        Index("ix_food_disposal_canteen_id", "canteen_id", "disposal_id"),
        Index("ix_food_disposal_lot_id", "lot_id"),
    )

    disposal_id: str = Field(primary_key=True, max_length=64)
    canteen_id: str = Field(max_length=64, foreign_key="canteen.canteen_id")
    food_code: str = Field(max_length=64)
    lot_id: str = Field(max_length=64)
    quantity_g: int = Field(sa_type=BigInteger)
    cause: str = Field(max_length=16)
    remark: str = Field(max_length=1000)
    disposed_by: str = Field(max_length=64)
    witnessed_by: str | None = Field(default=None, max_length=64)
    disposed_at: datetime
