"""The table of what people say about pages."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from services.portal.feedback.domain import Kind
from services.portal.tables import Table, one_of


class Remark(Table, table=True):
    """What somebody said about a page. Who said it is not kept: only as what, and in which county where that is known.

    `key` is the form's, so that a remark sent twice is one. `done` is what came of it, null while it is open.
    """

    __tablename__ = "remark"
    __table_args__ = (one_of("kind", Kind), Index("ix_remark_county_code_said_at", "county_code", "said_at"))

    remark_id: str = Field(primary_key=True, max_length=36)
    key: str = Field(max_length=64, unique=True)
    said_at: datetime
    kind: str = Field(max_length=16)
    page: str = Field(max_length=200)
    said_as: str = Field(max_length=16)
    county_code: str | None = Field(default=None, max_length=64)
    text: str = Field(sa_type=Text)
    done: str | None = Field(default=None, sa_type=Text)
    done_at: datetime | None = None
    done_by: str | None = Field(default=None, max_length=128)
