"""The tables of overrides. A removed one stays, marked: its versions go on when the county speaks again."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from services.nutrition.tables import Table


class FoodOverride(Table, table=True):
    """What a county says of one field of a food now; `value` is as JSON has it, null is unknown."""

    __tablename__ = "food_override"

    county_code: str = Field(primary_key=True, max_length=64)
    food_code: str = Field(primary_key=True, max_length=64, foreign_key="food.food_code")
    field: str = Field(primary_key=True, max_length=64)
    value: Any = Field(sa_type=JSON)
    source: str = Field(max_length=400)
    removed: bool
    version: int
    digest: str = Field(max_length=64)


class FoodOverrideVersion(Table, table=True):
    """What a county said under one version; `source` of a removal is its reason. Rows are added, never changed."""

    __tablename__ = "food_override_version"

    county_code: str = Field(primary_key=True, max_length=64)
    food_code: str = Field(primary_key=True, max_length=64, foreign_key="food.food_code")
    field: str = Field(primary_key=True, max_length=64)
    version: int = Field(primary_key=True)
    value: Any = Field(sa_type=JSON)
    source: str = Field(max_length=400)
    removed: bool
    said_at: datetime
