"""The table of meals served."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field

from services.nutrition.tables import Table, one_of
from shared.fields import Meal


class ServedMeal(Table, table=True):
    """A meal that was served, with what it took from the store and what was missing; never changed."""

    __tablename__ = "served_meal"
    __table_args__ = (
        one_of("meal", Meal),
        CheckConstraint("headcount > 0", name="headcount"),
        Index("uq_served_meal_canteen_id_day_meal", "canteen_id", "day", "meal", unique=True),
        Index("ix_served_meal_day", "day"),
    )

    meal_id: str = Field(primary_key=True, max_length=64)
    canteen_id: str = Field(max_length=64, foreign_key="canteen.canteen_id")
    menu_id: str = Field(max_length=64, foreign_key="menu.menu_id")
    menu_version: int
    day: date
    meal: str = Field(max_length=16)
    planned_headcount: int
    headcount: int
    dish_codes: list[str] = Field(sa_type=JSON)
    used: list[dict[str, Any]] = Field(sa_type=JSON)
    short: list[dict[str, Any]] = Field(sa_type=JSON)
    served_at: datetime
