"""The table of signers; columns that end in `_sealed` are sealed (`shared.sealing`)."""

from datetime import datetime

from sqlmodel import Field

from services.logistics.tables import Table


class Signer(Table, table=True):
    """What somebody is called who signs at a school's gate, by the pseudonym that stands in receipts."""

    __tablename__ = "signer"

    canteen_id: str = Field(primary_key=True, max_length=64)
    signer_id: str = Field(primary_key=True, max_length=64)
    name_sealed: str = Field(max_length=600)
    said_at: datetime
