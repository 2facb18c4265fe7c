"""The tables of meals served. What a correction replaced is kept."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index
from sqlmodel import Field

from services.nutrition.tables import Table, one_of
from shared.fields import Meal


class ServedMeal(Table, table=True):
    """A meal that was served, as it stands after its corrections, with what it took and what was missing.

    With a headcount of 0 it turned out that it never took place.
    `late` was recorded after its day; `expired` is the kitchen's consent to cook food past its day; `digest` is what
    was said when it was recorded.
    """

    __tablename__ = "served_meal"
    __table_args__ = (
        one_of("meal", Meal),
        CheckConstraint("headcount >= 0", name="headcount"),
        Index("uq_served_meal_canteen_id_day_meal", "canteen_id", "day", "meal", unique=True),
        Index("ix_served_meal_day", "day"),
    )

    meal_id: str = Field(primary_key=True, max_length=64)
    version: int
    canteen_id: str = Field(max_length=64, foreign_key="canteen.canteen_id")
    menu_id: str = Field(max_length=64, foreign_key="menu.menu_id")
    menu_version: int
    day: date
    meal: str = Field(max_length=16)
    planned_headcount: int
    headcount: int
    headcounts: dict[str, int] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    dish_codes: list[str] = Field(sa_type=JSON)
    used: list[dict[str, Any]] = Field(sa_type=JSON)
    short: list[dict[str, Any]] = Field(sa_type=JSON)
    expired: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    cooked_by: list[str] = Field(sa_type=JSON)
    served_by: list[str] = Field(sa_type=JSON)
    late: bool
    digest: str = Field(max_length=64)
    served_at: datetime


class MealLot(Table, table=True):
    """Grams as bought that a meal, as it stands, took of a known lot: what a recall is followed by.

    Nothing (0 g) of a lot only an earlier version of the meal took: a corrected number takes no sample from a recall.
    """

    __tablename__ = "meal_lot"
    __table_args__ = (Index("ix_meal_lot_lot_id", "lot_id", "meal_id"),)

    meal_id: str = Field(primary_key=True, max_length=64, foreign_key="served_meal.meal_id")
    food_code: str = Field(primary_key=True, max_length=64)
    lot_id: str = Field(primary_key=True, max_length=64)
    quantity_g: int = Field(sa_type=BigInteger)


class MealCorrection(Table, table=True):
    """Why a meal has a version above the first, and what stood before it; rows are added, never changed."""

    __tablename__ = "meal_correction"

    meal_id: str = Field(primary_key=True, max_length=64, foreign_key="served_meal.meal_id")
    version: int = Field(primary_key=True)
    reason: str = Field(max_length=500)
    corrected_by: str | None = Field(default=None, max_length=64)
    approved_by: str | None = Field(default=None, max_length=64)
    corrected_at: datetime
    before: dict[str, Any] = Field(sa_type=JSON)
