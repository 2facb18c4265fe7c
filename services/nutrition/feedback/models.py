"""The tables of feedback."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, CheckConstraint
from sqlmodel import Field

from services.nutrition.tables import Table, one_of


class Role(StrEnum):
    """Who votes."""

    PUPIL = "pupil"
    PARENT = "parent"


class MealDish(Table, table=True):
    """What was said of a dish of a meal and left of it; its row is the lock on the dish's votes.

    `waste_g` is null while nobody has weighed; then `portions` of that meal are told to the dish along with it.
    """

    __tablename__ = "meal_dish"
    __table_args__ = (
        CheckConstraint("rating_sum BETWEEN ratings AND 5 * ratings", name="rating_sum"),
        CheckConstraint("(waste_g IS NULL) = (weighed_at IS NULL)", name="weighed"),
        CheckConstraint("waste_g >= 0 AND portions >= 0", name="waste"),
    )

    meal_id: str = Field(primary_key=True, max_length=64, foreign_key="served_meal.meal_id")
    dish_code: str = Field(primary_key=True, max_length=64)
    county_code: str = Field(max_length=64)
    ratings: int
    rating_sum: int
    waste_g: int | None = Field(default=None, sa_type=BigInteger)
    portions: int
    weighed_by: str | None = Field(default=None, max_length=64)
    weighed_at: datetime | None = None


class DishVote(Table, table=True):
    """One voter's points for a dish of a meal. `voter` is derived anew for every meal: nobody can follow a child."""

    __tablename__ = "dish_vote"
    __table_args__ = (one_of("role", Role), CheckConstraint("points BETWEEN 1 AND 5", name="points"))

    meal_id: str = Field(primary_key=True, max_length=64, foreign_key="served_meal.meal_id")
    dish_code: str = Field(primary_key=True, max_length=64)
    voter: str = Field(primary_key=True, max_length=64)
    role: str = Field(max_length=8)
    points: int


class ClassRating(Table, table=True):
    """How many of a class gave a dish how many points, counted by a show of hands."""

    __tablename__ = "class_rating"

    meal_id: str = Field(primary_key=True, max_length=64, foreign_key="served_meal.meal_id")
    dish_code: str = Field(primary_key=True, max_length=64)
    class_code: str = Field(primary_key=True, max_length=64)
    counts: dict[str, int] = Field(sa_type=JSON)
    told_by: str = Field(max_length=64)
    told_at: datetime
