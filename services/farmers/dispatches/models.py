"""The table of what was packed from which lot."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field

from services.farmers.tables import Table


class PackedLot(Table, table=True):
    """Grams of one lot packed for one order line."""

    __tablename__ = "packed_lot"
    __table_args__ = (
        ForeignKeyConstraint(["order_id", "line_id"], ["order_line.order_id", "order_line.line_id"]),
        CheckConstraint("quantity_g > 0", name="quantity"),
        Index("ix_packed_lot_lot_id", "lot_id"),
    )

    order_id: str = Field(primary_key=True, max_length=64)
    line_id: str = Field(primary_key=True, max_length=64)
    lot_id: str = Field(primary_key=True, max_length=64, foreign_key="lot.lot_id")
    quantity_g: int = Field(sa_type=BigInteger)
