"""Tables of the loading check."""

from datetime import datetime

from sqlmodel import Field

from services.logistics.tables import Table


class ScannedLot(Table, table=True):
    """A lot that was scanned for an order while a trip was loaded."""

    __tablename__ = "scanned_lot"

    trip_id: str = Field(primary_key=True)
    order_id: str = Field(primary_key=True)
    lot_id: str = Field(primary_key=True)
    scanned_by: str
    scanned_at: datetime
