"""Tables of recalls."""

from datetime import datetime

from sqlmodel import Field

from services.logistics.tables import Table


class Recall(Table, table=True):
    """A recalled lot; a lot is recalled at most once."""

    __tablename__ = "recall"

    recall_id: str = Field(primary_key=True)
    lot_id: str = Field(unique=True)
    cooperative_id: str
    reason: str
    raised_at: datetime
