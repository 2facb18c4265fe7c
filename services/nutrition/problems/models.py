"""The table of problems."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from services.nutrition.problems.domain import Kind, State
from services.nutrition.tables import Table, one_of
from shared.fields import Meal


class MealProblem(Table, table=True):
    """A problem somebody reported with a meal. Who it was is not kept; `said` goes into no event and no log."""

    __tablename__ = "meal_problem"
    __table_args__ = (
        one_of("meal", Meal),
        one_of("kind", Kind),
        one_of("state", State),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        Index("ix_meal_problem_county_code", "county_code", "state", "problem_id"),
        Index("ix_meal_problem_canteen_id", "canteen_id", "problem_id"),
        Index("ix_meal_problem_meal_id", "meal_id"),
    )

    problem_id: str = Field(primary_key=True, max_length=64)
    meal_id: str = Field(max_length=64)
    canteen_id: str = Field(max_length=64, foreign_key="canteen.canteen_id")
    county_code: str = Field(max_length=64)
    day: date
    meal: str = Field(max_length=16)
    dish_code: str | None = Field(default=None, max_length=64)
    kind: str = Field(max_length=16)
    said: str = Field(max_length=1000)
    people_affected: int | None = None
    state: str = Field(max_length=16)
    reported_at: datetime
    answer: str | None = Field(default=None, max_length=1000)
    answered_by: str | None = Field(default=None, max_length=64)
    answered_at: datetime | None = None
    outcome: str | None = Field(default=None, max_length=1000)
    closed_by: str | None = Field(default=None, max_length=64)
    closed_at: datetime | None = None
