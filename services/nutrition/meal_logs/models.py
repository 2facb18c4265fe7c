"""The table of the meal log."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from services.nutrition.meal_logs.domain import Verdict
from services.nutrition.tables import Table, one_of
from shared.fields import Meal


class MealLog(Table, table=True):
    """What a leader wrote of a meal; rows are added, never changed. `late` was written down after the meal's day."""

    __tablename__ = "meal_log"
    __table_args__ = (
        one_of("meal", Meal),
        one_of("taste", Verdict),
        one_of("look", Verdict),
        one_of("temperature", Verdict),
        Index("ix_meal_log_meal_id", "meal_id"),
        Index("ix_meal_log_canteen_id_day", "canteen_id", "day"),
    )

    log_id: str = Field(primary_key=True, max_length=64)
    meal_id: str = Field(max_length=64)
    canteen_id: str = Field(max_length=64, foreign_key="canteen.canteen_id")
    day: date
    meal: str = Field(max_length=16)
    person: str = Field(max_length=64)
    ate_at: datetime
    taste: str = Field(max_length=8)
    look: str = Field(max_length=8)
    temperature: str = Field(max_length=8)
    remark: str = Field(max_length=1000)
    late: bool
    logged_at: datetime
