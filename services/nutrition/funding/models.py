"""The tables of funding."""

from datetime import date

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from services.nutrition.tables import Table


class FundingClass(Table, table=True):
    """Why something is paid for a pupil: the base subsidy, a boarding allowance, an extra for poor pupils."""

    __tablename__ = "funding_class"

    class_code: str = Field(primary_key=True, max_length=64)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    version: int
    digest: str = Field(max_length=64)


class FundingAmount(Table, table=True):
    """What a funding class pays for a pupil and day from `valid_from` until `valid_until`, both included."""

    __tablename__ = "funding_amount"
    __table_args__ = (
        CheckConstraint("amount_fen_per_pupil_day > 0", name="amount"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="valid"),
        CheckConstraint("breakfast OR lunch OR dinner", name="meals"),
    )

    class_code: str = Field(primary_key=True, max_length=64, foreign_key="funding_class.class_code")
    valid_from: date = Field(primary_key=True)
    valid_until: date | None = None
    amount_fen_per_pupil_day: int
    breakfast: bool
    lunch: bool
    dinner: bool
    source: str = Field(max_length=1000)


class FundingCount(Table, table=True):
    """How many pupils of a canteen a funding class pays for, from a day until the next count."""

    __tablename__ = "funding_count"
    __table_args__ = (CheckConstraint("pupils >= 0", name="pupils"),)

    canteen_id: str = Field(primary_key=True, max_length=64, foreign_key="canteen.canteen_id")
    class_code: str = Field(primary_key=True, max_length=64, foreign_key="funding_class.class_code")
    valid_from: date = Field(primary_key=True)
    pupils: int
    source: str | None = Field(default=None, max_length=200)
    version: int
    digest: str = Field(max_length=64)
