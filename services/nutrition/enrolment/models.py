"""The tables of enrolment."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlmodel import Field

from services.nutrition.tables import Table, one_of
from shared.fields import AgeBand, Sex


class Enrolment(Table, table=True):
    """A canteen's pupils from a day on, until its next enrolment; `applied` once the canteen's present state has it."""

    __tablename__ = "enrolment"
    __table_args__ = (CheckConstraint("pupils >= 0", name="pupils"),)

    canteen_id: str = Field(primary_key=True, max_length=64, foreign_key="canteen.canteen_id")
    valid_from: date = Field(primary_key=True)
    pupils: int
    applied: bool
    version: int
    digest: str = Field(max_length=64)


class EnrolmentHeadcount(Table, table=True):
    """Pupils of an enrolment by age band and sex."""

    __tablename__ = "enrolment_headcount"
    __table_args__ = (
        ForeignKeyConstraint(["canteen_id", "valid_from"], ["enrolment.canteen_id", "enrolment.valid_from"]),
        one_of("age_band", AgeBand),
        one_of("sex", Sex),
        CheckConstraint("pupils >= 0", name="pupils"),
    )

    canteen_id: str = Field(primary_key=True, max_length=64)
    valid_from: date = Field(primary_key=True)
    age_band: str = Field(primary_key=True, max_length=8)
    sex: str = Field(primary_key=True, max_length=1)
    pupils: int
