"""The table of ordering rules."""

from datetime import date, time

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from services.procurement.tables import Table, big, table_of


class OrderingRule(Table, table=True):
    """What a region asks of orders delivered from a day on."""

    __tablename__ = "ordering_rule"
    __table_args__ = (
        CheckConstraint("approval_limit_fen >= 0 AND approval_hours > 0", name="approval"),
        CheckConstraint("late_owed_permille BETWEEN 0 AND 1000", name="owed"),
    )

    region_code: str = Field(primary_key=True, max_length=6)
    valid_from: date = Field(primary_key=True)
    approval_limit_fen: int | None = big(default=None)
    approval_hours: int
    cut_off_days: int | None = None
    cut_off_at: time | None = None
    late_owed_permille: int
    source: str = Field(max_length=200)


ordering_rule = table_of(OrderingRule)
