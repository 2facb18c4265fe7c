"""The tables of samples and of the places they are kept in."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from services.nutrition.samples.domain import State
from services.nutrition.tables import Table, one_of
from shared.fields import Meal


class Sample(Table, table=True):
    """A sample of one dish of one meal; taken before the meal is on record, so the meal's id is no foreign key.

    `temperature_c` is that of its place when it was put there; `late` was written down after its day.
    """

    __tablename__ = "sample"
    __table_args__ = (
        one_of("meal", Meal),
        one_of("state", State),
        CheckConstraint("quantity_g > 0", name="quantity_g"),
        CheckConstraint("(state = 'kept') = (ended_at IS NULL)", name="ended_at"),
        Index("uq_sample_meal_id_dish_code", "meal_id", "dish_code", unique=True),
        Index("ix_sample_canteen_id_day", "canteen_id", "day"),
        Index(
            "ix_sample_kept",
            "canteen_id",
            "taken_at",
            sqlite_where=text("state = 'kept'"),
            postgresql_where=text("state = 'kept'"),
        ),
    )

    sample_id: str = Field(primary_key=True, max_length=64)
    meal_id: str = Field(max_length=64)
    canteen_id: str = Field(max_length=64, foreign_key="canteen.canteen_id")
    day: date
    meal: str = Field(max_length=16)
    dish_code: str = Field(max_length=64)
    quantity_g: int
    not_enough: str | None = Field(default=None, max_length=500)
    place: str = Field(max_length=64)
    temperature_c: float
    remark: str = Field(max_length=1000)
    taken_by: str = Field(max_length=64)
    taken_at: datetime
    late: bool
    state: str = Field(max_length=16)
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, max_length=64)
    handed_to: str | None = Field(default=None, max_length=64)
    handed_for: str | None = Field(default=None, max_length=500)


class SampleReading(Table, table=True):
    """The temperature of a place samples are kept in, in °C; rows are added, never changed."""

    __tablename__ = "sample_reading"

    canteen_id: str = Field(primary_key=True, max_length=64, foreign_key="canteen.canteen_id")
    place: str = Field(primary_key=True, max_length=64)
    measured_at: datetime = Field(primary_key=True)
    temperature_c: float
    remark: str = Field(max_length=1000)
    measured_by: str = Field(max_length=64)
