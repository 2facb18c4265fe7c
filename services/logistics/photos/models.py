"""The table of photos; their content is in a store outside (`shared.files`)."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from services.logistics.tables import Table, one_of

STATES = ("waiting", "kept", "gone")


class ReceiptPhoto(Table, table=True):
    """A photo that a receipt names: its parties may see it."""

    __tablename__ = "receipt_photo"

    photo_id: str = Field(primary_key=True, foreign_key="photo.photo_id")
    receipt_id: str = Field(primary_key=True, foreign_key="receipt.receipt_id")


class Photo(Table, table=True):
    """What a photo is and how its content is recognised; its id is its key in the store.

    It is `waiting` for a receipt that names it, and judged once: it is `kept`, or `gone` and its content deleted.
    """

    __tablename__ = "photo"
    __table_args__ = (one_of("state", STATES), Index("ix_photo_state_uploaded_at", "state", "uploaded_at"))

    photo_id: str = Field(primary_key=True)
    media_type: str
    size_bytes: int
    sha256: str
    uploaded_at: datetime
    state: str = "waiting"
