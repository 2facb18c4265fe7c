"""The table of tests of lots. What was found stays on record; a later test is another row."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from services.farmers.lottests.domain import Method, Target
from services.farmers.tables import Table, one_of


class LotTest(Table, table=True):
    """A test of a lot: for what, how, by whom, and whether the lot passed."""

    __tablename__ = "lot_test"
    __table_args__ = (
        Index("ix_lot_test_lot_id", "lot_id", "test_id"),
        one_of("target", Target),
        one_of("method", Method),
    )

    test_id: str = Field(primary_key=True, max_length=64)
    lot_id: str = Field(max_length=64, foreign_key="lot.lot_id")
    target: str = Field(max_length=32)
    method: str = Field(max_length=16)
    tested_on: date
    tested_by: str = Field(max_length=200)
    passed: bool
    report_no: str | None = Field(default=None, max_length=64)
    detail: str = Field(default="", max_length=1000)
    recorded_at: datetime
