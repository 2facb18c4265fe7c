"""The tables of foods."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from services.nutrition.tables import Table, one_of
from shared.fields import TemperatureClass


class Food(Table, table=True):
    """A food as it is bought; `edible_permille` of its weight can be eaten, `digest` is what was last said of it."""

    __tablename__ = "food"
    __table_args__ = (
        one_of("temperature_class", TemperatureClass),
        CheckConstraint("edible_permille BETWEEN 1 AND 1000", name="edible_permille"),
    )

    food_code: str = Field(primary_key=True, max_length=64)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    food_group: str = Field(max_length=64)
    edible_permille: int
    temperature_class: str = Field(max_length=16)
    shelf_life_days: int
    canteen_ban: bool
    farmed: bool
    reference_price_fen_per_kg: int | None = None
    version: int
    digest: str = Field(max_length=64)


class FoodAllergen(Table, table=True):
    """An allergen of a food."""

    __tablename__ = "food_allergen"

    food_code: str = Field(primary_key=True, max_length=64, foreign_key="food.food_code")
    allergen: str = Field(primary_key=True, max_length=64)
