"""Tables of recalls."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field

from services.logistics.tables import Table


class Recall(Table, table=True):
    """A recalled lot; a lot is recalled at most once."""

    __tablename__ = "recall"
    __table_args__ = (
        CheckConstraint("outcome IN ('destroyed', 'returned', 'tested_clean')", name="outcome"),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed"),
    )

    recall_id: str = Field(primary_key=True)
    lot_id: str = Field(unique=True)
    cooperative_id: str
    reason: str
    raised_at: datetime
    closed_at: datetime | None = None
    outcome: str | None = None
    closing_note: str = ""


class Acknowledgement(Table, table=True):
    """A school's word that it knows of a recall: what it put aside of the lot, in g. The first word stands."""

    __tablename__ = "recall_acknowledgement"

    recall_id: str = Field(primary_key=True, foreign_key="recall.recall_id")
    canteen_id: str = Field(primary_key=True)
    put_aside_g: int = Field(sa_type=BigInteger)
    note: str
    acknowledged_by: str
    acknowledged_at: datetime
