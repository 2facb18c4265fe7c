"""The tables of contacts and accounts; columns that end in `_sealed` are sealed (`shared.sealing`)."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from services.farmers.tables import Table


class CooperativeContact(Table, table=True):
    """Whom to call at a cooperative, in the order to try."""

    __tablename__ = "cooperative_contact"

    cooperative_id: str = Field(primary_key=True, max_length=64, foreign_key="cooperative.cooperative_id")
    place: int = Field(primary_key=True)
    role: str = Field(max_length=64)
    name_sealed: str = Field(max_length=600)
    phone_sealed: str = Field(max_length=600)


class CooperativeAccount(Table, table=True):
    """A cooperative's bank account; a changed one is a new row, so that it stays known where money went."""

    __tablename__ = "cooperative_account"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)

    cooperative_id: str = Field(primary_key=True, max_length=64, foreign_key="cooperative.cooperative_id")
    version: int = Field(primary_key=True)
    bank: str = Field(max_length=200)
    holder_sealed: str = Field(max_length=1000)
    number_sealed: str = Field(max_length=600)
    since: datetime
