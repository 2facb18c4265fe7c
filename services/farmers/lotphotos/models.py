"""The table of photos of lots; the photos themselves are files (`services/farmers/files`)."""

from datetime import datetime

from sqlmodel import Field

from services.farmers.tables import Table


class LotPhoto(Table, table=True):
    """Which file shows a lot as it was harvested."""

    __tablename__ = "lot_photo"

    lot_id: str = Field(primary_key=True, max_length=64, foreign_key="lot.lot_id")
    file_id: str = Field(max_length=64, foreign_key="stored_file.file_id", index=True)
    named_at: datetime
