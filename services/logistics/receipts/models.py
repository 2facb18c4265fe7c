"""Tables of receipts. Weighed and accepted grams live with the consignment's lines; here is who signed, and when."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
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
    """What was signed in one version; never changed afterwards. `reason` says why it was amended, empty at first.

    `captured_at` is the time of the phone it was captured by, perhaps offline; `signed_at` when it came here.
    `inspection` is what was found where the cold chain had broken.
    """

    __tablename__ = "receipt_version"

    receipt_id: str = Field(primary_key=True, foreign_key="receipt.receipt_id")
    version: int = Field(primary_key=True)
    signers: list[str] = Field(sa_type=JSON)
    lines: list[dict[str, Any]] = Field(sa_type=JSON)
    reason: str
    inspection: str = ""
    captured_at: datetime | None = None
    signed_at: datetime


class WeightTolerance(Table, table=True):
    """How much less than was packed a food may weigh at the gate, in 1/1000, from a delivery day on.

    The empty food code stands for every food that has no tolerance of its own.
    """

    __tablename__ = "weight_tolerance"
    __table_args__ = (CheckConstraint("permille BETWEEN 0 AND 1000", name="permille"),)

    food_code: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    permille: int
