"""The tables of what receipts brought in: what a later version of one is compared with."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field

from services.nutrition.tables import Table


class Receipt(Table, table=True):
    """A receipt in the highest version booked."""

    __tablename__ = "receipt"
    __table_args__ = (Index("ix_receipt_canteen_id", "canteen_id"),)

    receipt_id: str = Field(primary_key=True, max_length=64)
    version: int
    canteen_id: str = Field(max_length=64, foreign_key="canteen.canteen_id")
    delivery_day: date


class ReceiptLot(Table, table=True):
    """Accepted grams of one food and lot of a receipt; `lot_id` is empty for what was signed for without a lot."""

    __tablename__ = "receipt_lot"
    __table_args__ = (CheckConstraint("accepted_g >= 0", name="accepted_g"),)

    receipt_id: str = Field(primary_key=True, max_length=64, foreign_key="receipt.receipt_id")
    food_code: str = Field(primary_key=True, max_length=64)
    lot_id: str = Field(primary_key=True, max_length=64)
    accepted_g: int = Field(sa_type=BigInteger)
