"""The table of temperatures at serving."""

from datetime import datetime

from sqlmodel import Field

from services.nutrition.tables import Table, one_of
from services.nutrition.temperatures.domain import Alarm


class DishTemperature(Table, table=True):
    """A core temperature of a dish of a meal, in °C; rows are added, never changed: who doubts one measures again."""

    __tablename__ = "dish_temperature"
    __table_args__ = (one_of("warning", Alarm),)

    meal_id: str = Field(primary_key=True, max_length=64, foreign_key="served_meal.meal_id")
    dish_code: str = Field(primary_key=True, max_length=64)
    measured_at: datetime = Field(primary_key=True)
    core_c: float
    warning: str | None = Field(default=None, max_length=16)
    remark: str = Field(max_length=1000)
    measured_by: str | None = Field(default=None, max_length=64)
