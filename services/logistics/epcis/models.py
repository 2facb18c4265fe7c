"""The table of events that were taken from documents."""

from datetime import datetime

from sqlmodel import Field

from services.logistics.tables import Table


class CapturedEvent(Table, table=True):
    """An EPCIS event that was taken: the same again says nothing, another under its id is refused."""

    __tablename__ = "captured_event"

    event_id: str = Field(primary_key=True, max_length=500)
    sha256: str = Field(max_length=64)
    captured_at: datetime
