"""The table of meal patterns."""

from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from services.nutrition.dishes.domain import Scope
from services.nutrition.tables import Table, one_of
from shared.fields import Meal


class MealPattern(Table, table=True):
    """What a meal is made of in the province, in one county or in one canteen; `owner` is empty for the province."""

    __tablename__ = "meal_pattern"
    __table_args__ = (one_of("scope", Scope), one_of("meal", Meal))

    scope: str = Field(primary_key=True, max_length=16)
    owner: str = Field(primary_key=True, max_length=64)
    meal: str = Field(primary_key=True, max_length=16)
    places: list[dict[str, Any]] = Field(sa_type=JSON)
    version: int
    digest: str = Field(max_length=64)
