"""The table of counters."""

from datetime import date

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.portal.tables import Table


class PageUse(Table, table=True):
    """How often a page (its route, never an address with ids) was seen on a day in Guizhou by people of a role."""

    __tablename__ = "page_use"

    day: date = Field(primary_key=True)
    route: str = Field(primary_key=True, max_length=200)
    seen_as: str = Field(primary_key=True, max_length=16)
    times: int = Field(sa_type=BigInteger)
