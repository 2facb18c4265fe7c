"""The table of numbers; columns that end in `_sealed` are sealed (`shared.sealing`)."""

from datetime import datetime

from sqlmodel import Field

from services.logistics.phones.domain import KINDS
from services.logistics.tables import Table, one_of


class Phone(Table, table=True):
    """The number that is called at a school's gate, where a cooperative packs, or in a driver's pocket."""

    __tablename__ = "phone"
    __table_args__ = (one_of("kind", KINDS),)

    kind: str = Field(primary_key=True)
    subject_id: str = Field(primary_key=True, max_length=64)
    number_sealed: str = Field(max_length=600)
    said_at: datetime
