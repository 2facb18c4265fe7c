"""The tables of foods. Every version of what was said of a food is kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field

from services.nutrition.foods.domain import Match
from services.nutrition.tables import Table, one_of
from shared.fields import TemperatureClass


class Food(Table, table=True):
    """A food: what 100 g of its edible part hold, and how it is bought; NULL is unknown, never zero.

    `edible_permille` of its weight can be eaten, `digest` is what was last said of it. Amounts are per 100 g edible.
    """

    __tablename__ = "food"
    __table_args__ = (
        one_of("temperature_class", TemperatureClass),
        one_of("composition_match", Match),
        CheckConstraint("edible_permille BETWEEN 1 AND 1000", name="edible_permille"),
        CheckConstraint("(temperature_class IS NULL) = (shelf_life_days IS NULL)", name="keeping"),
        CheckConstraint("(season_from_month IS NULL) = (season_to_month IS NULL)", name="season"),
    )

    food_code: str = Field(primary_key=True, max_length=64)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    food_group: str = Field(max_length=64)
    edible_permille: int
    edible_source: str | None = Field(default=None, max_length=400)
    temperature_class: str | None = Field(default=None, max_length=16)
    shelf_life_days: int | None = None
    canteen_ban: bool
    canteen_rule: str | None = Field(default=None, max_length=400)
    farmed: bool | None = None
    season_from_month: int | None = None
    season_to_month: int | None = None
    supply_source: str | None = Field(default=None, max_length=400)
    reference_price_fen_per_kg: int | None = None
    dark_vegetable: bool | None = None
    energy_cal: int | None = None
    protein_mg: int | None = None
    fat_mg: int | None = None
    carbohydrate_mg: int | None = None
    fibre_mg: int | None = None
    calcium_ug: int | None = None
    iron_ug: int | None = None
    zinc_ug: int | None = None
    sodium_ug: int | None = None
    vitamin_a_ng_rae: int | None = None
    thiamin_ug: int | None = None
    riboflavin_ug: int | None = None
    vitamin_c_ug: int | None = None
    composition_source: str | None = Field(default=None, max_length=400)
    composition_match: str | None = Field(default=None, max_length=16)
    note: str | None = Field(default=None, max_length=1000)
    version: int
    digest: str = Field(max_length=64)


class FoodAllergen(Table, table=True):
    """An allergen of a food."""

    __tablename__ = "food_allergen"

    food_code: str = Field(primary_key=True, max_length=64, foreign_key="food.food_code")
    allergen: str = Field(primary_key=True, max_length=64)


class FoodVersion(Table, table=True):
    """What was said of a food under one version, as it is put and read; rows are added, never changed."""

    __tablename__ = "food_version"

    food_code: str = Field(primary_key=True, max_length=64, foreign_key="food.food_code")
    version: int = Field(primary_key=True)
    said: dict[str, Any] = Field(sa_type=JSON)
    said_at: datetime
