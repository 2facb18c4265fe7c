"""The table of what was left over of meals."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from services.nutrition.tables import Table


class LeftoverWeighing(Table, table=True):
    """What was weighed of a meal's leftovers; the last entry counts, rows are added, never changed."""

    __tablename__ = "leftover_weighing"

    meal_id: str = Field(primary_key=True, max_length=64, foreign_key="served_meal.meal_id")
    entry: int = Field(primary_key=True)
    leftovers: list[dict[str, Any]] = Field(sa_type=JSON)
    weighed_by: str | None = Field(default=None, max_length=64)
    reason: str = Field(max_length=500)
    weighed_at: datetime
