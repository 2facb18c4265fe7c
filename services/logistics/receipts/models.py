"""Tables of receipts. Weighed and accepted grams live with the consignment's lines; here is who signed, and when."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from services.logistics.tables import Table


class Receipt(Table, table=True):
    """The present version of an order's receipt."""

    __tablename__ = "receipt"
    __table_args__ = (Index("ix_receipt_canteen_id_delivery_day", "canteen_id", "delivery_day"),)

    receipt_id: str = Field(primary_key=True)
    order_id: str = Field(unique=True)
    version: int
    canteen_id: str
    cooperative_id: str
    delivery_day: date
    hold: bool
    signed_at: datetime


class ReceiptVersion(Table, table=True):
    """What was signed in one version; never changed afterwards. `reason` says why it was amended, empty at first."""

    __tablename__ = "receipt_version"

    receipt_id: str = Field(primary_key=True, foreign_key="receipt.receipt_id")
    version: int = Field(primary_key=True)
    signers: list[str] = Field(sa_type=JSON)
    lines: list[dict[str, Any]] = Field(sa_type=JSON)
    reason: str
    signed_at: datetime
