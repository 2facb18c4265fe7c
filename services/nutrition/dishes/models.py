"""The tables of dishes. Every version is kept: a published menu cooks what it was published with."""

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from services.nutrition.tables import Table


class Dish(Table, table=True):
    """A dish as it is cooked now."""

    __tablename__ = "dish"

    dish_code: str = Field(primary_key=True, max_length=64)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    category: str = Field(max_length=64)
    version: int
    digest: str = Field(max_length=64)


class DishVersion(Table, table=True):
    """A dish as it was cooked under one version; rows are added, never changed."""

    __tablename__ = "dish_version"

    dish_code: str = Field(primary_key=True, max_length=64, foreign_key="dish.dish_code")
    version: int = Field(primary_key=True)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    category: str = Field(max_length=64)


class DishIngredient(Table, table=True):
    """Milligrams of raw edible food in one portion for ages 9 to 11; rows are added, never changed."""

    __tablename__ = "dish_ingredient"
    __table_args__ = (
        CheckConstraint("portion_mg > 0", name="portion_mg"),
        Index("ix_dish_ingredient_food_code", "food_code"),
    )

    dish_code: str = Field(primary_key=True, max_length=64, foreign_key="dish.dish_code")
    version: int = Field(primary_key=True)
    food_code: str = Field(primary_key=True, max_length=64, foreign_key="food.food_code")
    portion_mg: int
